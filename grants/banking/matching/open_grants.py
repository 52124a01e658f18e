"""Unpaid instalments, and grants of which something was paid, among which a line of the bank may
find what it is.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from grants.banking.matching.scoring import quoted_in
from grants.banking.matching.stated import Stated
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.granting.closure.queries import Recovered, recovered_of, unspent_of
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payments.abroad import rates_paid_at
from grants.granting.payments.models import GrantRefund, Instalment
from grants.granting.payments.workflow import PAID, UNPAID, InstalmentState
from grants.granting.recovery.abroad import PaidRate
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.queries import requests_by_grant
from grants.granting.reporting.models import Report


class OpenInstalment(NamedTuple):
    """An instalment that has not been paid, of a grant in force; what is sent of it, USD cents."""

    id: int
    fund_id: int
    grant: str
    number: int
    minor: int
    state: InstalmentState
    version: int
    end_to_end: str | None
    """Under which it was last sent, if it was."""
    transfer_currency: str | None
    transfer_minor: int | None
    organisation_id: int
    organisation: str
    other_names: tuple[str, ...]

    @property
    def amount(self) -> Money:
        return usd(self.minor)

    @property
    def transfer(self) -> Money | None:
        """What it was sent as, in another currency."""
        if self.transfer_currency is None or self.transfer_minor is None:
            return None
        return Money(self.transfer_minor, self.transfer_currency)

    @property
    def names(self) -> tuple[str, ...]:
        return self.organisation, *self.other_names


class PaidGrant(NamedTuple):
    """A grant in force of which something was paid; in USD cents."""

    id: int
    fund_id: int
    grant: str
    organisation_id: int
    organisation: str
    other_names: tuple[str, ...]
    paid: int
    refunded: int
    spent: int
    """As accepted reports say."""
    requested: int
    """Asked back by letters, and not come back."""
    recovered: Recovered
    """Refunds of ineligible cost: it does not count as spent."""
    rates: tuple[PaidRate, ...] = ()
    """At which rate it was paid in other currencies than the dollar."""

    @property
    def not_refunded(self) -> Money:
        return usd(self.paid - self.refunded)

    @property
    def due(self) -> Money:
        """What stays with the grantee, neither spent by any accepted report nor refunded."""
        return unspent_of(usd(self.paid), usd(self.spent), usd(self.refunded), self.recovered)

    @property
    def expected(self) -> set[Money]:
        """The refunds that would be complete: all that is due, or all that letters ask for."""
        return {self.due, usd(self.requested)}

    def counts_as(self, came: Money) -> Money | None:
        """What money counts as on it, in USD; None in a currency in which nothing was paid."""
        if came.currency == FUNCTIONAL_CURRENCY:
            return came
        paid_in = (rate for rate in self.rates if rate.sent.currency == came.currency)
        rate = next(paid_in, None)
        if rate is None:
            return None
        complete = (due for due in self.expected if due and rate.sent_as(due) == came)
        return next(complete, rate.dollars_of(came))

    @property
    def names(self) -> tuple[str, ...]:
        return self.organisation, *self.other_names


def open_instalments(session: Session, lines: Sequence[Stated]) -> list[tuple[OpenInstalment, ...]]:
    """The unpaid instalments worth a look for each debit, in one question for all of them: of the
    amount of a line, or of a grant that it quotes.
    """
    debits = [line for line in lines if not line.is_credit]
    if not debits:
        return [()] * len(lines)
    amounts = {-line.amount_minor for line in debits if line.currency == FUNCTIONAL_CURRENCY}
    quoted = _quoted_references(debits)
    rows = session.execute(
        _of_organisations(
            Instalment.id,
            *(Award.fund_id, Award.reference, Instalment.number, Instalment.net_minor),
            *(Instalment.state, Instalment.version, last_reference()),
            *(Instalment.transfer_currency, Instalment.transfer_minor, Award.organisation_id),
        )
        .join(Instalment, Instalment.award_id == Award.id)
        .where(
            Award.fund_id.in_({line.fund_id for line in debits}),
            Instalment.state.in_(UNPAID),
            or_(
                Instalment.net_minor.in_(amounts) & Instalment.transfer_currency.is_(None),
                tuple_(Instalment.transfer_currency, Instalment.transfer_minor).in_(
                    {(line.currency, -line.amount_minor) for line in debits}
                ),
                Award.reference.in_(quoted),
                sent_under({line.end_to_end for line in debits if line.end_to_end}),
            ),
        )
        .order_by(Instalment.id)
    )
    instalments = [OpenInstalment._make((*row[:-1], tuple(row[-1]))) for row in rows]
    return [
        ()
        if line.is_credit
        else tuple(instalment for instalment in instalments if instalment.fund_id == line.fund_id)
        for line in lines
    ]


def last_reference() -> Any:
    """Under which reference of ours an instalment was sent last."""
    sent = select(RunPart.end_to_end).join(RunPart.run).where(PaymentRun.is_sent)
    of_instalment = sent.where(RunPart.instalment_id == Instalment.id)
    return of_instalment.order_by(RunPart.id.desc()).limit(1).scalar_subquery()


def sent_under(references: set[str]) -> ColumnElement[bool]:
    """Was an instalment sent under one of these references?"""
    parts = select(RunPart.instalment_id).where(RunPart.end_to_end.in_(references))
    return Instalment.id.in_(parts)


def paid_grants(session: Session, lines: Sequence[Stated]) -> list[tuple[PaidGrant, ...]]:
    """The grants in force worth a look for each credit, in one question for all of them: quoted by
    a line, or of an organisation that is called like the sender.
    """
    incoming = [line for line in lines if line.is_credit]
    if not incoming:
        return [()] * len(lines)
    senders = {line.counterparty.lower() for line in incoming if line.counterparty}
    paid = _cents_of(Instalment.amount_minor, Instalment.award_id, Instalment.state.in_(PAID))
    rows = session.execute(
        _of_organisations(
            *(Award.id, Award.fund_id, Award.reference, Award.organisation_id),
            more=(
                paid,
                _cents_of(GrantRefund.amount_minor, GrantRefund.award_id),
                _cents_of(Report.spent_minor, Report.award_id, Report.is_accepted),
                _cents_of(
                    RefundRequest.amount_minor - RefundRequest.received_minor,
                    RefundRequest.award_id,
                    RefundRequest.is_awaited,
                ),
            ),
        )
        .where(
            Award.fund_id.in_({line.fund_id for line in incoming}),
            paid > 0,
            or_(
                Award.reference.in_(_quoted_references(incoming)),
                func.lower(Organisation.name).in_(senders),
            ),
        )
        .order_by(Award.id)
    )
    facts = [(*row[:5], tuple(row[5]), *row[6:]) for row in rows]
    ids = [grant_id for grant_id, *_others in facts]
    recovered = recovered_of(session, ids, requests_by_grant(session, ids)) if ids else {}
    rates = rates_paid_at(session, ids, {line.currency for line in incoming})
    grants = [
        PaidGrant._make((*row, recovered[row[0]], tuple(rates.get(row[0], {}).values())))
        for row in facts
    ]
    return [
        tuple(grant for grant in grants if grant.fund_id == line.fund_id) if line.is_credit else ()
        for line in lines
    ]


def _of_organisations(*columns: Any, more: Sequence[Any] = ()) -> Select[Any]:
    """Facts of grants in force, with the names of their grantees."""
    return (
        select(*columns, Organisation.name, Organisation.other_names, *more)
        .select_from(Award)
        .join(Organisation, Organisation.id == Award.organisation_id)
        .where(Award.is_running)
    )


def _cents_of(of: Any, award_id: Any, *conditions: Any) -> Any:
    total = select(func.coalesce(func.sum(of), 0)).where(award_id == Award.id, *conditions)
    return total.scalar_subquery()


def _quoted_references(lines: Iterable[Stated]) -> set[str]:
    """What may be the reference of a grant in these lines, an instalment's number taken off."""
    words = {word for line in lines for word in quoted_in(line.texts).words}
    return words | {re.sub(r"-\d{1,2}$", "", word) for word in words}
