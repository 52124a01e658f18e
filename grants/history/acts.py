"""What each row of a history does: the fund's own acts, by the system actor "import"."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements.schedule import PlannedInstalment, Schedule
from grants.agreements.service import settle_terms, sign_agreement
from grants.audit.act import Act
from grants.audit.advance import begin
from grants.awards.models import Award
from grants.awards.workflow import AWARD
from grants.contributions.models import Deposit
from grants.contributions.service import Arrival, record_deposit
from grants.disbursements.models import GrantRefund, Instalment
from grants.disbursements.refunds import record_refund
from grants.disbursements.service import certify, confirm_receipt, release
from grants.funds.models import Fund
from grants.history.files import (
    DepositRow,
    DonorRow,
    GrantRow,
    OrganisationRow,
    OtherKind,
    OtherRow,
    PaymentRow,
    PledgeRow,
    RefundRow,
)
from grants.history.plan import Files, money
from grants.kernel.errors import Conflict, DomainError
from grants.kernel.language import gettext as _
from grants.kernel.taxonomies import DonorKind, Earmarking
from grants.ledger.entries import Voucher
from grants.ledger.models import Entry
from grants.ledger.receipts import book_bank_charge, book_interest, refund_to_donor
from grants.people.models import Organisation
from grants.people.service import enter_organisation
from grants.pledges import making
from grants.pledges import service as pledges
from grants.pledges.models import Pledge, Source


@dataclass
class Context:
    """Into which fund, what was read, and how many rows of each file were new."""

    fund: Fund
    files: Files
    new: dict[str, int] = field(default_factory=dict)


Perform = Callable[[Context, Session, Any], bool]
"""Does one row; true if it was new."""


def _act(reason: str | None = None) -> Act:
    return Act.by_system("import", reason)


def _other_content(what: str) -> Conflict:
    return Conflict(_("%(what)s is known with other content; expected the same.", what=what))


def _organisation(
    session: Session, code: str, name: str, kind: DonorKind, country: str | None
) -> bool:
    known = session.scalar(select(Organisation).where(Organisation.code == code))
    if known is None:
        enter_organisation(session, name, kind, country, code=code)
        return True
    if (known.name, known.kind, known.country) != (name, kind, country):
        raise _other_content(code)
    return False


def donor(_context: Context, session: Session, row: DonorRow) -> bool:
    return _organisation(session, row.code, row.name, row.kind, row.country)


def organisation(_context: Context, session: Session, row: OrganisationRow) -> bool:
    return _organisation(session, row.code, row.name, DonorKind.NGO, row.country)


def _pledge(session: Session, reference: str) -> Pledge | None:
    return session.scalar(select(Pledge).where(Pledge.reference == reference))


def pledge(context: Context, session: Session, row: PledgeRow) -> bool:
    """A pledge is entered; one that is known is compared."""
    giver = session.scalars(select(Organisation).where(Organisation.code == row.donor)).one()
    amount = money(row.amount, row.currency)
    earmarking = row.earmarking or Earmarking.UNEARMARKED
    known = _pledge(session, row.reference)
    if known is not None:
        same = (known.fund_id, known.donor_id, known.amount, known.earmarking, known.pledged_on)
        if same != (context.fund.id, giver.id, amount, earmarking, row.pledged_on):
            raise _other_content(row.reference)
        if known.agreement_signed_on != row.agreement_signed_on:
            raise _other_content(row.reference)
        return False
    making.enter(
        session,
        context.fund,
        making.Offer(
            amount,
            earmarking=earmarking,
            source=Source.RECORDS,
            reference=row.reference,
            pledged_on=row.pledged_on,
        ),
        giver,
        _act(),
    )
    return True


def agreement(_context: Context, session: Session, row: PledgeRow) -> bool:
    """The donor's agreement is signed; counted with its pledge."""
    found = _pledge(session, row.reference)
    assert found is not None
    assert row.agreement_signed_on is not None
    if found.agreement_signed_on is None:
        signed = pledges.Agreement(row.agreement_signed_on, conditional=bool(row.conditional))
        pledges.sign_agreement(session, found, signed, _act())
    return False


def deposit(context: Context, session: Session, row: DepositRow) -> bool:
    """Money arrived; the act itself knows a deposit it has seen."""
    new = not session.scalar(
        select(Deposit.id).where(
            Deposit.fund_id == context.fund.id, Deposit.bank_reference == row.bank_reference
        )
    )
    fee = money(row.bank_fee, row.currency) if row.bank_fee else None
    arrival = Arrival(row.bank_reference, row.value_on, money(row.amount, row.currency), fee)
    towards = _pledge(session, row.pledge) if row.pledge else None
    record_deposit(session, context.fund, towards, arrival, _act())
    return new


