"""What a grantee says of a refund that it is asked for: that it paid, or what it asks; what the
fund answers.

Nothing of this is booked: a refund is received by the line of the bank.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.days import not_to_come
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.locking import lock_award
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.notices import facts_of, tell_grantee
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell


def report_transfer(
    session: Session,
    request: RefundRequest,
    day: date,
    act: Act,
    *,
    advice: Document | None = None,
) -> None:
    """The grantee states that it paid a refund on a day, with its bank's advice: finance is told,
    and looks for the money. DomainError for a day before the letter or to come.
    """
    _lock_for_grantee(session, request, act)
    require_unreported(request)
    not_to_come(day)
    asked_on = request.award.fund.day_of(request.sent_at)
    if day < asked_on:
        raise DomainError(
            _(
                "The fund requested the refund on %(day)s. Enter that day or a later one.",
                day=plain_day(asked_on),
            )
        )
    request.transferred_on, request.advice, request.to_answer = day, advice, True
    facts = {"sha256": advice.sha256} if advice else {}
    record(session, request, "report_transfer", act, day=day.isoformat(), **facts)
    people = people_of_fund(session, Permission.INSTALMENT_RELEASE, request.award.fund_id)
    _tell_fund(session, request, people, "transferred", act)


def ask(session: Session, request: RefundRequest, act: Act) -> None:
    """The grantee asks about a refund, or does not agree to it: who asked for it answers. Its day
    stays as it is.
    """
    _lock_for_grantee(session, request, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter your question."))
    request.to_answer = True
    record(session, request, "ask", act)
    people = people_of_fund(session, Permission.REFUND_REQUEST, request.award.fund_id)
    _tell_fund(session, request, people, "question", act)


def answer(session: Session, request: RefundRequest, act: Act, *, missing: bool = False) -> None:
    """The fund answers what the grantee asked or reported, in words that it reads. Where the money
    is `missing`, the grantee has to pay, or to report its transfer, again.
    """
    award = lock_award(session, request.award_id)
    session.refresh(request)
    act.demand(Permission.REFUND_REQUEST, award.scope)
    keep_apart(act.actor, award.organisation_id)
    require_unanswered(request)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter your answer."))
    request.to_answer = False
    if missing:
        request.transferred_on = request.advice = None
    record(session, request, "answer", act, missing=missing)
    tell_grantee(session, request, "answered", act, turn=request.version)


def require_unanswered(request: RefundRequest) -> None:
    """Conflict unless the fund has to answer."""
    if not request.awaits_answer:
        raise Conflict(_("This has already been answered."))


def require_open(request: RefundRequest) -> None:
    """Conflict unless money is to be sent back."""
    if not request.is_awaited or not request.not_set_off:
        raise Conflict(_("Nothing is to be transferred for this refund."))


def require_unreported(request: RefundRequest) -> None:
    """Conflict where nothing is to be sent back, or the grantee has said that it paid."""
    require_open(request)
    if request.transferred_on:
        raise Conflict(_("You have reported the transfer. The fund is looking for the money."))


def _lock_for_grantee(session: Session, request: RefundRequest, act: Act) -> None:
    award = lock_award(session, request.award_id)
    session.refresh(request)
    act.demand(Permission.REPORT_WRITE, award.scope)
    require_open(request)


def _tell_fund(
    session: Session, request: RefundRequest, people: Sequence[Person], what: str, act: Act
) -> None:
    session.flush()
    tell(
        session,
        people,
        f"granting/recovery/{what}",
        act,
        event=f"refund_request:{request.id}:{what}:{request.version}",
        **facts_of(request),
        day=request.transferred_on,
        words=act.reason or "",
    )
