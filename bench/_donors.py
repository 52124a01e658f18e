"""Donors for the benchmark of a run: planted through the acts that the pages perform."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.service import enter_organisation
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.donors.models import Donor
from grants.giving.donors.service import welcome
from grants.giving.pledges.making import Offer, enter
from grants.giving.pledges.service import Agreement, sign_agreement
from seeds.rates import plant_rates

NAMES = {
    "Latin": "Ministry of Foreign Affairs of {}",
    "Arabic": "وزارة الشؤون الخارجية {}",
    "Chinese": "外交部国际合作司 {}",
}
CURRENCIES = ("USD", "EUR", "CHF", "JPY", "GBP")
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
AT_ONCE = 200
ACT = Act.by_system("bench")


def plant(database: Database, wanted: int) -> None:
    """So many donors: one to three pledges each, half of them signed, one or two deposits on each:
    2 pledges and 3 deposits on average. Names in three scripts by turns.
    """
    with database.transaction() as session:
        there = session.scalar(select(func.count()).select_from(Donor)) or 0
        if not there:
            plant_rates(session, FIRST, LAST, ACT)
    for first in range(there, wanted, AT_ONCE):
        with database.transaction() as session:
            fund = fund_by_code(session, "UNVTF")
            for number in range(first, min(first + AT_ONCE, wanted)):
                _donor(session, fund, number)


def code(number: int) -> str:
    return f"{list(NAMES)[number % len(NAMES)].upper()}-{number:05}"


def _donor(session: Session, fund: Fund, number: int) -> None:
    name = list(NAMES.values())[number % len(NAMES)].format(number)
    donor = enter_organisation(session, name, DonorKind.MEMBER_STATE, code=code(number))
    welcome(session, donor, ACT)
    for turn in range(1 + number // 3 % 3):
        currency = CURRENCIES[(number + turn) % len(CURRENCIES)]
        day = FIRST + timedelta(days=(number * 7 + turn * 200) % 600)
        pledge = enter(
            session,
            fund,
            Offer(Money(5_000_000 + number * 100, currency), pledged_on=day),
            donor,
            ACT,
        )
        if (number + turn) % 2:
            sign_agreement(session, pledge, Agreement(day + timedelta(days=10)), ACT)
        for part in range(1 + (number + turn) % 2):
            arrival = Arrival(
                f"BT-{number}-{turn}-{part}",
                day + timedelta(days=20 + 30 * part),
                Money(1_000_000 + number, currency),
                Money(1_500, currency),
            )
            record_deposit(session, fund, pledge, arrival, ACT)
