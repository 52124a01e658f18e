"""A donor's papers: the acknowledgement of a pledge and the receipt for a deposit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import account_for
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.giving.contributions.models import Receipt
from grants.giving.pledges.gifts import gift_of_token
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, pledge_by_reference, received
from grants.giving.pledges.schedule import next_payment
from grants.giving.pledges.swiss_bill import slip
from grants.giving.pledging.scanning import printed_code
from grants.papers.statements.records import receipt_called
from grants.papers.typesetting.enclosed import Picture
from grants.papers.typesetting.paper import Addressee, Issuer, Paper, plain_rate


@dataclass(frozen=True, slots=True)
class PromisedPayment:
    """One instalment of a pledge."""

    number: int
    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PayInto:
    """The bank account that takes money of a currency; without a number it is sent separately."""

    beneficiary: str
    bank: str
    bank_address: str
    number: str | None
    bic: str
    intermediary_bank: str
    currency: str
    """Of the account: where it is not that of the pledge, the bank converts what comes."""

    @classmethod
    def of(cls, session: Session, fund: Fund, currency: str, day: date) -> "PayInto":
        account = account_for(session, fund, currency, day)
        return cls(
            account.payee,
            account.bank,
            account.bank_address,
            account.number,
            account.bic,
            account.intermediary_bank,
            account.currency,
        )


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The fund has taken note of a pledge."""

    donor: Addressee
    pledge: str
    amount: Money
    currency: str
    pledged_on: date
    conditional: bool
    earmarking: Earmarking
    earmarked_for: str | None
    payments: tuple[PromisedPayment, ...]
    account: PayInto
    individual: bool = False
    """A person who gives in their own name is greeted by it."""
    exchange: str = ""
    """What the giver chose in francs, and its worth in euro at which rate."""


@dataclass(frozen=True, slots=True)
class PaymentSlip:
    """What is asked to be paid by a Swiss QR-bill."""

    pledge: str
    amount: Money
    due_on: date | None
    account: PayInto
    gift: bool


@dataclass(frozen=True, slots=True)
class OfficialReceipt:
    """The fund has received a deposit."""

    receipt: str
    donor: Addressee
    pledge: str | None
    bank_reference: str
    value_on: date
    currency: str
    amount: Money
    """Credited to the fund's account."""
    bank_fee: Money
    """Withheld by correspondent banks."""
    received: Money
    """What the donor sent."""
    rate: Decimal
    """Units of the currency for 1 USD."""
    rate_on: date
    usd: Money
    earmarking: Earmarking | None
    earmarked_for: str | None
    cancelled_on: date | None = None
    """The day the deposit was reversed: the receipt keeps its number and is worth nothing."""
    cancelled_because: str | None = None
    taxed: bool = False
    """Could the donor ask for a tax deduction? Not a government, nor its organisations."""
    individual: bool = False
    """Of a person who gives in their own name: a gift."""

    @property
    def plain_rate(self) -> str:
        return plain_rate(self.rate)


def acknowledgement(session: Session, reference: str) -> Paper:
    """The letter of thanks for a pledge; it exists once the pledge is acknowledged."""
    pledge = pledge_by_reference(session, reference)
    rows = trail_of(session, "pledge", pledge.id)
    days = [pledge.fund.day_of(row.at) for row in rows if row.action == "acknowledge"]
    if pledge.donor is None or not days:
        raise DomainError(_("This pledge has not been acknowledged yet."))
    payments = [
        PromisedPayment(part.number, part.due_on, part.amount)
        for part in pledge.all_instalments
        if part.revision == 1  # as promised, whatever was agreed since
    ]
    facts = Acknowledgement(
        donor=Addressee.of(pledge.donor),
        pledge=pledge.reference,
        amount=pledge.amount,
        currency=pledge.currency,
        pledged_on=pledge.pledged_on,
        conditional=pledge.conditional,
        earmarking=pledge.earmarking,
        earmarked_for=pledge.purpose or None,
        payments=tuple(payments),
        account=PayInto.of(session, pledge.fund, pledge.currency, days[0]),
        individual=pledge.donor.kind is DonorKind.INDIVIDUAL,
        exchange=pledge.exchange,
    )
    due = payments[0].amount if payments else pledge.amount
    return Paper(
        document="acknowledgement",
        title=_("Acknowledgement of a pledge"),
        reference=pledge.reference,
        on=days[0],
        issuer=Issuer.of(pledge.fund),
        facts=facts,
        code=code_of(session, pledge, due, days[0]),
        slip=slip_of(session, pledge, due, days[0]),
    )


