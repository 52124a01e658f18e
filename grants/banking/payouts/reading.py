"""Reading payouts from the providers: what they say replaces what they said before."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from grants.banking.payouts.models import CardBalance, CardPayout
from grants.core.database.db import Database
from grants.core.funds.queries import all_funds
from grants.core.kernel import clock
from grants.core.kernel.logs import logger
from grants.core.kernel.money import Money
from grants.giving.cards.providers import Payout, Provider, Unreached, provider_of

LOG = logger(__name__)
LATELY = timedelta(days=35)
"""So old a payout may be and still change: a bank may return it."""


def read_all(database: Database) -> None:
    """Ask the provider of each fund that takes cards; no transaction is open meanwhile."""
    with database.transaction() as session:
        providers = [(fund.id, provider_of(fund.code)) for fund in all_funds(session)]
    for fund_id, provider in providers:
        if provider is None:
            continue
        try:
            read_from(database, fund_id, provider)
        except Unreached as trouble:
            LOG.warning("payouts_unread", provider=provider.name, trouble=str(trouble))


def read_from(database: Database, fund_id: int, provider: Provider) -> None:
    """Ask one provider what it paid out lately, and what it holds."""
    payouts, balances = provider.payouts(clock.now() - LATELY), provider.balances()
    with database.transaction() as session:
        store_payouts(session, fund_id, provider.name, payouts)
        store_balances(session, fund_id, provider.name, balances)


def store_payouts(session: Session, fund_id: int, provider: str, payouts: Iterable[Payout]) -> None:
    for payout in payouts:
        values: dict[str, Any] = {
            "amount_minor": payout.amount.minor,
            "currency": payout.amount.currency,
            "state": payout.state,
            "arrives_on": payout.arrives_on,
            "movements": [
                {
                    "kind": movement.kind.value,
                    "reference": movement.reference,
                    "amount": movement.amount.minor,
                    "fee": movement.fee.minor,
                }
                for movement in payout.movements
            ],
            "read_at": clock.now(),
        }
        whose = {"fund_id": fund_id, "provider": provider, "reference": payout.reference}
        session.execute(
            upsert(CardPayout)
            .values(**whose, **values)
            .on_conflict_do_update(index_elements=list(whose), set_=values)
        )


def store_balances(
    session: Session, fund_id: int, provider: str, balances: Iterable[Money]
) -> None:
    for held in balances:
        whose = {"fund_id": fund_id, "provider": provider, "currency": held.currency}
        values = {"amount_minor": held.minor, "read_at": clock.now()}
        session.execute(
            upsert(CardBalance)
            .values(**whose, **values)
            .on_conflict_do_update(index_elements=list(whose), set_=values)
        )
