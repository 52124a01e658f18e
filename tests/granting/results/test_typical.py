"""What helping one person costs is told from accepted reports alone, where it is typical."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.giving.pledging.worth import worth_of
from grants.granting.results import typical
from grants.granting.results.typical import _rounded, cost_of_help
from tests.grants import Scene, an_accepted_report, once_ended


def test_without_reports_nothing_is_told(session: Session, fund: Fund) -> None:
    assert cost_of_help(session, fund) is None


@pytest.mark.parametrize(
    ("cents", "rounded"),
    [("18249.7", 18_000), ("18500", 19_000), ("420.4", 400), ("12", 100), ("1234567", 1_200_000)],
)
def test_it_is_rounded_to_two_digits_and_whole_dollars(cents: str, rounded: int) -> None:
    assert _rounded(Decimal(cents)) == usd(rounded)


def test_each_amount_says_what_it_pays_for_at_the_rate() -> None:
    amounts = [Money(5_000, "EUR"), Money(10_000, "EUR"), Money(50_000, "EUR")]
    words = [item.words for item in worth_of(usd(12_500), amounts, Decimal("0.8"))]
    assert words == [
        "about 50% of the help for one person",
        "help for about 1 person",
        "help for about 5 people",
    ]


def test_accepted_reports_say_what_a_person_costs(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(scene.session, report, scene.people, spent="2800", reached=14)
        assert cost_of_help(scene.session, scene.fund) is None, "one grant says nothing typical"
        monkeypatch.setattr(typical, "GRANTS", 1)
        monkeypatch.setattr(typical, "PEOPLE", 14)
        assert cost_of_help(scene.session, scene.fund) == usd(20_000)