def code_of(session: Session, pledge: Pledge, amount: Money, day: date) -> Picture | None:
    """What a banking app scans to pay an amount of a pledge, into the account of that day."""
    account = account_for(session, pledge.fund, pledge.currency, day)
    return Picture.drawn(printed_code(account, amount, pledge.reference))


def slip_of(session: Session, pledge: Pledge, amount: Money, day: date) -> Picture | None:
    """The Swiss QR-bill for an amount of a pledge, into the account of that day."""
    account = account_for(session, pledge.fund, pledge.currency, day)
    return Picture.drawn(slip(account, amount, pledge.reference).encode())


def payment_slip(session: Session, reference: str) -> Paper:
    """The Swiss QR-bill for what is due next, to be printed or uploaded at a bank. The reference is
    the pledge’s, or the token of a gift’s page. It names no donor.
    """
    pledge = pledge_or_gift(session, reference)
    today, came = clock.today(), received(session, pledge)
    due = next_payment(pledge, came)
    amount = due.left if due else outstanding(pledge, came)
    drawn = slip_of(session, pledge, amount, today)
    if drawn is None:
        raise Missing(_("There is no payment slip for this payment."))
    facts = PaymentSlip(
        pledge=pledge.reference,
        amount=amount,
        due_on=due.due_on if due else None,
        account=PayInto.of(session, pledge.fund, pledge.currency, today),
        gift=pledge.is_gift,
    )
    return Paper(
        document="payment-slip",
        title=_("Payment slip"),
        reference=pledge.reference,
        on=today,
        issuer=Issuer.of(pledge.fund),
        facts=facts,
        slip=drawn,
    )


def pledge_or_gift(session: Session, reference: str) -> Pledge:
    """The pledge of a reference, or the gift of the token in the address of its page."""
    try:
        return pledge_by_reference(session, reference)
    except Missing:
        return gift_of_token(session, reference)


def receipt(session: Session, reference: str) -> Paper:
    """The official receipt for a deposit, as it was issued."""
    official = receipt_called(session, reference)
    return Paper(
        document="receipt",
        title=_("Official receipt"),
        reference=official.reference,
        on=official.issued_on,
        issuer=Issuer.of(official.fund),
        facts=_receipt_facts(official),
    )


def _receipt_facts(official: Receipt) -> OfficialReceipt:
    deposit = official.deposit
    pledge = deposit.pledge
    return OfficialReceipt(
        receipt=official.reference,
        donor=Addressee(official.donor_name, official.donor.address, official.donor.country),
        pledge=pledge.reference if pledge else None,
        bank_reference=deposit.bank_reference,
        value_on=deposit.value_on,
        currency=deposit.currency,
        amount=deposit.amount,
        bank_fee=deposit.bank_fee,
        received=deposit.received,
        rate=deposit.rate.normalize(),
        rate_on=deposit.rate_on,
        usd=deposit.usd,
        earmarking=pledge.earmarking if pledge else None,
        earmarked_for=(pledge.purpose or None) if pledge else None,
        cancelled_on=deposit.reversed_on,
        cancelled_because=deposit.reversal_reason,
        taxed=official.donor.kind not in (DonorKind.MEMBER_STATE, DonorKind.IGO),
        individual=official.donor.kind is DonorKind.INDIVIDUAL,
    )
