"""An SMTP server that takes everything; after each QUIT what it took stands in a file.

`python -m bench.sink FILE MS` prints its port and takes so many ms to accept a letter. One process, one
thread a connection, no parsing.
"""

import json
import socketserver
import sys
import time
from pathlib import Path

ANSWERS = {b"EHLO": b"250 sink", b"HELO": b"250 sink", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        taken: list[str] = []
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            self.wfile.write(ANSWERS.get(word, b"250 ok") + b"\r\n")
            if word == b"DATA":
                taken.append(self._letter().decode())
                time.sleep(int(sys.argv[2]) / 1000)
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                break
        Path(sys.argv[1]).write_text(json.dumps(taken))

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


class Server(socketserver.ThreadingTCPServer):
    """Lets go of its connections when it ends."""

    daemon_threads = True


def main() -> None:
    with Server(("127.0.0.1", 0), Session) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
