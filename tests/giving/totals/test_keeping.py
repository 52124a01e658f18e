"""Kept figures are the figures, whatever is done in whatever order, kept in between or not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.queries import account_sums
from grants.books.ledger.rates import NewRate, add_rates
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock, schema
from grants.core.kernel.db import Database
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Role
from grants.fundraising.funding_gap.gap import TO_COME, gap_of
from grants.giving.contributions.reversal import reverse_deposit
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.giving.pledges.schedule import Due, replan
from grants.giving.pledges.service import Agreement, acknowledge, decline, sign_agreement
from grants.giving.receivables import kept
from grants.giving.receivables.kept import AgedLine, AgedLines, still_holds, totals_on
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.whole import line_of, lines_on
from grants.giving.receivables.workflow import Band
from grants.giving.totals.figures import (
    fund_totals,
    public_donors,
    received_by_year,
    received_in_all,
)
from grants.giving.totals.keeping import fold, keep_own, keep_some, keep_turned
from grants.giving.totals.models import FundFigure, PledgeOwed, StalePledge
from grants.giving.totals.verify import CHECKS
from tests.books.ledger.books import CLERK, publish_rates, settle
from tests.cases import cases
from tests.factories import a_deposit, a_pledge, a_signed_pledge, act_of, an_approved_change, staff

DAY = date(2026, 1, 5)
AGED_ON = (*(DAY + timedelta(days=days) for days in (-5, 0, 11, 90)), date(2027, 3, 1))
AGED_ON += (date(2028, 2, 29), date(2031, 7, 1))
DEEDS = st.tuples(
    st.sampled_from(
        (
            "pledge",
            "deposit",
            "sign",
            "change",
            "hide",
            "decline",
            "rate",
            "undo",
            "plan",
            "doubt",
            "keep",
        )
    ),
    st.integers(0, 3),
    st.integers(1, 90_000),
    st.integers(0, 80),
)


class Life:
    """A fund's giving, deed by deed."""

    def __init__(self, session: Session, fund: Fund) -> None:
        self.session, self.fund = session, fund
        self.manager = act_of(session, staff(session, Role.FUND_MANAGER), "Because.")
        self.finance = act_of(session, staff(session, Role.FINANCE_OFFICER), "Because.")
        self.pledges = [a_pledge(session, fund, Money(100_000, "EUR"), pledged_on=DAY)]

    def do(self, deed: str, which: int, minor: int, day: int) -> None:
        act: Callable[[Pledge, int, date], object] = getattr(self, f"_{deed}")
        pledge = self.pledges[which % len(self.pledges)]
        with suppress(DomainError, Conflict), self.session.begin_nested():
            act(pledge, minor, DAY + timedelta(days=day))

    def _pledge(self, _pledge: Pledge, minor: int, day: date) -> None:
        currency = ("USD", "EUR", "JPY", "NOK")[minor % 4]
        self.pledges.append(
            a_pledge(self.session, self.fund, Money(minor, currency), pledged_on=day)
        )

    def _deposit(self, pledge: Pledge, minor: int, day: date) -> None:
        a_deposit(self.session, self.fund, pledge, Money(minor, pledge.currency), value_on=day)

    def _sign(self, pledge: Pledge, _minor: int, day: date) -> None:
        sign_agreement(self.session, pledge, Agreement(day), self.manager)

    def _change(self, pledge: Pledge, minor: int, _day: date) -> None:
        amount = Money(minor, pledge.currency)
        an_approved_change(self.session, pledge, ChangeKind.REDUCTION, amount)

    def _hide(self, pledge: Pledge, minor: int, _day: date) -> None:
        assert pledge.donor
        pledge.donor.public_name = bool(minor % 2)
        self.session.flush()

    def _decline(self, pledge: Pledge, minor: int, _day: date) -> None:
        (decline if minor % 2 else acknowledge)(self.session, pledge, self.manager)

    def _rate(self, _pledge: Pledge, minor: int, day: date) -> None:
        rate = NewRate(("NOK", "EUR")[minor % 2], day, Decimal(minor) / 1000)
        add_rates(self.session, [rate], CLERK)

    def _undo(self, pledge: Pledge, minor: int, day: date) -> None:
        money = Money(minor, pledge.currency)
        deposit = a_deposit(self.session, self.fund, pledge, money, value_on=day)
        reverse_deposit(self.session, deposit, self.finance)

    def _plan(self, pledge: Pledge, minor: int, day: date) -> None:
        first = Money(minor, pledge.currency)
        dues = [Due(day, first), Due(day + timedelta(days=400), pledge.standing - first)]
        replan(self.session, pledge, dues, self.manager)

    def _doubt(self, _pledge: Pledge, minor: int, _day: date) -> None:
        shares = {band.value: str(minor % 7 * number) for number, band in enumerate(Band)}
        self.fund.doubtful_percents = shares
        self.session.flush()

    def _keep(self, _pledge: Pledge, minor: int, _day: date) -> None:
        keep_own(self.session)
        if minor % 2:
            fold(self.session)


