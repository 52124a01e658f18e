"""What the list of payments reads of each: facts for its cells and files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import InstalmentState
from grants.platform.tables.facts import Facts


class ListedInstalment(NamedTuple):
    """What the list knows of an instalment."""

    id: int
    number: int
    due_on: date
    paid_on: date | None
    state: InstalmentState
    bank_reference: str | None
    confirmed_at: datetime | None
    grant: str
    country: str | None
    organisation: str
    amount: Money
    net: Money
    """What of it is sent: less refunds that are deducted."""
    today: date
    """Where the fund is."""


def _listed_instalment(*facts: Any) -> ListedInstalment:
    *values, amount, net, _zone, today = facts
    return ListedInstalment._make((*values, usd(amount), usd(net), today))


def _local_days(rows: Sequence[tuple[Any, ...]]) -> list[date]:
    todays = {zone: clock.today(ZoneInfo(zone)) for zone in {row[-1] for row in rows}}
    return [todays[row[-1]] for row in rows]


FACTS = Facts(
    (
        *(Instalment.id, Instalment.number, Instalment.due_on, Instalment.paid_on),
        *(Instalment.state, Instalment.bank_reference, Instalment.confirmed_at),
        *(Award.reference, Award.country, Organisation.name, Instalment.amount_minor),
        Instalment.net_minor,
        Fund.time_zone,
    ),
    _listed_instalment,
    lambda query: query.join(Fund, Fund.id == Award.fund_id),
    _local_days,
    once=True,
)
