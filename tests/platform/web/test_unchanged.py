"""What is worked out once is worked out again once anything has happened, or a minute later."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from flask import Flask
from lxml import html
from sqlalchemy.orm import Session

from grants.books.ledger.rates import NewRate, add_rates
from grants.core.audit.queries import end_of_trail
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.platform.web import unchanged
from grants.platform.web.unchanged import MOST, while_nothing_happens, while_nothing_is_written
from tests.books.ledger.books import CLERK
from tests.factories import a_deposit, a_signed_pledge, staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def stands(app: Flask) -> Iterator[Flask]:
    """The application as it is served, at a moment that stands still."""
    app.config["KEEP_PAGES"] = True
    with clock.at(clock.now()):
        yield app
    app.config["KEEP_PAGES"] = False


def test_it_is_worked_out_once_and_again_after_an_act_or_a_minute_later(
    stands: Flask, session: Session, fund: Fund
) -> None:
    done: list[int] = []

    def work() -> int:
        done.append(1)
        return len(done)

    def found(key: object = "sum") -> int:
        with stands.test_request_context():
            return while_nothing_happens(key, work)

    assert (found(), found(), found("other")) == (1, 1, 2)
    a_signed_pledge(session, fund)
    session.commit()
    assert (found(), found()) == (3, 3)
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert found() == 4
    for number in range(MOST + 1):
        found(number)
    assert len(stands.extensions["unchanged"]["last act"][1]) <= MOST


def test_nothing_is_kept_where_records_are_planted_past_the_trail(
    app: Flask, session: Session
) -> None:
    with app.test_request_context():
        values = iter(range(2))
        assert [while_nothing_happens("x", lambda: next(values)) for _ in range(2)] == [*(0, 1)]


def test_a_deposit_is_on_the_dashboard_at_once_and_is_added_up_once(
    stands: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    pledge = a_signed_pledge(session, fund)
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))

    def shown() -> str:
        """The figures of the page, without the tokens of its forms."""
        page = html.fromstring(browser.get(f"/dashboard/{fund.code}").text)
        return str(page.xpath("string(//main)"))

    before = shown()
    first = browser.queries
    assert shown() == before
    assert browser.queries <= first - 4
    a_deposit(session, fund, pledge, usd(70_000))
    session.commit()
    after = shown()
    assert after != before
    stands.config["KEEP_PAGES"] = False
    assert shown() == after


def test_public_data_is_written_once_for_all_and_tells_a_deposit_at_once(
    stands: Flask, session: Session, fund: Fund, client: StrictClient
) -> None:
    pledge = a_signed_pledge(session, fund)
    a_deposit(session, fund, pledge, usd(70_000), value_on=clock.today())
    session.commit()
    year = clock.today().year
    asked = f"/documents/public-contributions/{fund.code}.json?from={year}-01-01&to={year}-12-31"
    first = client.get(asked)
    drawn = client.queries
    assert client.get(asked).data == first.data
    assert client.queries < drawn
    assert client.get(f"{asked}&lang=fr").status_code == 200
    assert client.get(asked).data == first.data
    assert json.loads(client.get(asked.replace("-01-01", "-02-01")).data)["from"] == f"{year}-02-01"
    a_deposit(session, fund, pledge, usd(10_000), value_on=clock.today())
    session.commit()
    assert json.loads(first.data)["total"] == "700.00"
    assert json.loads(client.get(asked).data)["total"] == "800.00"


def test_a_rate_is_something_that_happens(session: Session, fund: Fund) -> None:
    before = end_of_trail(session)
    add_rates(session, [NewRate("NOK", clock.today(), Decimal(10))], CLERK)
    session.commit()
    assert end_of_trail(session) != before


def test_what_waits_is_counted_again_once_anything_is_written(
    stands: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`seen` is tested beside the database; here, which of its answers is asked for."""
    answers = iter(["1:1:", "1:1:", "1:2:", "1:2:"])
    monkeypatch.setattr(unchanged, "seen", lambda _session: next(answers))
    counts = count()
    with stands.test_request_context():
        found = [while_nothing_is_written("x", lambda: next(counts)) for _ in range(4)]
    assert found == [0, 0, 1, 1]
