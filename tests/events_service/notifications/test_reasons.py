"""What mail servers say, in the reader's words."""

import pytest

from events_service.db import Notification
from events_service.notifications import reasons
from tests.support.suite import Suite

pytestmark = pytest.mark.one_engine("sqlite")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("550 5.1.1 <a@b.kz>: Recipient address rejected: User unknown", "There is no such mailbox"),
        ("550 no such mailbox", "There is no such mailbox"),
        ("552 5.2.2 The recipient's inbox is out of storage space", "mailbox is full"),
        ("452 4.2.2 Mailbox full", "mailbox is full"),
        ("550 5.7.1 Message rejected as spam", "did not let the letter in"),
        ("554 refused", "refused the letter"),
        ("421 Service unavailable", "takes no letters now"),
        ("451 try again later", "takes no letters now"),
        ("The mail server cannot be used: timed out", "takes no letters now"),
        ("This is not an e-mail address", "not written right"),
        ("The database was away", "Our database"),
        ("KeyError: 'x'", "tell those who run Qonyrau"),
    ],
)
def test_each_refusal_is_said_in_plain_words(suite: Suite, error: str, said: str) -> None:
    with suite.events.test_request_context("/?lang=en"):
        assert said in reasons.of(Notification(status="failed", error=error))
        assert reasons.of(Notification(status="sent", error=error)) == ""
