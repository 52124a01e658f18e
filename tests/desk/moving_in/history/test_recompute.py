"""An independent recomputation from the files equals every figure of every statement."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger import periods
from grants.books.ledger.queries import balances
from grants.books.ledger.verify import breaches
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import allocate
from grants.giving.pledges.models import Pledge
from grants.papers.statements.catalogue import paper_of
from grants.papers.typesetting.paper import Span, as_json
from tests.cases import cases
from tests.desk.moving_in.history import restate
from tests.desk.moving_in.history.histories import ALLOCATED, START, Files, full_histories, until
from tests.desk.moving_in.history.recompute import History, Row

RATES_OF_SUPPORT = [Decimal(13), Decimal(0), Decimal("7.5")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.mark.many
@pytest.mark.timeout(900)
@settings(
    max_examples=cases(25, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_figure_of_every_statement_equals_the_recomputation(
    database: Database, folder: Path, data: Any
) -> None:
    support = data.draw(st.sampled_from(RATES_OF_SUPPORT))
    files = data.draw(full_histories(folder, support))
    closed = data.draw(st.none() | st.integers(3, 24))
    with database.session() as session:
        fund = fund_by_code(session, "UNVTF")
        fund.psc_percent = support
        if closed:
            _import_until(session, fund, files, folder, closed)
        recomputed = History(files.write(folder), support)
        take_over(session, fund.code, given_in(folder))
        for row in sorted(recomputed.rows("allocations"), key=lambda row: row["allocated_on"]):
            _allocate(session, row)
        for span in data.draw(st.lists(spans, min_size=1, max_size=2)):
            _compare(session, fund, recomputed, span)
        assert breaches(session) == []
        _tell(recomputed, closed)
        session.rollback()


spans = st.tuples(st.integers(-30, 1800), st.integers(0, 900)).map(
    lambda days: Span(START + timedelta(days[0]), START + timedelta(sum(days)))
)


def _import_until(session: Session, fund: Fund, files: Files, folder: Path, months: int) -> None:
    """First what had happened by the end of a month; then all months until then are closed."""
    firsts = [date(START.year + n // 12, n % 12 + 1, 1) for n in range(months)]
    last = (firsts[-1] + timedelta(31)).replace(day=1) - timedelta(1)
    take_over(session, fund.code, given_in(until(files, last).write(folder)))
    for first in firsts:
        periods.close(session, fund, first, Act.by_system("test"))


def _allocate(session: Session, row: Row) -> None:
    deposit = session.scalars(
        select(Deposit).where(Deposit.bank_reference == row["bank_reference"])
    ).one()
    pledge = session.scalars(select(Pledge).where(Pledge.reference == row["pledge"])).one()
    day = date.fromisoformat(row["allocated_on"])
    with clock.at(datetime.combine(day, time(12), clock.zone())):
        allocate(session, deposit, pledge, Act.by_system("test"), day)


def _compare(session: Session, fund: Fund, recomputed: History, span: Span) -> None:
    since, to = span.since, span.until
    for day in (to, None):
        told = balances(session, fund, day).as_json()
        _holds(told, restate.balances(recomputed, day))
    source_and_use = restate.fund_statement(recomputed, fund.code, since, to)
    _holds(_facts(session, "fund-statement", fund.code, span), source_and_use)
    for document, expected in (
        ("financial-statements", restate.financial_statements(recomputed, since, to)),
        ("contributions", restate.contributions(recomputed, since, to)),
        ("aged-receivables", restate.aged_receivables(recomputed, to)),
    ):
        _holds(_facts(session, document, fund.code, span), expected)
    for donor in recomputed.rows("donors"):
        told = _facts(session, "donor-statement", donor["code"], span)
        _holds(told, restate.donor_statement(recomputed, donor["code"], since, to))
    for grant in recomputed.rows("grants"):
        told = _facts(session, "grant-statement", grant["reference"], span)
        _holds(told, restate.grant_statement(recomputed, grant["reference"], to))


def _facts(session: Session, document: str, reference: str, span: Span) -> Any:
    return as_json(paper_of(session, document, reference, span).facts)


def _holds(told: Any, expected: Any, at: str = "") -> None:
    """Everything expected is printed, to the character; more may be printed beside it."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            _holds(told[key], value, f"{at}.{key}")
    elif isinstance(expected, list):
        assert len(told) == len(expected), at
        for place, (one, other) in enumerate(zip(told, expected, strict=True)):
            _holds(one, other, f"{at}[{place}]")
    else:
        assert told == expected, at


def _tell(recomputed: History, closed: int | None) -> None:
    """Which of what has to be met was met, for `--hypothesis-show-statistics`."""
    for met in _met(recomputed, closed):
        event(met)


def _met(recomputed: History, closed: int | None) -> Iterator[str]:
    yield f"PSC {(recomputed.psc * 100).normalize():f}"
    yield from {f"in {row['currency']}" for row in recomputed.rows("pledges")}
    yield from {str(row["kind"]) for row in recomputed.rows("other")}
    yield from (name for name in ("allocations", "grant_refunds") if recomputed.rows(name))
    if closed:
        yield "closings"
    if any(row["bank_fee"] for row in recomputed.rows("deposits")):
        yield "bank fees"
    for made in recomputed.promises.values():
        days = [receipt.came_on for receipt in made.receipts]
        if len(days) > 1:
            yield "part payments"
        if made.signed_on and any(day < made.signed_on for day in days):
            yield "late signatures"


def test_the_histories_meet_what_they_have_to_meet(folder: Path) -> None:
    """The recomputation would prove little if the histories were all alike."""
    seen: set[str] = set()

    @settings(max_examples=100, database=None, derandomize=True, deadline=None)
    @given(data=st.data())
    def look(data: Any) -> None:
        support = data.draw(st.sampled_from(RATES_OF_SUPPORT))
        files = data.draw(full_histories(folder, support))
        seen.update(_met(History(files.write(folder), support), closed=None))

    look()
    currencies = {f"in {code}" for code in ("USD", "EUR", "JPY", "KWD", "GBP", "CHF")}
    kinds = {"interest", "bank_charge", "refund_to_donor", "allocations", "grant_refunds"}
    assert seen >= currencies | kinds | {"bank fees", "part payments", "late signatures"}
    assert seen >= {"PSC 13", "PSC 0", "PSC 7.5"}


def test_nothing_is_allocated_before_everything_has_happened() -> None:
    latest = itertools.chain([START + timedelta(200 + 700), START + timedelta(900 + 180 + 90)])
    assert max(latest) < ALLOCATED
