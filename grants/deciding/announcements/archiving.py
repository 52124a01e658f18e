"""The archive of calls on which nothing is left to decide."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import numbers_of_call
from grants.applying.applications.workflow import DECIDED, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CALL, CallState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import ngettext
from grants.deciding.awards.models import Award


def archive(session: Session, call: Call, act: Act) -> None:
    """The call leaves the lists; its own page, its results, papers and figures stay as they are.

    DomainError names what is still open of it.
    """
    require(session, call, CALL, "archive", act)
    require_nothing_open(session, call)
    call.archived_as = call.state
    advance(session, call, CALL, "archive", act)


def bring_back(session: Session, call: Call, act: Act) -> None:
    """The call stands in the lists again, as what it was before."""
    withdrawn = call.archived_as is CallState.WITHDRAWN
    action = "bring_back_withdrawn" if withdrawn else "bring_back"
    advance(session, call, CALL, action, act)
    call.archived_as = None
    session.flush()


def require_nothing_open(session: Session, call: Call) -> None:
    """DomainError names what is still open of a call."""
    if obstacles := still_open(session, call):
        raise DomainError(" ".join(obstacles))


def still_open(session: Session, call: Call) -> list[str]:
    """What keeps a call out of the archive, each as a sentence."""
    return list(_open_matters(session, call))


def _open_matters(session: Session, call: Call) -> Iterator[str]:
    numbers = numbers_of_call(session, call.id)
    over = (*DECIDED, ApplicationState.DRAFT)
    if waiting := sum(number for state, number in numbers.items() if state not in over):
        yield ngettext(
            "%(num)s application is not decided yet, or is on the reserve list.",
            "%(num)s applications are not decided yet, or are on the reserve list.",
            waiting,
        )
    running, unread = _awards_open(session, call)
    if running:
        yield ngettext(
            "%(num)s grant of the call is not closed yet.",
            "%(num)s grants of the call are not closed yet.",
            running,
        )
    if unread:
        yield ngettext(
            "%(num)s grant is not among the published results yet.",
            "%(num)s grants are not among the published results yet.",
            unread,
        )


def _awards_open(session: Session, call: Call) -> tuple[int, int]:
    """How many grants of the call are not closed, and how many are not published."""
    query = (
        select(
            func.count().filter(~Award.is_closed),
            func.count().filter(Award.announced.is_(None)),
        )
        .join(Award.application)
        .where(Application.call_id == call.id, ~Award.is_cancelled)
    )
    running, unread = session.execute(query).one()
    return running, unread
