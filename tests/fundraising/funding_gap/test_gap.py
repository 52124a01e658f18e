"""What a fund lacks is what the books, the awards and the applications say, to the cent."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Integer, String, Subquery, column, select, values
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Role
from grants.core.texts.formats import bare_amount
from grants.deciding.awards import service as deciding
from grants.deciding.board import service as board
from grants.fundraising.funding_gap.gap import Gap, gap_of, missing, set_aside
from grants.fundraising.funding_gap.planned_uses import past_years, split_over_years
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, sign_agreement
from tests.factories import (
    a_call,
    a_closed_call,
    a_deposit,
    a_pledge,
    a_submitted_application,
    a_team,
    act_of,
    an_award,
    an_organisation,
    eligible,
    money_for_awards,
    recommended,
    staff,
)
from tests.grants import Scene, pay
from tests.platform.web.client import SignInAs, StrictClient


def tied(session: Session, fund: Fund) -> Gap:
    """The gap, after seeing that each part of it is the books' own figure."""
    gap, books = gap_of(session, fund), balances(session, fund)
    assert total(year.awards for year in gap.years) == books.commitments + books.reserved
    assert total(year.receivable for year in gap.years) == books.contributions_receivable
    on_hand = total(year.on_hand for year in gap.years)
    assert on_hand == books.cash - books.suspense - books.reserve
    assert total(line.need for line in gap.windows) == gap.need
    assert gap.missing == max(gap.need - gap.funds, usd(0))
    assert max(-gap.carried[-1], usd(0)) == gap.missing
    return gap


def test_an_empty_fund_needs_nothing_and_has_nothing(session: Session, fund: Fund) -> None:
    gap = tied(session, fund)
    assert (gap.need, gap.funds, gap.missing) == (usd(0), usd(0), usd(0))
    assert [year.year for year in gap.years] == [clock.today().year]


def test_eligible_applications_count_with_support_cost_until_they_are_decided(
    session: Session, fund: Fund
) -> None:
    call, team = a_closed_call(session, fund), a_team(session)
    first = a_submitted_application(session, call, usd="10000.00")
    assert tied(session, fund).need == usd(0)  # nobody has found it eligible yet
    eligible(session, first, team)
    assert tied(session, fund).need == usd(1_130_000)
    proposed = a_submitted_application(session, call, an_organisation(session, "Nova"))
    recommended(session, proposed, team, usd="15000.00")
    assert tied(session, fund).need == usd(2_825_000)
    assert missing(session, fund) == usd(2_825_000)


def test_the_reserve_list_and_who_was_refused_from_it_this_year_are_a_need(
    session: Session, fund: Fund
) -> None:
    team = a_team(session)
    application = a_submitted_application(session, a_closed_call(session, fund))
    recommended(session, application, team)
    because = act_of(session, team.manager, "No money is left.")
    board.keep_in_reserve(session, application, because)
    assert tied(session, fund).need == usd(1_695_000)
    deciding.reject(session, application, act_of(session, team.approver, "No money came."))
    assert tied(session, fund).need == usd(1_695_000)
    with clock.at(clock.now() + timedelta(days=366)):
        assert tied(session, fund).need == usd(0)


def test_who_was_not_recommended_is_no_need(session: Session, fund: Fund) -> None:
    team = a_team(session)
    application = a_submitted_application(session, a_closed_call(session, fund))
    recommended(session, application, team)
    board.not_recommend(session, application, act_of(session, team.manager, "Too weak."))
    assert tied(session, fund).need == usd(0)
    deciding.reject(session, application, act_of(session, team.approver, "Too weak."))
    assert tied(session, fund).need == usd(0)


def test_every_page_and_letter_tells_the_same_figure_of_what_is_missing(
    sign_in_as: SignInAs, client: StrictClient, session: Session, fund: Fund
) -> None:
    money_for_awards(session, fund, "100.00")
    eligible(
        session, a_submitted_application(session, a_closed_call(session, fund)), a_team(session)
    )
    session.commit()
    lacks = bare_amount(missing(session, fund))
    assert lacks == "22,500.00"
    manager = sign_in_as(staff(session, Role.FUND_MANAGER, "Maria Keller"))
    front = client.get("/funds/UNVTF").text
    assert front.count("more would fund every eligible application.") == 1
    assert lacks.removesuffix(".00") in front.partition("more would fund every eligible")[0][-200:]
    pages = [client.get("/funds/UNVTF/need").text]
    pages += [manager.get(path).text for path in ("/dashboard/UNVTF", "/dashboard/UNVTF/need")]
    for page in pages:
        tile = page.partition("Shortfall")[2]
        assert lacks.removesuffix(".00") in tile[:400]
        assert page.count("Shortfall") == 1


