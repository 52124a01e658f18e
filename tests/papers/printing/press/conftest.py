"""A database with a dozen donors, and the works that print their statements."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.service import enter_organisation
from grants.giving.donors.service import welcome
from grants.papers.printing.press.order import Order
from grants.papers.printing.press.run import Works
from grants.papers.typesetting.installation import prepare_printing
from grants.papers.typesetting.paper import Span
from tests.books.ledger.books import FEBRUARY, JANUARY, publish_rates
from tests.factories import a_deposit, a_signed_pledge

NAMES = ("Republic of Arcadia", "دولة الشمال", "北方基金会", "Wien & <Söhne>", "Aisha")
ORDER = Order(Span(date(2026, 1, 1), date(2026, 12, 31)))


def euros(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.fixture
def donors(real_database: Database) -> list[str]:
    """Codes. The second reads Arabic, the last has given nothing."""
    codes = []
    with real_database.transaction() as session:
        fund = session.get_one(Fund, 1)
        publish_rates(session)
        for number, name in enumerate(NAMES):
            donor = enter_organisation(session, name, DonorKind.MEMBER_STATE, code=f"D-{number}")
            register = welcome(session, donor, Act.by_system("test"))
            register.language = "ar" if number == 1 else "en"
            codes.append(donor.code)
            if number < len(NAMES) - 1:
                pledge = a_signed_pledge(session, fund, euros("900"), JANUARY, donor=donor)
                a_deposit(session, fund, pledge, euros("100"), value_on=FEBRUARY)
    return codes


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "data", "http://localhost", secret_key="t" * 32, testing=True)
    prepare_printing(made)
    return made


@pytest.fixture
def works(real_database: Database, settings: Settings) -> Works:
    return Works(real_database, settings, workers=2)


@pytest.fixture
def files() -> Callable[[Path], dict[str, bytes]]:
    """What is in a folder, but for what a run keeps for itself."""
    return lambda folder: {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."
    }