def told(session: Session, fund: Fund) -> object:
    """Every figure that is kept."""
    totals = fund_totals(session, fund), fund_totals(session, fund, DAY, DAY + timedelta(days=40))
    gap = [(year.year, year.receivable, year.pledged) for year in gap_of(session, fund).years]
    to_come = fund_totals(session, fund, also=TO_COME).others
    assert gap_of(session, fund, None, to_come) == gap_of(session, fund)
    received = received_by_year(session, fund)
    assert received_in_all(session, [fund]) == total(came for _year, came in received)
    receivables = [aged_on(session, fund, day) for day in AGED_ON]
    return totals, gap, received, public_donors(session, fund), receivables


def aged_on(session: Session, fund: Fund, day: date) -> object:
    """The receivables of a day as its page shows them, which are those aged from the books."""
    found, whole = totals_on(session, fund, day), ageing(session, fund, day)
    assert list(lines_on(session, fund, day)) == [line_of(one) for one in whole.pledges]
    if found is None:
        return whole.receivable
    assert (found.receivable, found.doubtful) == (whole.receivable, whole.doubtful)
    assert (found.by_band, found.in_books) == (whole.by_band, whole.in_books)
    lines = AgedLines(session, fund, found)
    shown = [*lines[:2], *lines[2 : len(lines)]]
    assert shown == [
        AgedLine(
            *(one.pledge, one.donor, one.owed, one.due_since),
            *(one.conditional, one.by_band, one.doubtful_usd),
        )
        for one in whole.pledges
    ]
    return found.receivable, shown