def test_an_award_counts_by_the_books_from_its_approval(session: Session, fund: Fund) -> None:
    money_for_awards(session, fund, "20000.00")
    team = a_team(session)
    call = a_closed_call(session, fund)
    call.deadline_at = clock.now()  # in a month it can be next year, which has not begun
    application = a_submitted_application(session, call)
    an_award(session, application, team)
    gap = tied(session, fund)
    assert gap.need == usd(1_695_000)
    assert [line.window for line in gap.windows] == ["SGP1"]
    assert (gap.funds, gap.missing) == (usd(2_000_000), usd(0))
    (past,) = past_years(session, fund)
    assert (past.applications, past.asked) == (1, usd(2_000_000))
    assert (past.awards, past.awarded) == (1, usd(1_695_000))


def test_a_pledge_counts_once_its_agreement_is_signed_in_the_years_it_is_due(
    session: Session, fund: Fund
) -> None:
    today = clock.today()
    first, later = today + timedelta(1), date(today.year + 2, 3, 1)
    dues = (Due(first, usd(40_000)), Due(later, usd(60_000)))
    pledge = a_pledge(session, fund, usd(100_000), payments=dues)
    gap = tied(session, fund)
    assert gap.funds == usd(0)
    assert {year.year: year.pledged for year in gap.years if year.pledged} == {
        first.year: usd(40_000),
        later.year: usd(60_000),
    }
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(today), manager)
    a_deposit(session, fund, pledge, usd(50_000), value_on=today)
    gap = tied(session, fund)
    assert gap.pledged == usd(0)
    assert gap.funds == usd(100_000)
    assert {year.year: year.receivable for year in gap.years if year.receivable} == {
        later.year: usd(50_000)
    }
    assert [year.year for year in gap.years] == [today.year, today.year + 1, later.year]


def test_what_is_late_or_has_no_day_is_due_now(session: Session, fund: Fund) -> None:
    today = clock.today()
    old = Due(today - timedelta(800), usd(10_000))
    a_pledge(session, fund, usd(10_000), payments=(old,), pledged_on=today - timedelta(900))
    undated = a_pledge(session, fund, usd(5_000))
    a_deposit(session, fund, undated, usd(2_000), value_on=today)
    (year,) = tied(session, fund).years
    assert (year.year, year.pledged) == (today.year, usd(13_000))


