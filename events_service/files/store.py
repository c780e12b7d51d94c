"""Where files lie."""

from services.errors import NotFound

_KEPT: dict[str, bytes] = {}


def put(key: str, data: bytes) -> None:
    """Keep bytes under a key."""
    _KEPT[key] = data


def get(key: str) -> bytes:
    """The bytes under a key; NotFound where there are none."""
    if key not in _KEPT:
        raise NotFound
    return _KEPT[key]


def delete(key: str) -> None:
    """Forget the bytes under a key, if there are any."""
    _KEPT.pop(key, None)