@pytest.mark.many
@settings(
    max_examples=cases(20, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(DEEDS, min_size=2, max_size=10))
@example(
    [("sign", 0, 1, 0), ("undo", 0, 68_596, 0), ("undo", 0, 68_596, 0)]
)  # paid twice, on a day
def test_figures_that_are_kept_are_those_that_are_worked_out(
    session: Session, fund: Fund, deeds: list[tuple[str, int, int, int]]
) -> None:
    one = session.begin_nested()
    fund = session.scalars(select(Fund)).one()  # the example before has let go of it
    try:
        publish_rates(session)
        life = Life(session, fund)
        for deed in deeds:
            life.do(*deed)
        settle(session)
        half_kept = told(session, fund)
        keep_own(session)
        assert session.scalar(select(func.count()).select_from(StalePledge)) == 0
        assert told(session, fund) == half_kept
        assert [line for check in CHECKS for line in check(session)] == []
        session.execute(text("INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge"))
        assert told(session, fund) == half_kept, "all of it worked out anew"
    finally:
        one.rollback()
        session.expunge_all()


def test_figures_are_right_when_a_program_writes_past_the_acts(
    session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund, usd(9_000))
    a_deposit(session, fund, pledge, usd(5_000), value_on=DAY)
    session.commit()
    session.execute(text("UPDATE pledge SET state = 'declined'"))
    assert fund_totals(session, fund).pledged == usd(0)
    assert keep_some(session) == 1
    assert fund_totals(session, fund).pledged == usd(0)
    assert [line for check in CHECKS for line in check(session)] == []


def test_figures_of_a_day_are_added_up(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(9_000))
    for cents in (100, 200, 300):
        a_deposit(session, fund, pledge, usd(cents), value_on=DAY)
        session.commit()
    before = told(session, fund)
    fold(session)
    days = select(func.count()).where(FundFigure.figure == "received")
    assert session.scalar(days) == 1
    assert told(session, fund) == before


def test_a_kept_figure_that_was_changed_is_found(session: Session, fund: Fund) -> None:
    a_deposit(session, fund, a_pledge(session, fund, usd(9_000)), usd(500))
    session.commit()
    session.execute(text("UPDATE pledge_figure SET amount = amount + 1"))
    session.execute(text("UPDATE donor_total SET received_minor = received_minor + 1"))
    found = [line for check in CHECKS for line in check(session)]
    assert any(line.startswith("The stored figures of pledge") for line in found)
    assert any(line.startswith("The stored figure “received”") for line in found)
    assert any(line.startswith("The stored total of donor") for line in found)


def test_a_kept_receivable_that_was_changed_is_found_and_one_that_has_turned_is_kept_again(
    session: Session, fund: Fund
) -> None:
    with clock.at(datetime(2026, 3, 1, 9, tzinfo=UTC)):
        a_signed_pledge(session, fund, usd(9_000), signed_on=date(2026, 2, 3))
        session.commit()
        assert not [line for check in CHECKS for line in check(session)]
        session.execute(text("UPDATE aged_receivable SET doubtful = doubtful + 1"))
        assert [line for check in CHECKS for line in check(session)]
    with clock.at(datetime(2027, 3, 20, 9, tzinfo=UTC)):  # a year after it was due
        aged_on(session, fund, clock.today())
        assert not [line for check in CHECKS for line in check(session)]
        assert (keep_turned(session), keep_turned(session)) == (1, 0)
        assert session.scalar(text("SELECT second_year FROM aged_receivable")) == 9_000


def test_a_deposit_that_comes_while_receivables_are_read_raises_no_false_alarm(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.transaction() as session:
        fund = establish(session, UNVTF)
        pledge = a_signed_pledge(session, fund, usd(9_000), signed_on=DAY).id
    read = account_sums

    def and_now_a_deposit(session: Session, fund_id: int, until: date) -> dict[Account, int]:
        with real_database.transaction() as other:
            paid = other.get_one(Pledge, pledge)
            a_deposit(other, other.get_one(Fund, fund_id), paid, usd(500), value_on=DAY)
        return read(session, fund_id, until=until)

    day = DAY + timedelta(days=400)
    with real_database.session() as session:
        fund = fund_by_code(session, UNVTF.code)
        assert totals_on(session, fund, day)
        with monkeypatch.context() as between:
            between.setattr(kept, "account_sums", and_now_a_deposit)
            assert totals_on(session, fund, day) is None, "then all are aged from the books"
        assert ageing(session, fund, day).receivable == usd(8_500)
        found = totals_on(session, fund, day)
        assert found
        assert found.receivable == usd(8_500)


def test_a_day_of_the_past_is_what_is_kept_but_for_what_was_booked_since(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund = establish(session, UNVTF)
        a_signed_pledge(session, fund, usd(9_000), signed_on=DAY)
        paid = a_signed_pledge(session, fund, usd(4_000), signed_on=DAY)
        a_deposit(session, fund, paid, usd(500), value_on=DAY + timedelta(days=30))
        paid_id = paid.id
    with real_database.session() as session:
        fund = fund_by_code(session, UNVTF.code)
        for days, owed in ((-1, 0), (0, 13_000), (29, 13_000), (60, 12_500)):  # due on day 45
            found = totals_on(session, fund, DAY + timedelta(days=days))
            assert found
            assert found.receivable == usd(owed)
            assert (paid_id in found.changed) == (days < 60)


def test_lines_that_were_read_at_another_moment_are_noticed(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = establish(session, UNVTF)
        pledge = a_signed_pledge(session, fund, usd(9_000), signed_on=DAY).id
    day = clock.today()
    with real_database.session() as session:
        fund = fund_by_code(session, UNVTF.code)
        found = totals_on(session, fund, day)
        assert found
        assert still_holds(session, fund, found)
        with real_database.transaction() as other:
            paid = other.get_one(Pledge, pledge)
            a_deposit(other, other.get_one(Fund, fund.id), paid, usd(500), value_on=DAY)
        assert not still_holds(session, fund, found)


def test_a_file_of_receivables_is_of_one_moment(
    real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.transaction() as session:
        fund = establish(session, UNVTF)
        pledge = a_signed_pledge(session, fund, usd(9_000), signed_on=DAY).id

    def after_a_deposit(session: Session, fund: Fund, totals: kept.AgedTotals) -> bool:
        between.undo()
        with real_database.transaction() as other:
            paid = other.get_one(Pledge, pledge)
            a_deposit(other, other.get_one(Fund, fund.id), paid, usd(500), value_on=DAY)
        return still_holds(session, fund, totals)

    with real_database.session() as session, monkeypatch.context() as between:
        between.setattr(kept, "still_holds", after_a_deposit)
        fund = fund_by_code(session, UNVTF.code)
        (line,) = lines_on(session, fund, clock.today())
        assert line.owed == usd(8_500), "not as it was before, with the sums of after"


def owed(session: Session) -> list[tuple[int, int, date | None]]:
    columns = PledgeOwed.pledge_id, PledgeOwed.minor, PledgeOwed.due_on
    rows = session.execute(select(*columns).order_by(*columns))
    return [(row[0], row[1], row[2]) for row in rows]


def test_what_may_come_is_kept_with_each_day_and_the_migration_knows_both_ways(
    real_database: Database,
) -> None:
    first, second = DAY + timedelta(days=40), DAY + timedelta(days=200)
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        plan = (Due(first, usd(4_000)), Due(second, usd(6_000)))
        parted = a_pledge(session, fund, usd(10_000), payments=plan)
        a_deposit(session, fund, parted, usd(1_000))
        plain = a_pledge(session, fund, usd(500))
        twice = a_pledge(session, fund, usd(600), payments=(Due(first, usd(300)),) * 2)
        at_once = a_pledge(session, fund, usd(700), payments=(Due(second, usd(700)),))
        ids = parted.id, plain.id, twice.id, at_once.id
    kept = sorted(
        [
            *((ids[0], minor, day) for minor in (3_000, 6_000, 9_000) for day in (first, second)),
            *((ids[2], minor, first) for minor in (300, 600)),
            *((ids[1], 500, None), (ids[3], 700, second)),
        ],
        key=str,
    )
    with real_database.session() as session:
        assert sorted(owed(session), key=str) == kept
    with real_database.begin() as connection:
        schema.downgrade(connection, "0102_award_calls")
    with real_database.session() as session:
        assert sorted(owed(session), key=str) == sorted(
            [
                *((ids[0], 9_000, None), (ids[0], 3_000, first), (ids[0], 6_000, second)),
                *((ids[1], 500, None), (ids[3], 700, None), (ids[3], 700, second)),
                *((ids[2], 600, None), *[(ids[2], 300, first)] * 2),
            ],
            key=str,
        )
    with real_database.begin() as connection:
        schema.upgrade(connection)
    with real_database.session() as session:
        assert sorted(owed(session), key=str) == kept
        assert [line for check in CHECKS for line in check(session)] == []
