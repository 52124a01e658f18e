"""What a grantee says of a payment: it arrived, in full or less, or not; what finance answers.

Nothing of this is booked: the fund acts in the books by the bank's own line.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.days import not_to_come
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.payments.models import Instalment
from grants.granting.payments.payable import lock_instalment, require_unchanged
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.messages.service import tell


def confirm_receipt(
    session: Session,
    instalment: Instalment,
    act: Act,
    *,
    version: int | None = None,
    arrived_on: date | None = None,
    arrived: Money | None = None,
) -> None:
    """The grantee states that the money arrived, on which day, and how much of it where the banks
    kept something: finance is told of the difference. DomainError for a day before the payment or
    to come, and for a sum that is not less than what was sent.
    """
    _lock_for_statement(session, instalment, act, version)
    if arrived_on is not None:
        _require_day_of_arrival(instalment, arrived_on)
    if arrived is not None:
        _require_less_than_sent(instalment, arrived)
    instalment.confirmed_at, instalment.arrived_on = act.at, arrived_on
    instalment.arrived_minor = arrived.minor if arrived else None
    instalment.not_arrived_at, instalment.receipt_to_check = None, arrived is not None
    facts = {"arrived_on": arrived_on.isoformat()} if arrived_on else {}
    facts |= {"arrived": str(arrived)} if arrived else {}
    advance(session, instalment, INSTALMENT, "confirm_receipt", act, **facts)
    if arrived is not None:
        _tell_finance_of_receipt(session, instalment, act)


def report_missing(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """The grantee states that a payment has not arrived: finance is told, and looks for it."""
    _lock_for_statement(session, instalment, act, version)
    if instalment.not_arrived_at is not None:
        raise Conflict(_("The fund already knows, and is looking for the payment."))
    instalment.not_arrived_at, instalment.receipt_to_check = act.at, True
    record(session, instalment, "report_missing", act)
    _tell_finance_of_receipt(session, instalment, act)


def answer_receipt(session: Session, instalment: Instalment, act: Act) -> None:
    """Finance answers what the grantee said of a payment, in words that it reads. A payment that
    was missed is to be confirmed again; one that the bank gave back is recorded as returned
    instead.
    """
    lock_instalment(session, instalment)
    act.demand(Permission.INSTALMENT_RELEASE, instalment.scope)
    keep_apart(act.actor, instalment.award.organisation_id)
    if not instalment.receipt_to_check:
        raise Conflict(_("This has already been answered."))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter your answer."))
    instalment.not_arrived_at, instalment.receipt_to_check = None, False
    record(session, instalment, "answer_receipt", act)
    award = instalment.award
    people = people_of_organisation(session, award.organisation_id, Permission.INSTALMENT_CONFIRM)
    _tell_people(session, instalment, people, "receipt_answered", act)


def _lock_for_statement(
    session: Session, instalment: Instalment, act: Act, version: int | None
) -> None:
    lock_instalment(session, instalment)
    require_unchanged(instalment, version)
    require(session, instalment, INSTALMENT, "confirm_receipt", act)


def _require_day_of_arrival(instalment: Instalment, day: date) -> None:
    not_to_come(day)
    if instalment.paid_on and day < instalment.paid_on:
        paid_on = plain_day(instalment.paid_on)
        raise DomainError(_("It was paid on %(day)s and cannot have arrived earlier.", day=paid_on))


def _require_less_than_sent(instalment: Instalment, arrived: Money) -> None:
    sent = instalment.sent
    if arrived.currency != sent.currency or not 0 < arrived.minor < sent.minor:
        raise DomainError(
            _(
                "Enter an amount above 0 and below %(sent)s, which was sent.",
                sent=plain_money(sent),
            )
        )


def _tell_finance_of_receipt(session: Session, instalment: Instalment, act: Act) -> None:
    people = people_of_fund(session, Permission.INSTALMENT_RELEASE, instalment.award.fund_id)
    _tell_people(session, instalment, people, "receipt_to_check", act)


def _tell_people(
    session: Session, instalment: Instalment, people: Sequence[Person], name: str, act: Act
) -> None:
    award = instalment.award
    tell(
        session,
        people,
        f"granting/payments/{name}",
        act,
        event=f"instalment:{instalment.id}:{name}:{instalment.version}",
        **facts_of_grant(award, f"/instalments/{instalment.number}"),
        number=instalment.number,
        sent=instalment.sent,
        arrived=instalment.arrived_less,
        words=act.reason or "",
    )
