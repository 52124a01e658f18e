"""The grantees' side of a history: grants with their schedules, payments, refunds."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import NotEnough
from grants.books.ledger.spending import require_cash, with_support_cost
from grants.core.audit.advance import begin
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.desk.moving_in.history.acts import Context, by_import
from grants.desk.moving_in.history.memory import Refused, require_same
from grants.desk.moving_in.history.plan import money
from grants.desk.moving_in.history.rows import GrantRow, InstalmentRow, PaymentRow, RefundRow
from grants.granting.agreements.schedule import PlannedInstalment, Schedule
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import approve, certify, release


def grant(context: Context, session: Session, row: GrantRow) -> bool:
    """A grant from before this system: its award, schedule and signed agreement."""
    existing = session.scalar(select(Award).where(Award.reference == row.reference))
    if existing is not None:
        _require_same_grant(context, session, row, existing)
        return False
    award = _take_over(context, session, row)
    parts = [
        PlannedInstalment(money(part.value.amount_usd), part.value.due_on)
        for part in context.files.instalments(row.reference)
    ]
    settle_terms(session, award, Schedule(parts, ()), by_import())
    sign_agreement(session, award, row.agreement_signed_on, None, by_import())
    context.count("instalments.csv", len(parts))
    return True


def _take_over(context: Context, session: Session, row: GrantRow) -> Award:
    grantee = session.scalars(
        select(Organisation).where(Organisation.code == row.organisation)
    ).one()
    award = Award(
        reference=row.reference,
        fund=context.fund,
        organisation=grantee,
        title=grantee.name,
        country=row.country,
        amount_minor=money(row.award_usd).minor,
        psc_percent=_support_cost(context, row),
        approved_on=row.agreement_signed_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
    begin(session, award, AWARD, by_import())
    return award


def _support_cost(context: Context, row: GrantRow) -> Decimal:
    """The grant's own rate, or the fund's."""
    percent = row.support_cost_percent
    return context.fund.psc_percent if percent is None else percent


def _require_same_grant(context: Context, session: Session, row: GrantRow, existing: Award) -> None:
    if existing.fund_id != context.fund.id:
        raise Refused(
            "reference",
            _(
                "%(grant)s is a grant of %(fund)s; expected another reference",
                grant=row.reference,
                fund=existing.fund.code,
            ),
        )
    require_same(
        row,
        {
            "organisation": existing.organisation.code,
            "country": existing.country,
            "award_usd": existing.amount.decimal,
            "agreement_signed_on": existing.agreement_signed_on,
            "starts_on": existing.starts_on,
            "ends_on": existing.ends_on,
            "support_cost_percent": None
            if row.support_cost_percent is None
            else existing.psc_percent,
        },
    )
    for part in context.files.instalments(row.reference):
        require_on_record(session, part.value)


def require_on_record(session: Session, row: InstalmentRow) -> None:
    """Refused unless the grant has this instalment."""
    part = session.scalar(
        select(Instalment)
        .join(Award)
        .where(Award.reference == row.grant, Instalment.number == row.number)
    )
    if part is None:
        raise Refused("number", no_instalment(row.grant, row.number))
    require_same(row, {"amount_usd": part.amount.decimal, "due_on": part.due_on})


def no_instalment(grant: str, number: int) -> str:
    return _(
        "%(grant)s has no instalment %(number)s; expected one from its schedule",
        grant=grant,
        number=number,
    )


def signed_later(grant: str) -> str:
    return _("the agreement of %(grant)s was signed later; expected a later date", grant=grant)


def _signed_award(session: Session, reference: str, column: str) -> Award:
    """A grant whose agreement is signed by now; else the row is refused at its day."""
    award = session.scalar(select(Award).where(Award.reference == reference))
    if award is None or award.agreement_signed_on is None:
        raise Refused(column, signed_later(reference))
    return award


def payment(_context: Context, session: Session, row: PaymentRow) -> bool:
    """An instalment was paid: certified, released, and received, as it was."""
    award = _signed_award(session, row.grant, "paid_on")
    instalment = _payable_instalment(session, award, row)
    if instalment.paid_on is not None:
        facts = {"paid_on": instalment.paid_on, "bank_reference": instalment.bank_reference}
        require_same(row, facts)
        return False
    act = by_import(_("Imported from earlier records."))
    certify(session, instalment, act)
    approve(session, instalment, act)
    release(session, instalment, row.paid_on, row.bank_reference, act)
    confirm_receipt(session, instalment, by_import())
    return True


def beyond_cash(context: Context, session: Session, row: PaymentRow) -> NotEnough | None:
    """The refusal of a payment that the fund's own cash does not reach, its grant aside."""
    for part in context.files.instalments(row.grant):
        if part.value.number == row.number:
            percent = context.files.support_costs.get(row.grant)
            rate = context.fund.psc_percent if percent is None else percent
            needed = with_support_cost([money(part.value.amount_usd)], rate)
            try:
                require_cash(session, context.fund, needed)
            except NotEnough as refusal:
                return refusal
    return None


def _payable_instalment(session: Session, award: Award, row: PaymentRow) -> Instalment:
    """The instalment a row names, if it is its turn."""
    schedule = {part.number: part for part in instalments_of(session, award.id)}
    if row.number not in schedule:
        raise Refused("number", no_instalment(row.grant, row.number))
    for number, part in schedule.items():
        if number < row.number and not part.is_paid:
            raise Refused(
                "number",
                _(
                    "instalment %(number)s of %(grant)s has not been paid by then; expected "
                    "the instalments in order",
                    number=number,
                    grant=row.grant,
                ),
            )
    return schedule[row.number]


def grant_refund(_context: Context, session: Session, row: RefundRow) -> bool:
    """A grantee sent money back."""
    award = _signed_award(session, row.grant, "refunded_on")
    refund_id = session.scalar(
        select(GrantRefund.id).where(
            GrantRefund.award_id == award.id, GrantRefund.bank_reference == row.bank_reference
        )
    )
    amount = money(row.amount_usd)
    record_refund(session, award, amount, row.refunded_on, row.bank_reference, by_import())
    return refund_id is None
