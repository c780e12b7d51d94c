"""The page of a contest that everybody reads: what is judged, how, and where it stands."""

from flask import render_template

from events_service.awards import queries as awards
from events_service.contests import checking, queries, rules, words
from events_service.contests.models import Stage
from events_service.entries import queries as entries
from events_service.events import queries as events
from events_service.events.models import CANCELLED
from events_service.jury import queries as jury
from services.i18n import pick
from services.identity import ANYONE, actor
from services.web import Pages

pages = Pages("contests", __name__)


@pages.get("/contests/<ref>", who=ANYONE)
def contest_page(ref: str) -> str:
    """Nominations with their criteria, stages, and the rules in words."""
    event, person = queries.visible(ref, actor()), actor()
    contest, stages = queries.contest_of(event), queries.stages(event.id)
    nominations, sheets = queries.nominations(event.id), queries.sheets(event.id)
    owner, directs = events.owns(person, event), jury.directs(person, event)
    purpose, language = pick(event.description)
    return render_template(
        "contests/contest.html",
        event=event,
        contest=contest,
        rules=rules.of(contest),
        rules_of=rules.of_stage,
        nominations=nominations,
        stages=stages,
        sheets=sheets,
        state=queries.state_of(event, contest, stages),
        stage_state=stage_state,
        purpose=[part.strip() for part in purpose.split("\n\n") if part.strip()],
        purpose_language=language,
        owner=owner,
        directs=directs,
        step=awards.next_step(event) if directs and event.status != CANCELLED else None,
        faults=checking.faults(nominations, stages, sheets) if owner and not contest.frozen_at else [],
        member=jury.member_of(event.id, person),
        closes_at=queries.closes_at(event, contest),
        mine=entries.mine_at(person, event.id),
        words=words,
    )


def stage_state(stage: Stage) -> tuple[str, str]:
    """The mark and the words of where a stage stands."""
    mark, said = words.STAGES["published" if stage.published_at else stage.status]
    return mark, str(said)
