"""Money that was given for a purpose is told apart wherever it is called available."""

from sqlalchemy.orm import Session

from grants.books.ledger.earmarks import earmark_note, earmarks_of, note_on
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_money, whole_money
from grants.desk.dashboards.figures import standing_and_gap
from grants.papers.statements.builders.funds.annex import annex
from grants.papers.typesetting.paper import Span
from tests.factories import a_deposit, a_pledge, money_for_awards, staff
from tests.platform.web.client import SignInAs, StrictClient

TODAY = clock.today()


def test_at_most_what_is_there_is_earmarked(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(250), earmarking=Earmarking.TIGHT, countries=("KE",))
    a_deposit(session, fund, pledge, usd(250), value_on=TODAY)
    assert earmarks_of(session, fund, usd(300)) == usd(250)
    assert earmarks_of(session, fund, usd(100)) == usd(100)
    assert earmarks_of(session, fund, usd(-5)) == usd(0)
    assert earmark_note(usd(100), usd(0)) == ""


def test_earmarked_receipts_of_every_grade_are_said_beside_what_is_available(
    session: Session, fund: Fund, client: StrictClient, sign_in_as: SignInAs
) -> None:
    money_for_awards(session, fund, "1000.00")
    for grade in Earmarking:
        pledge = a_pledge(session, fund, usd(10_000), earmarking=grade)
        a_deposit(session, fund, pledge, usd(10_000), value_on=TODAY)
    session.flush()
    available = balances(session, fund).available
    note = note_on(session, fund, available)
    for amount in (usd(30_000), available, available - usd(30_000)):
        assert plain_money(amount) in note
    figures, gap = standing_and_gap(session, fund)
    assert figures.earmarked == usd(30_000)
    assert gap.on_hand == available
    facts = annex(session, fund.code, Span(TODAY.replace(month=1, day=1), TODAY)).facts
    assert facts.earmarked == usd(30_000)
    session.commit()
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    pages = {
        client: ("/funds/UNVTF", "/funds/UNVTF/need"),
        manager: ("/dashboard/UNVTF", "/dashboard/UNVTF/need"),
        finance: ("/ledger/UNVTF", "/settings/UNVTF/operating_reserve"),
    }
    for browser, paths in pages.items():
        for path in paths:
            text = browser.get(path).text
            assert "is earmarked and may only be used" in text, path
            assert whole_money(usd(30_000)).replace("USD\xa0", "") in text, path


def test_a_fund_without_earmarked_money_says_nothing(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    money_for_awards(session, fund, "1000.00")
    a_deposit(session, fund, a_pledge(session, fund), usd(100_000), value_on=TODAY)
    session.commit()
    assert "is earmarked" not in client.get("/funds/UNVTF/need").text
