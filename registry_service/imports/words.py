"""The words of imports: what the columns are called, here and in exports, and how rows turn out."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "schools": _l("Schools"),
    "attachments": _l("Attachments to resource centres"),
    "twinning": _l("Twinning"),
    "enrolments": _l("Enrolments in programmes"),
    "people": _l("People"),
}
COLUMNS = {
    "code": _l("Code"),
    "name_kk": _l("Name in Kazakh"),
    "name_ru": _l("Name in Russian"),
    "name_en": _l("Name in English"),
    "kind": _l("Kind of school"),
    "district": _l("District or city"),
    "small": _l("Small-class school"),
    "centre": _l("Resource centre"),
    "opened_on": _l("Opened on"),
    "closed_on": _l("Closed on"),
    "school": _l("Code of the school"),
    "patron": _l("Code of the patron"),
    "programme": _l("Code of the programme"),
    "valid_from": _l("From which day"),
    "valid_to": _l("Until which day"),
    "order": _l("Order"),
    "reason": _l("Why"),
    "name": _l("Name"),
    "email": _l("E-mail"),
    "language": _l("Language"),
    "roles": _l("Roles"),
    "active": _l("May sign in"),
}
HINTS = {
    "code": _l("by it a school is found again; a new school without one gets the next of its district"),
    "name_kk": _l("one language at least"),
    "kind": _l("general, gymnasium, lyceum, specialised boarding or innovative"),
    "district": _l("code or name, also as orders and reports spell it"),
    "small": _l("yes or no; a change holds from its day on"),
    "centre": _l("for schools: yes or no; for attachments: code of the centre"),
    "closed_on": _l("the first day on which it is no school any more"),
    "valid_from": _l("left empty, the day chosen for the whole file"),
    "valid_to": _l("fill it to end a link: the first day on which it holds no more"),
    "order": _l("number, or number and date; left empty, the order chosen for the whole file"),
    "email": _l("by it a person is found again"),
    "language": _l("kk or ru or en"),
    "roles": _l("such as coordinator:ABA; several with a comma; only a registrar gives them"),
}
COUNTED = {
    "rejected": _l("rejected rows"),
    "changed": _l("changed rows"),
    "new": _l("new rows"),
    "unchanged": _l("rows without a change"),
}
STATUSES = {
    "rejected": ("no", _l("Rejected")),
    "changed": ("flag", _l("Changed")),
    "new": ("ok", _l("New")),
    "unchanged": ("plain", _l("Unchanged")),
}
