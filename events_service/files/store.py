"""Where files lie: a folder that no web server shows, or an S3-compatible store, by the setting FILES_URL.

Keys are random and say nothing of what lies under them. Bytes are put before the row that names them is committed
and deleted after the row is gone, so that a row never names bytes that are not there.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from services.errors import NotFound, Unavailable
from services.identity import settings_of_app

PATIENCE = timedelta(seconds=20)
KEY = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}")


def new_key() -> str:
    """A name for new bytes: 128 random bits, in 256 folders."""
    key = secrets.token_hex(16)
    return f"{key[:2]}/{key}"


def put(key: str, data: bytes) -> None:
    """Keep bytes under a key; Unavailable while the store cannot be reached."""
    with _answering():
        _store(settings_of_app().files_url).put(key, data)


def get(key: str) -> bytes:
    """The bytes under a key; NotFound where there are none."""
    with _answering():
        return bytes(_store(settings_of_app().files_url).get(key).bytes())


def delete(key: str) -> None:
    """Forget the bytes under a key, if there are any."""
    try:
        with _answering():
            _store(settings_of_app().files_url).delete(key)
    except NotFound:
        return


def listed() -> Iterator[tuple[str, datetime]]:
    """Every key and when its bytes were put; what others keep in the same bucket or folder is none of ours."""
    with _answering():
        for some in _store(settings_of_app().files_url).list():
            yield from ((one["path"], one["last_modified"]) for one in some if KEY.fullmatch(one["path"]))


@contextmanager
def _answering() -> Iterator[None]:
    """The errors of a store as those of the kit."""
    try:
        yield
    except FileNotFoundError:
        raise NotFound from None
    except (BaseError, OSError) as error:
        raise Unavailable from error


@lru_cache
def _store(url: str) -> LocalStore | S3Store:
    """The store of a setting; an S3-compatible one finds its keys and its address in AWS_… of the environment."""
    where = urlsplit(url)
    if where.scheme == "s3":
        # Without TLS only where the address itself begins with http: a store on the inner network.
        patience = {"timeout": PATIENCE, "connect_timeout": timedelta(seconds=3), "allow_http": True}
        retries = {"max_retries": 2, "retry_timeout": PATIENCE}
        prefix = where.path.strip("/") or None
        return S3Store(str(where.hostname), prefix=prefix, client_options=patience, retry_config=retries)  # type: ignore[arg-type]
    return LocalStore(Path(url.removeprefix("file:")), mkdir=True)
