"""Pages that everybody may open: is an award genuine; her own as a paper; the tables of a contest as files."""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from events_service.awards import giving, papers, queries, tables, words
from events_service.awards.models import Award
from services.errors import NotFound
from services.exports import table_file
from services.identity import ANYONE, SIGNED_IN, actor, me
from services.web import Pages

pages = Pages("awards", __name__)
TABLES = f"any({', '.join(tables.TABLES)})"


@pages.get("/awards", who=ANYONE)
def ask() -> ResponseReturnValue:
    """A field for the code on the paper."""
    code = request.args.get("code", "")[:60]
    if plain := queries.plain_code(code):
        return redirect(f"/awards/{plain}", 303)
    return render_template("awards/check.html", award=None, code=code, own=False, kind_name=words.kind_name)


@pages.get("/awards/<code>", who=ANYONE)
def check(code: str) -> ResponseReturnValue:
    """Valid or void, and what the paper says; nothing else of the person. No search engine keeps it."""
    try:
        award: Award | None = queries.by_code(code)
    except NotFound:
        award = None
    own = award is not None and award.person_id == getattr(actor(), "id", None)
    html = render_template("awards/check.html", award=award, code=code, own=own, kind_name=words.kind_name)
    response = make_response(html, 200 if award else 404)
    response.headers["Referrer-Policy"] = "no-referrer"  # with it the kit asks search engines to stay away
    return response


@pages.get("/awards/<code>/<any(kk, ru):language>.pdf", who=SIGNED_IN)
def paper(code: str, language: str) -> Response:
    """Her own award as a paper, also for the contest's organisers; a void one is printed no more."""
    award = queries.held(code, me())
    if award.void_at:
        raise NotFound
    return giving.pdf_file(f"award-{award.code}-{language}", [papers.paper(award, language)])


@pages.get(f"/contests/<ref>/tables/<{TABLES}:table>.<any(csv, xlsx):form>", who=ANYONE)
def table(ref: str, table: str, form: str) -> Response:
    """A table of the contest as a file, as far as the reader may see it."""
    event, lines = tables.lines(table, ref, actor())
    return table_file(f"{table}-{event.slug}", form, list(lines))