def _award(session: Session, reference: str) -> Award:
    """A grant whose agreement is signed by now."""
    found = session.scalar(select(Award).where(Award.reference == reference))
    if found is None or found.agreement_signed_on is None:
        raise DomainError(
            _("The agreement of %(grant)s is signed later; expected a later day.", grant=reference)
        )
    return found


def grant(context: Context, session: Session, row: GrantRow) -> bool:
    """A grant from before this system: its award, schedule and signed agreement."""
    grantee = session.scalars(
        select(Organisation).where(Organisation.code == row.organisation)
    ).one()
    known = session.scalar(select(Award).where(Award.reference == row.reference))
    amount = money(row.award_usd)
    if known is not None:
        same = (known.fund_id, known.organisation_id, known.amount, known.country)
        days = (known.agreement_signed_on, known.starts_on, known.ends_on)
        if same != (context.fund.id, grantee.id, amount, row.country) or days != (
            row.agreement_signed_on,
            row.starts_on,
            row.ends_on,
        ):
            raise _other_content(row.reference)
        _same_schedule(context, session, known)
        return False
    award = _take_over(session, context.fund, grantee, row)
    parts = [
        PlannedInstalment(money(part.value.amount_usd), part.value.due_on)
        for part in context.files.instalments(row.reference)
    ]
    settle_terms(session, award, Schedule(parts, ()), _act())
    sign_agreement(session, award, row.agreement_signed_on, None, _act())
    context.new["instalments.csv"] = context.new.get("instalments.csv", 0) + len(parts)
    return True


def _same_schedule(context: Context, session: Session, award: Award) -> None:
    standing = session.scalars(
        select(Instalment).where(Instalment.award_id == award.id).order_by(Instalment.number)
    )
    given = [
        (row.value.number, money(row.value.amount_usd), row.value.due_on)
        for row in context.files.instalments(award.reference)
    ]
    if given != [(part.number, part.amount, part.due_on) for part in standing]:
        raise _other_content(_("The schedule of %(grant)s", grant=award.reference))


def _take_over(session: Session, fund: Fund, grantee: Organisation, row: GrantRow) -> Award:
    award = Award(
        reference=row.reference,
        fund=fund,
        organisation=grantee,
        title=grantee.name,
        country=row.country,
        amount_minor=money(row.award_usd).minor,
        psc_percent=fund.psc_percent,
        approved_on=row.agreement_signed_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
    begin(session, award, AWARD, _act())
    return award


def payment(_context: Context, session: Session, row: PaymentRow) -> bool:
    """An instalment was paid: certified, released, and received, as it was."""
    award = _award(session, row.grant)
    instalment = session.scalar(
        select(Instalment).where(Instalment.award_id == award.id, Instalment.number == row.number)
    )
    if instalment is None:
        raise DomainError(
            _("%(grant)s has no instalment %(number)s.", grant=row.grant, number=row.number)
        )
    if instalment.paid_on is not None:
        if (instalment.paid_on, instalment.bank_reference) != (row.paid_on, row.bank_reference):
            raise _other_content(f"{row.grant} / {row.number}")
        return False
    reason = _("Taken over from the records before this system.")
    certify(session, instalment, _act(reason))
    release(session, instalment, row.paid_on, row.bank_reference, _act())
    confirm_receipt(session, instalment, _act())
    return True


def grant_refund(_context: Context, session: Session, row: RefundRow) -> bool:
    """A grantee sent money back."""
    award = _award(session, row.grant)
    new = not session.scalar(
        select(GrantRefund.id).where(
            GrantRefund.award_id == award.id, GrantRefund.bank_reference == row.bank_reference
        )
    )
    record_refund(
        session, award, money(row.amount_usd), row.refunded_on, row.bank_reference, _act()
    )
    return new


def other(context: Context, session: Session, row: OtherRow) -> bool:
    """Interest, a bank charge, a refund to a donor: straight into the books."""
    key = f"{row.kind.value}:{row.reference}"
    new = not session.scalar(
        select(Entry.id).where(Entry.fund_id == context.fund.id, Entry.key == key)
    )
    towards = _pledge(session, row.pledge) if row.pledge else None
    subject = towards.subject if towards else key
    voucher = Voucher(context.fund, row.booked_on, subject, key, _act(), row.reference)
    amount = money(row.amount, row.currency)
    if row.kind is OtherKind.INTEREST:
        book_interest(session, voucher, amount)
    elif row.kind is OtherKind.BANK_CHARGE:
        book_bank_charge(session, voucher, amount)
    else:
        refund_to_donor(session, voucher, amount)
    return new


PERFORM: dict[tuple[str, str], Perform] = {
    ("pledges.csv", "pledged_on"): pledge,
    ("pledges.csv", "agreement_signed_on"): agreement,
    ("deposits.csv", "value_on"): deposit,
    ("grants.csv", "agreement_signed_on"): grant,
    ("payments.csv", "paid_on"): payment,
    ("grant_refunds.csv", "refunded_on"): grant_refund,
    ("other.csv", "booked_on"): other,
}
