"""What a grantee was paid in another currency, and what counts of such money when it comes back."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.granting.payments.models import Instalment
from grants.granting.payments.transfers import Transfer
from grants.granting.payments.workflow import PAID
from grants.granting.recovery.abroad import PaidRate, require_paid_rate
from grants.granting.recovery.queries import open_requests


@dataclass(frozen=True, slots=True)
class Counted:
    """What money that came back counts as, in USD, and what it came as instead of dollars."""

    amount: Money
    transfer: Transfer | None = None


def rates_paid_at(
    session: Session, awards: Collection[int], currencies: Collection[str]
) -> Mapping[int, Mapping[str, PaidRate]]:
    """By grant and currency, all dollars that were paid in it and what they were sent as."""
    part, rates = Instalment, defaultdict[int, dict[str, PaidRate]](dict)
    sums = func.sum(part.net_minor), func.sum(part.transfer_minor), func.max(part.paid_on)
    rows = session.execute(
        select(part.award_id, part.transfer_currency, *sums)
        .where(part.award_id.in_(awards), part.state.in_(PAID))
        .where(part.transfer_currency.in_(currencies))
        .group_by(part.award_id, part.transfer_currency)
    )
    for award_id, currency, dollars, sent, until in rows:
        assert currency is not None
        assert dollars is not None
        assert sent is not None
        assert until is not None
        rates[award_id][currency] = PaidRate(usd(int(dollars)), Money(int(sent), currency), until)
    return rates


def rate_paid_at(session: Session, award_id: int, currency: str | None) -> PaidRate | None:
    """At which rate a grant was paid in a currency, without one in that of its last payment; None
    if it was not, or in dollars.
    """
    if currency is None:
        last = select(Instalment.transfer_currency).where(
            Instalment.award_id == award_id, Instalment.state.in_(PAID)
        )
        currency = session.scalar(last.order_by(Instalment.number.desc()).limit(1))
    if currency is None:
        return None
    return rates_paid_at(session, [award_id], [currency]).get(award_id, {}).get(currency)


def counted(session: Session, award_id: int, came: Money) -> Counted:
    """What money of a grant that came back counts as. In another currency it counts as the dollars
    that were paid with it: for the letters that ask for it at the rate that each of them states,
    beyond them at the rate of the payments. DomainError in a currency in which nothing was paid.
    """
    if came.currency == FUNCTIONAL_CURRENCY:
        return Counted(came)
    paid_at = require_paid_rate(session, award_id, came.currency)
    dollars, left = usd(0), came
    for request in open_requests(session, award_id):
        due, rate = request.outstanding_abroad, request.abroad
        if rate is None or due is None or due.currency != came.currency:
            continue
        part = min(left, due, key=lambda amount: amount.minor)
        dollars += request.not_set_off if part == due else rate.dollars_of(part)
        left -= part
    dollars += paid_at.dollars_of(left)
    if not dollars:
        return Counted(dollars)
    rate_used = PaidRate(dollars, came, paid_at.until).rate
    return Counted(dollars, Transfer(came, rate_used, paid_at.until))
