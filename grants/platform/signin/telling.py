"""E-mails that tell a person what was changed in how they sign in."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.platform.messages.service import Recipient, send

ADDED, ENDED, NEW_CODES, RECOVERED = "added", "ended", "new codes", "recovered"


def tell_owner(session: Session, person: Person, what: str, event: str, **facts: Any) -> None:
    """A change that its owner did not make is seen by them at once."""
    send(
        session,
        Recipient.of(person),
        "platform/signin/factor_changed",
        event=f"{event}:{clock.now():%Y%m%d%H%M%S}",
        what=what,
        at=clock.now(),
        **facts,
    )
