"""Days of payment change: a donor asks and the fund answers, or both have agreed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.dates.queries import open_request
from grants.giving.pledges.dates.workflow import NEW_DATE
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import received
from grants.giving.pledges.schedule import Due, Payment, dues_of, payments, replan
from grants.giving.pledges.service import tell_donor
from grants.giving.pledges.workflow import STANDING
from grants.platform.messages.service import tell


def ask(session: Session, pledge: Pledge, number: int, day: date, act: Act) -> NewDate:
    """A donor asks to make one promised payment on another day, and says why. One at a time."""
    act.demand(Permission.PLEDGE_MAKE, pledge.scope)
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    due = _unpaid_payment(session, pledge, number)
    if open_request(session, pledge):
        raise Conflict(_("You have already requested another date. Please wait for our reply."))
    if day <= clock.today() or day == due.due_on:
        raise DomainError(_("Choose another date, in the future."))
    if not (act.reason or "").strip():
        raise DomainError(_("Give a reason, so that we can consider your request."))
    request = NewDate(
        pledge=pledge,
        number=number,
        due_on=due.due_on,
        asked_on=day,
        reason=act.reason,
        asked_at=act.at,
    )
    begin(session, request, NEW_DATE, act)
    record(session, pledge, "ask_date", act, **_request_facts(request))
    _tell_fund(session, request, act)
    return request


def accept(session: Session, request: NewDate, act: Act) -> None:
    """The payment is due on the day the donor asked for; the act may say a word to it."""
    pledge = _lock_pledge(session, request)
    require(session, request, NEW_DATE, "accept", act)
    due = _unpaid_payment(session, pledge, request.number)
    if due.due_on != request.due_on:
        raise DomainError(
            _(
                "The payment schedule has changed since the request was made. "
                "Decline the request and explain why."
            )
        )
    _record_answer(request, act)
    advance(session, request, NEW_DATE, "accept", act)
    dues = dues_of(pledge)
    dues[request.number - 1] = replace(dues[request.number - 1], due_on=request.asked_on)
    replan(session, pledge, dues, Act(act.actor, act.reason or request.reason, act.at))
    tell_donor(
        session,
        pledge,
        "giving/pledges/dates/answered",
        act,
        event=_event_of(request),
        new_date=request,
    )


def refuse(session: Session, request: NewDate, act: Act) -> None:
    """The day stays as it was promised; the act says why, and the donor reads it."""
    pledge = _lock_pledge(session, request)
    require(session, request, NEW_DATE, "refuse", act)
    _record_answer(request, act)
    advance(session, request, NEW_DATE, "refuse", act)
    record(session, pledge, "refuse_date", act, **_request_facts(request))
    tell_donor(
        session,
        pledge,
        "giving/pledges/dates/answered",
        act,
        event=_event_of(request),
        new_date=request,
    )


def revise(session: Session, pledge: Pledge, dues: Sequence[Due], act: Act) -> None:
    """The fund and the donor have agreed on another plan of payments; the earlier one is kept."""
    act.demand(Permission.PLEDGE_SCHEDULE, Scope(pledge.fund_id))
    lock(session, pledge.fund_id)
    session.refresh(pledge)
    if pledge.state not in STANDING:
        raise DomainError(_("This pledge is no longer active."))
    if open_request(session, pledge):
        raise DomainError(
            _("The donor has asked to change a payment date. Reply to that request first.")
        )
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    replan(session, pledge, sorted(dues, key=lambda due: due.due_on), act)
    event = f"{pledge.subject}:plan:{pledge.revision}"
    tell_donor(session, pledge, "giving/pledges/dates/revised", act, event=event)


def _lock_pledge(session: Session, request: NewDate) -> Pledge:
    """The request's pledge, while nobody else changes it; both as they are now."""
    lock(session, request.pledge.fund_id)
    session.refresh(request)
    session.refresh(request.pledge)
    return request.pledge


def _unpaid_payment(session: Session, pledge: Pledge, number: int) -> Payment:
    """A promised payment that has not come in full."""
    if pledge.state not in STANDING:
        raise DomainError(_("This pledge is no longer active."))
    for due in payments(pledge, received(session, pledge)):
        if due.number == number and not due.paid:
            return due
    raise DomainError(_("This payment has been received or is no longer expected."))


def _record_answer(request: NewDate, act: Act) -> None:
    request.answer = (act.reason or "").strip() or None
    request.decided_on = clock.today()


def _request_facts(request: NewDate) -> dict[str, object]:
    return {"number": request.number, "day": request.asked_on.isoformat()}


def _event_of(request: NewDate) -> str:
    return f"new_date:{request.id}"


def _tell_fund(session: Session, request: NewDate, act: Act) -> None:
    tell(
        session,
        people_of_fund(session, Permission.PLEDGE_SCHEDULE, request.pledge.fund_id),
        "giving/pledges/dates/asked",
        act,
        event=f"{_event_of(request)}:asked",
        new_date=request,
        pledge=request.pledge,
        url=absolute(f"/pledges/dates/{request.id}"),
    )
