#!/bin/bash
# Is this container well? Asked every few seconds, so it starts no interpreter.
#   healthy.sh http HOST:PORT PATH   the service answers 200 there
#   healthy.sh beating SECONDS       the process touched its HEARTBEAT_FILE not longer ago than that
set -u
case ${1:-} in
  http)
    exec 3<>"/dev/tcp/${2%:*}/${2#*:}" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$3" >&3
    IFS= read -r -t 4 answer <&3 || exit 1
    [[ $answer == HTTP/*" 200 "* ]] || { echo "$answer"; exit 1; } ;;
  beating)
    touched=$(stat -c %Y "$HEARTBEAT_FILE") || exit 1
    age=$(($(date +%s) - touched))
    ((age <= $2)) || { echo "no sign of life for $age s"; exit 1; } ;;
  *) echo "healthy.sh http HOST:PORT PATH | beating SECONDS"; exit 2 ;;
esac
