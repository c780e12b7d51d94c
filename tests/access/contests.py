"""Which thing of the scene fills a hole in the path of a contest: each part of one has a contest that is far enough."""

HOLES = {
    "nomination_id": "nomination",
    "entry_id": "sent",
    "file_id": "paper",
    "member_id": "member",
    "assignment_id": "sheet",
    "compilation_id": "uncounted",
    "appeal_id": "appeal",
    "award_id": "award",
    "protocol_id": "protocol",
    "number": "first_file",
}
# By a word of the path: the contest and its stage.
CONTESTS = [
    *((word, "decided", "decided_stage") for word in ("/results", "/ties", "/appeals")),
    *((word, "judged", "judged_stage") for word in ("/protocol", "/awards")),
    ("/entries", "race", ""),
    *((word, "court", "court_stage") for word in ("/jury", "/sheets", "/assignments", "/open", "/close", "/extend")),
    ("", "contest", "stage"),
]


def thing_of(path: str, hole: str) -> str:
    """The thing's name in the scene's ids."""
    _word, contest, stage = next(known for known in CONTESTS if known[0] in path)
    return {"ref": contest, "stage_id": stage, "code": "code", **HOLES}[hole]
