"""Marshmallow fields that hold the same rules for both engines and speak the reader's language.

What PostgreSQL would refuse and SQLite accept (NUL, integers past 2^63, over-long text) is
refused here, once, for the form and the JSON body alike.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow import fields as ma

from services.i18n import LANGUAGES, stamp
from services.text import UNSAFE, normal_mail, tidy

FIRST_YEAR, LAST_YEAR = 2000, 2100
LARGEST = 2**31 - 1
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # ISO 8601 has other forms, which the contract does not promise


class Body(Schema):
    """A schema for what people send: unknown fields never change anything."""

    class Meta:
        unknown = EXCLUDE


def fail(message: str) -> ValidationError:
    return ValidationError([message])


def typed() -> bool:
    """Is this a JSON body, whose values have types of their own? A form has only texts."""
    return bool(g and g.get("typed"))


class Spoken(ma.Field[Any]):
    """A field whose standard messages are said in the reader's language."""

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        if key in {"required", "null"}:
            return fail(_("Fill this in"))
        return super().make_error(key, **kwargs)


class Text(Spoken, ma.String):
    """Tidied text of at most `most` characters; one line unless `lines`. NUL and its like are refused."""

    def __init__(self, most: int = 200, lines: bool = False, least: int = 1, **kwargs: Any) -> None:
        said = {"maxLength": most} | ({"minLength": least} if kwargs.get("required") else {})
        super().__init__(metadata=said | kwargs.pop("metadata", {}), **kwargs)
        self.most, self.lines, self.least = most, lines, least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise fail(_("Text is expected here"))
        text = tidy(value)
        if UNSAFE.search(text) or (not self.lines and "\n" in text):
            raise fail(_("There is a character here that cannot be kept: type the text again"))
        if len(text) > self.most:
            raise fail(_("Too long: %(count)s characters, at most %(most)s fit", count=len(text), most=self.most))
        if len(text) < self.least:
            raise self.make_error("required")
        return text


class Whole(Spoken, ma.Integer):
    """A whole number between `least` and `most`; text of digits is read as a number (forms)."""

    def __init__(self, least: int = 0, most: int = LARGEST, **kwargs: Any) -> None:
        super().__init__(metadata={"minimum": least, "maximum": most}, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if isinstance(value, str) and not typed() and re.fullmatch(r"\s*-?[0-9]{1,39}\s*", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise fail(_("A whole number is expected here"))
        if not self.least <= value <= self.most:
            raise fail(_("From %(least)s to %(most)s", least=self.least, most=self.most))
        return value


class Choice(Spoken, ma.String):
    """One of a few words."""

    def __init__(self, choices: tuple[str, ...] | list[str], **kwargs: Any) -> None:
        absent = [None] if kwargs.get("allow_none") else []
        super().__init__(metadata={"enum": [*choices, *absent]}, **kwargs)
        self.choices = tuple(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in self.choices or not isinstance(value, str):
            raise fail(_("Choose one of the list"))
        return value


class Flag(Spoken, ma.Boolean):
    """Yes or no; a ticked box of a form is «on»."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if typed() and not isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        return fail(_("Yes or no is expected here"))


class Day(Spoken, ma.Date):
    """A calendar date between 2000 and 2100."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value.strip() if DAY.fullmatch(value.strip()) else "")
        except (ValueError, AttributeError, TypeError):
            raise fail(_("A date is expected here, for example 2026-11-26")) from None
        return _within(day)


class Moment(Spoken, ma.DateTime):
    """An instant: ISO 8601 with an offset, or a wall-clock time of the body's `time_zone`.

    Loads to an aware UTC datetime; dumps with `Z`.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value.strip())
        except (ValueError, AttributeError, TypeError):
            raise fail(_("A date and time are expected here, for example 2026-11-26T10:00")) from None
        _within(instant.date())
        zone = data.get("time_zone") if isinstance(data, Mapping) else None
        return as_utc(instant, zone if isinstance(zone, str) else None)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else stamp(value)


class Mail(Text):
    """An e-mail address: one @, no spaces, short enough for SMTP."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        name, at, host = address.rpartition("@")
        if not at:
            raise fail(_("There is no @ in the address"))
        plain = all(33 <= ord(letter) < 127 and letter not in '<>(),;:\\"[]' for letter in name)
        long = len(name) > 64 or len(normal_mail(address)) > self.most  # some letters become two in lower case
        if not name or "@" in name or not plain or "." not in host.strip(".") or " " in host or long:
            raise fail(_("This is not an e-mail address"))
        try:
            host.encode("idna")
        except UnicodeError:
            raise fail(_("This is not an e-mail address")) from None
        return address


class Link(Text):
    """An http or https address."""

    def __init__(self, most: int = 500, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        url = super()._deserialize(value, attr, data, **kwargs)
        try:
            parts = urlsplit(url)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in url
        except ValueError:
            good = False
        if not good:
            raise fail(_("A link begins with https:// or http://"))
        return url


class Translated(Spoken, ma.Dict):
    """One text in kk, ru and en, at least one of them unless `allow_none`.

    With `bare`, a plain string is taken too (an address is the same in every language).
    """

    def __init__(self, most: int = 200, lines: bool = False, bare: bool = False, **kwargs: Any) -> None:
        one = {"type": ["string", "null"], "maxLength": most}
        said = {"properties": dict.fromkeys(LANGUAGES, one), "type": ["object", *["string"] * bare]}
        super().__init__(metadata=said, **kwargs)
        self._text, self._bare = Text(most=most, lines=lines, least=0), bare

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if self._bare and isinstance(value, str):
            value = dict.fromkeys(LANGUAGES, value)
        if not isinstance(value, Mapping):
            raise fail(_("Texts by language are expected here: kk, ru, en"))
        texts: dict[str, str] = {}
        errors: dict[str, Any] = {}
        for code in LANGUAGES:
            if value.get(code) is not None:
                try:
                    texts[code] = self._text._deserialize(value[code], code, value)
                except ValidationError as error:
                    errors[code] = error.messages
        if errors:
            raise ValidationError(errors)
        texts = {code: text for code, text in texts.items() if text}
        if not texts and not self.allow_none:
            raise ValidationError({"kk": [_("Write it in one language at least")]})
        return texts


def as_utc(moment: datetime, zone: str | None = None) -> datetime:
    """A wall-clock time is meant in `zone` (Asia/Almaty by default); an offset is believed."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_info(zone))
    return moment.astimezone(UTC)


def zone_info(zone: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(zone or "Asia/Almaty")
    except (KeyError, ValueError, OSError):
        raise fail(_("There is no such time zone")) from None


def midnight(day: date, zone: str | None = None) -> datetime:
    """The instant at which a local day begins."""
    return as_utc(datetime.combine(day, time()), zone)


def today(zone: str | None = None) -> date:
    """The present day on the wall calendar."""
    return datetime.now(zone_info(zone)).date()


def _within(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise fail(_("The year must lie between 2000 and 2100"))
    return day
