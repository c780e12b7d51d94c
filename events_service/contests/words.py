"""What the parts of a contest and its rules are called."""

from flask_babel import lazy_gettext as _l

from events_service.contests.models import CLOSED, OPEN, PLANNED

KINDS = {
    "school": _l("School stage"),
    "district": _l("District stage"),
    "remote": _l("Remote stage"),
    "final": _l("Final stage"),
}
ELIGIBLE = {
    "small_class": _l("Teachers of small-class schools"),
    "small_class_or_centre": _l("Teachers of small-class schools and of resource centres"),
    "anyone": _l("Any teacher"),
}
METHODS = {
    "mean": _l("The mean of the jurors' scores"),
    "corrected": _l("The score corrected for the severity of jurors"),
}
TIES = {
    "final": _l("Higher score of the last stage"),
    "heaviest": _l("Higher mean on the criterion of the greatest weight"),
    "median": _l("Higher median of the jurors' scores"),
    "vote": _l("Vote of the chair, put on record"),
}
# The mark of the look and the word of each state; `published` is a closed stage whose results are public.
STAGES = {
    PLANNED: ("plain", _l("Not begun")),
    OPEN: ("wait", _l("The jury is at work")),
    CLOSED: ("plain", _l("The jury has finished, results are being compiled")),
    "published": ("ok", _l("Results are published")),
}
SETTINGS = {
    "code": _l("Code"),
    "ground_number": _l("Number of the order"),
    "ground_date": _l("Date of the order"),
    "entries_open_at": _l("Entries are taken from"),
    "entries_close_at": _l("Entries are taken until"),
    "eligibility": _l("Who may enter"),
    "per_person": _l("Entries of one person"),
    "jury_min": _l("Members of the jury, at least"),
    "quorum": _l("Members present at a session, at least"),
    "readers": _l("Jurors for each entry"),
    "anchors": _l("Entries that all jurors read"),
    "least_scores": _l("Signed sheets an entry needs"),
    "own_district": _l("A juror does not judge entries of her own district"),
    "divergence": _l("Gap of two jurors above which one more reads"),
    "method": _l("Score that decides"),
    "shrinkage": _l("Strength of the correction (λ)"),
    "least_per_juror": _l("Sheets a juror needs for the correction"),
    "threshold": _l("Points needed to go on"),
    "district_cap": _l("Entries of one district that go on, at most"),
    "ties": _l("What settles equal scores, in this order"),
    "diplomas": _l("Diplomas of the I, II and III degree in a nomination"),
    "appeal_days": _l("Working days for an appeal"),
    "signatures": _l("Jurors who sign the protocol beside chair and secretary"),
}
# What who directs a contest does next (awards.queries.next_step): what it is, and where, below the contest's page.
STEPS = {
    "rules": (_l("Finish nominations and criteria"), "/nominations"),
    "publish": (_l("Publish the contest"), ""),
    "admit": (_l("Look through the entries that were sent"), "/entries"),
    "jury": (_l("Name the jury"), "/jury/members"),
    "entries": (_l("Entries are coming in, all of them are looked through"), "/entries"),
    "empty": (_l("No entry takes part yet"), "/entries"),
    "deal": (_l("Deal the entries to the jurors"), "/jury/deal"),
    "open": (_l("Open scoring"), "/jury/stages"),
    "score": (_l("The jury is scoring: see how far it is"), "/jury/stages"),
    "late": (_l("The deadline is over: close scoring or move the deadline"), "/jury/stages"),
    "close": (_l("All sheets are signed: close scoring"), "/jury/stages"),
    "compile": (_l("Compile the results"), "/results/desk"),
    "write": (_l("Look at the results and write their protocol"), "/protocol"),
    "sign": (_l("Put down who has signed the protocol"), "/protocol"),
    "show": (_l("The protocol is signed: publish the results"), "/results/desk"),
    "appeals": (_l("Answer the appeals"), "/results/appeals"),
    "correct": (_l("An appeal was answered since: compile the results anew for their protocol"), "/results/desk"),
    "left": (_l("An entry has left the contest: compile the results anew"), "/results/desk"),
    "overtaken": (
        _l("An earlier stage has newer results than these were compiled from: compile anew"),
        "/results/desk",
    ),
    "window": (_l("Appeals are still taken; awards are given after that"), "/awards"),
    "awards": (_l("Give diplomas and certificates"), "/awards"),
    "done": (_l("Everything is done"), "/results"),
}
# Steps that only organisers take; the chair and the secretary are told of them.
OF_ORGANISERS = ("rules", "publish", "admit", "entries", "empty", "window", "awards")
