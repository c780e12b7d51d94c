"""All rows of the register, so that migrations see every table."""

from registry_service.academic_years.models import AcademicYear, CalendarDay, Term
from registry_service.centres.models import Attachment
from registry_service.imports.models import ImportRow, ImportRun
from registry_service.orders.models import Order, Organisation
from registry_service.people.models import Password, Person, PersonRole, SignInLink, SignInSession
from registry_service.programmes.models import Enrolment, Programme
from registry_service.schools.models import School, SchoolStatus
from registry_service.territories.models import Oblast, Territory, TerritoryOblast
from registry_service.twinning.models import TwinningLink

__all__ = [
    "AcademicYear",
    "Attachment",
    "CalendarDay",
    "Enrolment",
    "ImportRow",
    "ImportRun",
    "Oblast",
    "Order",
    "Organisation",
    "Password",
    "Person",
    "PersonRole",
    "Programme",
    "School",
    "SchoolStatus",
    "SignInLink",
    "SignInSession",
    "Term",
    "Territory",
    "TerritoryOblast",
    "TwinningLink",
]
