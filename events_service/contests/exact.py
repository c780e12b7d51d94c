"""Exact decimals: points and weights are whole numbers of their last place in the database, never floats."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from marshmallow import fields as ma
from sqlalchemy import Dialect, Integer
from sqlalchemy.types import TypeDecorator

from services.fields import Spoken, fail


class Scaled(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, kept as a whole number: both engines compare it exactly."""

    impl = Integer
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(Decimal(value).scaleb(self.places))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


POINTS, WEIGHT = Scaled(2), Scaled(4)


def half_up(value: Fraction | Decimal, places: int = 2) -> Decimal:
    """Round once, at the end: halves go away from zero."""
    exact = Fraction(value) * 10**places
    whole = int(abs(exact) + Fraction(1, 2))
    return (Decimal(whole) if exact >= 0 else Decimal(-whole)).scaleb(-places)


class Exact(Spoken, ma.Field[Decimal]):
    """A decimal of at most `places` places between two bounds; a comma is a point. Answers are strings.

    JSON numbers are taken by their shortest decimal form.
    """

    def __init__(self, places: int = 2, least: str = "0", most: str = "100", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places, self.least, self.most = places, Decimal(least), Decimal(most)
        self.metadata = {"type": ["string", "number"], **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        text = str(value).strip().replace(",", ".")
        plain = isinstance(value, str | int | float) and not isinstance(value, bool) and len(text) <= 20
        if not plain or not text.isascii() or not text.replace(".", "", 1).isdigit():
            raise fail(_("Write a number such as 7.5"))
        found = Decimal(text)
        if not self.least <= found <= self.most:
            raise fail(_("Between %(least)s and %(most)s", least=self.least, most=self.most))
        if found != round(found, self.places):
            raise fail(_("At most %(places)s digits after the point", places=self.places))
        return found.quantize(Decimal(1).scaleb(-self.places))

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)
