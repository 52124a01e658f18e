"""Papers between a pledge and its money: the agreement to sign, and a reminder of a payment."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_by_reference
from grants.giving.reminders.queries import reminder_called
from grants.giving.reminders.rules import Letter
from grants.granting.clauses.wording import Clause
from grants.papers.statements.builders.donors.donor_clauses import clauses
from grants.papers.statements.builders.donors.giving import (
    PayInto,
    PromisedPayment,
    code_of,
    slip_of,
)
from grants.papers.typesetting.paper import Addressee, Issuer, Paper
from grants.platform.signatures.stamps import Stamp


@dataclass(frozen=True, slots=True)
class ContributionAgreement:
    """What donor and fund agree on, as it was offered for signature."""

    donor: Addressee
    pledge: str
    amount: Money
    currency: str
    pledged_on: date
    earmarking: Earmarking
    earmarked_for: str | None
    condition: str | None
    psc_percent: Decimal
    payments: tuple[PromisedPayment, ...]
    account: PayInto
    clauses: tuple[Clause, ...]
    signatures: tuple[Stamp, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentReminder:
    """A promised payment that has not come, as it was when the reminder was sent."""

    donor: Addressee
    pledge: str
    letter: Letter
    pledged: Money
    pledged_on: date
    payment: int
    due_on: date
    currency: str
    outstanding: Money
    """Of this payment."""
    account: PayInto
    individual: bool = False
    """A person who gives in their own name is greeted by it."""
    exchange: str = ""
    """What the giver chose in francs, and its worth in euro at which rate."""


def contribution_agreement(session: Session, reference: str) -> Paper:
    """The agreement on a pledge, once it was offered to the donor; as it was offered last."""
    pledge = pledge_by_reference(session, reference)
    offers = [
        row for row in trail_of(session, "pledge", pledge.id) if row.action == "offer_agreement"
    ]
    if pledge.donor is None or not offers:
        raise DomainError(_("No agreement on this pledge has been offered yet."))
    agreed, on = offers[-1].facts, pledge.fund.day_of(offers[-1].at)
    facts = ContributionAgreement(
        donor=Addressee.of(pledge.donor),
        pledge=pledge.reference,
        amount=Money(agreed["minor"], pledge.currency),
        currency=pledge.currency,
        pledged_on=pledge.pledged_on,
        earmarking=pledge.earmarking,
        earmarked_for=pledge.purpose or None,
        condition=agreed["condition"],
        psc_percent=Decimal(agreed["psc_percent"]),
        payments=_payments_of(pledge, agreed["revision"]),
        account=PayInto.of(session, pledge.fund, pledge.currency, on),
        clauses=clauses(),
    )
    return Paper(
        document="contribution-agreement",
        title=_("Contribution agreement"),
        reference=pledge.reference,
        on=on,
        issuer=Issuer.of(pledge.fund),
        facts=facts,
        to=pledge.donor.code,
    )


def _payments_of(pledge: Pledge, revision: int) -> tuple[PromisedPayment, ...]:
    return tuple(
        PromisedPayment(part.number, part.due_on, part.amount)
        for part in pledge.all_instalments
        if part.revision == revision
    )


def payment_reminder(session: Session, reference: str) -> Paper:
    """A reminder that was sent."""
    reminder = reminder_called(session, reference)
    pledge = reminder.pledge
    assert pledge.donor is not None
    facts = PaymentReminder(
        donor=Addressee.of(pledge.donor),
        pledge=pledge.reference,
        letter=reminder.letter,
        pledged=pledge.amount,
        pledged_on=pledge.pledged_on,
        payment=reminder.number,
        due_on=reminder.due_on,
        currency=pledge.currency,
        outstanding=reminder.left,
        account=PayInto.of(session, pledge.fund, pledge.currency, reminder.sent_on),
        individual=pledge.donor.kind is DonorKind.INDIVIDUAL,
        exchange=pledge.exchange,
    )
    return Paper(
        document="payment-reminder",
        title=_("Reminder of a payment"),
        reference=reminder.reference,
        on=reminder.sent_on,
        issuer=Issuer.of(pledge.fund),
        facts=facts,
        to=pledge.donor.code,
        code=code_of(session, pledge, reminder.left, reminder.sent_on),
        slip=slip_of(session, pledge, reminder.left, reminder.sent_on),
    )
