"""The demonstration tells of earlier days: the trail says where it begins and where it ends."""

from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.placing import BEGIN, DEMONSTRATION, END
from grants.core.kernel import clock


def begin(session: Session) -> None:
    """From here on, acts may tell of any earlier day."""
    _mark(session, BEGIN)


def end(session: Session) -> None:
    """From here on, what happens happens today."""
    _mark(session, END)


def _mark(session: Session, action: str) -> None:
    row = {
        "at": clock.wall(),
        "actor": DEMONSTRATION,
        "subject": DEMONSTRATION,
        "subject_id": 0,
        "action": action,
        "facts": {},
    }
    chain.write(session, [row])