def test_no_page_prints_a_shortfall_of_nought(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    money_for_awards(session, fund, "90000.00")
    call = a_call(session, fund, envelope_minor=5_000_000)
    closed = a_closed_call(session, fund)
    eligible(session, a_submitted_application(session, closed), a_team(session))
    session.commit()
    gap = gap_of(session, fund)
    assert (gap.missing, gap.met, gap.requested) == (usd(0), usd(2_260_000), usd(2_260_000))
    assert set_aside(session, fund) == usd(call.envelope_minor + closed.envelope_minor)
    front = client.get("/funds/UNVTF").text
    assert "Shortfall" not in front
    assert "more would fund" not in front
    assert "Every eligible application can be funded today." in front
    page = client.get("/funds/UNVTF/need").text
    assert "Shortfall" not in page
    assert "of it can be met with the funds available" in page
    assert "announced for their grants" in page


def test_money_from_nobody_and_the_reserve_are_not_on_hand(session: Session, fund: Fund) -> None:
    money_for_awards(session, fund, "1000.00")
    a_deposit(session, fund, None, usd(30_000), value_on=clock.today())
    fund.operating_reserve_minor = 25_000
    session.flush()
    assert tied(session, fund).funds == usd(75_000)


def test_the_public_page_says_it_without_names_and_hands_it_out(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    eligible(
        session, a_submitted_application(session, a_closed_call(session, fund)), a_team(session)
    )
    a_pledge(session, fund, Money(123_400, "USD"))
    session.commit()
    page = client.get("/funds/UNVTF/need").get_data(as_text=True)
    assert "22,600.00" in page
    assert "1,234.00" in page
    assert "Arcadia" not in page
    assert "By window" not in page
    with client.get("/funds/UNVTF/need?format=csv") as answer:
        assert "22600.00" in answer.get_data(as_text=True)
    assert "/funds/UNVTF/need" in client.get("/funds/UNVTF").get_data(as_text=True)
    assert client.get("/dashboard/UNVTF/need").status_code == 302


def test_the_funds_people_see_the_need_by_window(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    eligible(
        session, a_submitted_application(session, a_closed_call(session, fund)), a_team(session)
    )
    observer = sign_in_as(staff(session, Role.OBSERVER))
    assert "SGP1" in observer.get("/dashboard/UNVTF/need").get_data(as_text=True)
    with observer.get("/dashboard/UNVTF/need?format=csv") as answer:
        assert "SGP1,0.00,22600.00,22600.00" in answer.get_data(as_text=True)
    assert session.query(Application).count() == 1


def test_whoever_raises_funds_finds_the_gap_in_the_menu(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert "Funding gap" in manager.get("/pledges").get_data(as_text=True)
    assert manager.get("/need").location == "/dashboard/UNVTF/need"
    reviewer = sign_in_as(staff(session, Role.REVIEWER))
    assert "Funding gap" not in reviewer.get("/start").get_data(as_text=True)


def test_a_grant_counts_in_the_years_of_its_instalments_until_they_are_paid(scene: Scene) -> None:
    session, fund = scene.run().session, scene.fund
    with clock.at(clock.now() - timedelta(days=366)):
        assert len(gap_of(session, fund).years) > 1
    whole = tied(session, fund)
    assert whole.need == usd(2_260_000)
    assert [line.window for line in whole.windows] == [""]
    first = scene.instalments[0]
    pay(session, first, scene.people, clock.today())
    left = tied(session, fund)
    assert left.need == whole.need - first.amount - first.amount.share(scene.award.psc_percent)
    by_year = Counter[int]()
    for part in scene.instalments[1:]:
        by_year[max(part.due_on.year, clock.today().year)] += part.amount_minor
    assert {year.year for year in left.years if year.awards} == set(by_year)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.integers(-(10**13), 10**13),
            st.dictionaries(st.integers(2026, 2030), st.integers(1, 10**12), max_size=4),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_database_splits_over_years_as_money_is_allocated(
    session: Session, grants: list[tuple[int, dict[int, int]]]
) -> None:
    whole = [Integer, String, BigInteger]
    held = _rows(whole, ["award_id", "window", "cents"], _held(grants))
    plans = [
        (place, year, cents)
        for place, (_, plan) in enumerate(grants)
        for year, cents in plan.items()
    ]
    plan = _rows(
        [Integer, Integer, BigInteger], ["award_id", "year", "cents"], plans or [(-1, 1, 1)]
    )
    expected = Counter[tuple[str, int]]()
    for place, (cents, of_year) in enumerate(grants):
        years = sorted(of_year.items()) or [(2026, 1)]
        parts = usd(cents).allocate([weight for _, weight in years])
        for (year, _), part in zip(years, parts, strict=True):
            expected[f"W{place % 2}", year] += part.minor
    found = session.execute(split_over_years(held, plan), {"this_year": 2026})
    assert {(window, year): int(cents) for _, window, year, cents in found} == expected


def _held(grants: list[tuple[int, dict[int, int]]]) -> list[tuple[int, str, int]]:
    return [(place, f"W{place % 2}", cents) for place, (cents, _) in enumerate(grants)]


def _rows(types: list[Any], names: list[str], rows: list[tuple[Any, ...]]) -> Subquery:
    columns = (column(name, of()) for name, of in zip(names, types, strict=True))
    return select(values(*columns, name="v").data(rows)).subquery()


def test_applications_count_in_the_year_of_the_deadline_that_applicants_read(
    session: Session, fund: Fund
) -> None:
    call = a_closed_call(session, fund)
    this_year = clock.today().year
    call.time_zone = "Europe/Vienna"
    deadline = datetime(this_year - 1, 12, 31, 23, 30, tzinfo=UTC)  # 00:30 in Vienna
    call.opens_at, call.deadline_at = deadline - timedelta(days=30), deadline
    a_submitted_application(session, call)
    assert [past.year for past in past_years(session, fund)] == [this_year]
