"""The events service's own database: its `db` and its tables of the kit's rows."""

from services import rows
from services.database import Database

db = Database()


class Audit(rows.AuditRow, db.Model):
    """History of events and registrations."""


class Counter(rows.CounterRow, db.Model):
    """Counters taken in their transaction; `directory` holds the cursor of the register's feed."""


class Notification(rows.NotificationRow, db.Model):
    """Mails owed to people: confirmations, changes, cancellations."""


class IdempotencyKey(rows.IdempotencyRow, db.Model):
    """Answers kept for repeated requests."""


class JobRun(rows.JobRunRow, db.Model):
    """Periodic work done."""
