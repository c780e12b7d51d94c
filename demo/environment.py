"""What `make run` sets for the demonstration: only variables that nobody has set."""

import json
import os
import secrets
import socket
from collections.abc import MutableMapping
from pathlib import Path

from joserfc.jwk import ECKey

from demo import valkey
from services.settings import ROOT

VAR = ROOT / "var"
SECRETS = VAR / "demo-secrets.json"
VALKEY_PORT = 6399
Environ = MutableMapping[str, str]


class NotPossible(RuntimeError):
    """The demonstration cannot run here; the text says why and what to do."""


def prepare(environ: Environ, folder: Path = VAR) -> None:
    """Fill in what is not set; the secrets are made once and kept for their owner only."""
    if environ.setdefault("QONYRAU_ENV", "demo") != "demo":
        raise NotPossible(f"QONYRAU_ENV is {environ['QONYRAU_ENV']}, and this runs the demonstration only: unset it.")
    folder.mkdir(parents=True, exist_ok=True)
    environ.setdefault("QONYRAU_PORT", "8000")
    environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{environ['QONYRAU_PORT']}")
    environ.setdefault("MAIL_URL", "file:var/mail")
    environ.setdefault("FILES_URL", "file:var/files")
    for name, value in _secrets(folder / SECRETS.name).items():
        environ.setdefault(name, value)


def choose_broker(environ: Environ) -> None:
    """REDIS_URL where it is set; else the embedded Valkey on a free port; else none."""
    if "REDIS_URL" in environ:
        return
    if valkey.binary() is None:
        environ["REDIS_URL"] = ""
        return
    port = VALKEY_PORT if port_is_free(VALKEY_PORT) else _any_port()
    environ["VALKEY_PORT"] = str(port)
    environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"


def port_of(environ: Environ) -> int:
    """The port to serve on; raises NotPossible when it is no port or taken."""
    given = environ["QONYRAU_PORT"]
    if not (given.isascii() and given.isdecimal() and 0 < int(given) < 65536):
        raise NotPossible(f"QONYRAU_PORT is {given}: a number from 1 to 65535 is needed.")
    if not port_is_free(int(given)):
        raise NotPossible(
            f"Port {given} is taken. End what listens there, or choose another: QONYRAU_PORT=8001 make run"
        )
    return int(given)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        text = json.dumps(_new_secrets(), indent=1)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _new_secrets() -> dict[str, str]:
    key = ECKey.generate_key("P-256", parameters={"kid": secrets.token_hex(4)})
    return {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "SERVICE_KEYS": secrets.token_urlsafe(32),
        "REGISTRY_SIGNING_KEY": json.dumps(key.as_dict(private=True)),
    }
