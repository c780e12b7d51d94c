"""The register's own database: its `db` and its tables of the kit's rows."""

from services import rows
from services.database import Database

db = Database()


class Audit(rows.AuditRow, db.Model):
    """History of the register."""


class Change(rows.ChangeRow, db.Model):
    """The change feed that copies of the register follow."""


class Counter(rows.CounterRow, db.Model):
    """Counters taken in their transaction."""


class Notification(rows.NotificationRow, db.Model):
    """Mails the register owes: sign-in links."""


class IdempotencyKey(rows.IdempotencyRow, db.Model):
    """Answers kept for repeated requests."""


class JobRun(rows.JobRunRow, db.Model):
    """Periodic work done."""
