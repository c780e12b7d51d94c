"""Pages of the school calendar: one year at a time, and a registrar's forms."""

from datetime import date
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from registry_service import rights
from registry_service.academic_years import keeping, queries
from registry_service.academic_years.models import DAY_OFF, SCHOOL_BREAK, TERMS, AcademicYear
from registry_service.academic_years.schemas import DayBody, YearBody
from registry_service.db import db
from services.app import say
from services.fields import Body, today
from services.forms import Form
from services.identity import ANYONE, actor, me
from services.web import Pages

pages = Pages("academic_years", __name__)
BOTH = ["GET", "POST"]
YEAR_VALUES = ("first_day", "last_day", "basis")
DAY_VALUES = ("kind", "first_day", "last_day", "name", "basis", "every_year")


@pages.get("/calendar", who=ANYONE)
def show_present() -> ResponseReturnValue:
    """The school year of today, or the nearest there is."""
    year = queries.year_of(today())
    if year:
        return _year_page(year)
    return render_template("academic_years/none.html", may_keep=_may_keep())


@pages.get("/calendar/<code>", who=ANYONE)
def show_year(code: str) -> str:
    """A school year: terms, half-years, days off and breaks."""
    return _year_page(queries.year(code))


def _year_page(year: AcademicYear) -> str:
    days = queries.days_between(year.first_day, year.until)
    return render_template(
        "academic_years/year.html",
        year=year,
        years=queries.years(),
        days=[(row, _short_month(row.first_day)) for row in days],
        kinds=_kinds(),
        may_keep=_may_keep(),
    )


@pages.route("/calendar/new", methods=BOTH, who=rights.REGISTRARS)
def new_year() -> ResponseReturnValue:
    """Enter a school year."""
    form = Form(YearBody(), convert=_to_body)
    if form.ok:
        with form.attempt(db):
            year = keeping.add_year(db.session(), me(), form.data)
    if form.ok:
        say(_("The school year is entered"))
        return redirect(url_for("academic_years.show_year", code=year.code), 303)
    return _year_form(form, None)


@pages.route("/calendar/<code>/edit", methods=BOTH, who=rights.REGISTRARS)
def edit_year(code: str) -> ResponseReturnValue:
    """Change the days of a school year."""
    year = queries.year(code)
    values = {name: getattr(year, name) for name in YEAR_VALUES}
    terms = [{"first_day": term.first_day, "last_day": term.last_day} for term in year.terms]
    form = Form(YearBody(), {**values, "terms": terms}, _to_body)
    if form.ok:
        with form.attempt(db):
            keeping.change_year(db.session(), me(), code, form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("academic_years.show_year", code=code), 303)
    return _year_form(form, queries.year(code))


@pages.route("/calendar/<code>/remove", methods=BOTH, who=rights.REGISTRARS)
def remove_year(code: str) -> ResponseReturnValue:
    """Ask once more, then remove a year entered by mistake."""
    year = queries.year(code)
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            keeping.remove_year(db.session(), me(), code)
    if form.ok:
        say(_("The school year is removed"))
        return redirect(url_for("academic_years.show_present"), 303)
    return render_template("academic_years/remove.html", form=form, year=year, day=None), form.status


@pages.post("/calendar/<code>/copy-holidays", who=rights.REGISTRARS)
def copy_holidays(code: str) -> ResponseReturnValue:
    """Copy what is the same every year from the year before."""
    with db.transaction() as session:
        copied = keeping.copy_holidays(session, me(), code)
    if copied:
        say(ngettext("%(num)s day off is copied", "%(num)s days off are copied", copied))
    else:
        say(_("There was nothing to copy: all of them are there"), "plain")
    return redirect(url_for("academic_years.show_year", code=code), 303)


@pages.route("/calendar/<code>/days/new", methods=BOTH, who=rights.REGISTRARS)
def new_day(code: str) -> ResponseReturnValue:
    """Enter a day off or a break."""
    year = queries.year(code)
    form = Form(DayBody(), {"kind": DAY_OFF})
    if form.ok:
        with form.attempt(db):
            keeping.add_day(db.session(), me(), form.data)
    if form.ok:
        say(_("Saved"))
        return redirect(url_for("academic_years.show_year", code=code), 303)
    return _day_form(form, _("New day off or break"), year)


@pages.route("/calendar/days/<day_id>/edit", methods=BOTH, who=rights.REGISTRARS)
def edit_day(day_id: str) -> ResponseReturnValue:
    """Change a day off or a break."""
    day = queries.day(day_id)
    values = {name: getattr(day, name) for name in DAY_VALUES}
    form = Form(DayBody(), values, lambda sent: {**sent, "every_year": sent.get("every_year") == "on"})
    if form.ok:
        with form.attempt(db):
            day = keeping.change_day(db.session(), me(), day_id, form.data)
    if form.ok:
        say(_("Saved"))
        return _to_year_of(day.first_day)
    return _day_form(form, _("Change a day off or a break"), None)


@pages.route("/calendar/days/<day_id>/remove", methods=BOTH, who=rights.REGISTRARS)
def remove_day(day_id: str) -> ResponseReturnValue:
    """Ask once more, then remove it."""
    day = queries.day(day_id)
    first = day.first_day
    form = Form(Body())
    if form.ok:
        with form.attempt(db):
            keeping.remove_day(db.session(), me(), day_id)
    if form.ok:
        say(_("Removed from the calendar"))
        return _to_year_of(first)
    return render_template("academic_years/remove.html", form=form, year=None, day=day), form.status


def _to_year_of(day: date) -> ResponseReturnValue:
    year = queries.year_of(day)
    if year is None:
        return redirect(url_for("academic_years.show_present"), 303)
    return redirect(url_for("academic_years.show_year", code=year.code), 303)


def _to_body(sent: dict[str, Any]) -> dict[str, Any]:
    """Without a line filled in there are no terms."""
    terms = sent.get("terms")
    return {**sent, "terms": terms if isinstance(terms, list) else []}


def _year_form(form: Form, year: AcademicYear | None) -> ResponseReturnValue:
    return render_template("academic_years/edit_year.html", form=form, year=year, terms=range(TERMS)), form.status


def _day_form(form: Form, title: str, year: AcademicYear | None) -> ResponseReturnValue:
    html = render_template("academic_years/edit_day.html", form=form, title=title, year=year, kinds=_kinds())
    return html, form.status


def _kinds() -> dict[str, str]:
    return {DAY_OFF: _("Day off"), SCHOOL_BREAK: _("School break")}


def _may_keep() -> bool:
    person = actor()
    return bool(person and person.has("registrar"))


def _short_month(day: date) -> str:
    return str(format_date(day, "LLL")).rstrip(".").lower()
