"""Certified statements of a fund are for everyone; those that tell of donors are not."""

from datetime import date

from sqlalchemy.orm import Session

from grants.books.certificates.service import bytes_of
from grants.books.ledger import periods
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.papers.certification.certifying import certify
from grants.papers.typesetting.paper import Span
from tests.books.ledger.books import FEBRUARY
from tests.factories import a_deposit
from tests.papers.certification.scene import QUARTER, Quarter, a_quarter
from tests.papers.certification.test_pages import NEXT_FEBRUARY
from tests.platform.web.client import StrictClient

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MONTHS = [date(2026, number, 1) for number in range(1, 13)]
CHANGED = "the ledger has changed since"


def _book_more_money_in_a_closed_month(quarter: Quarter) -> None:
    act = quarter.act(quarter.finance, "Money was missed.")
    periods.reopen(quarter.session, quarter.fund, date(2026, 2, 1), act)
    more = Money.parse("1000", "EUR")
    a_deposit(quarter.session, quarter.fund, quarter.pledge, more, value_on=FEBRUARY)
    periods.close(quarter.session, quarter.fund, date(2026, 2, 1), act)


def test_a_certified_year_is_downloaded_by_everyone_and_told_once_the_ledger_differs(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    quarter = a_quarter(session, fund, closed=0)
    for month in MONTHS:
        periods.close(session, fund, month, quarter.act(quarter.finance))
    with clock.at(NEXT_FEBRUARY):
        first = certify(session, "fund-statement", fund.code, YEAR, quarter.act())
        page = client.get(f"/funds/{fund.code}/source-and-use").text
        place = f"/funds/{fund.code}/certified/{first.serial}"
        assert f"{place}/en.pdf" in page
        assert f"{place}/ar.pdf" in page
        assert CHANGED not in page
        assert client.get(f"{place}/ar.pdf").data == bytes_of(
            next(copy for copy in first.copies if copy.language == "ar")
        )
        _book_more_money_in_a_closed_month(quarter)
        assert CHANGED in client.get(f"/funds/{fund.code}/source-and-use").text
        second = certify(session, "fund-statement", fund.code, YEAR, quarter.act())
        session.expire_all()
        page = client.get(f"/funds/{fund.code}/source-and-use").text
        assert second.serial in page
        assert first.serial not in page, "the newer certificate has taken its place"
        assert CHANGED not in page
        assert client.get(f"{place}/en.pdf").status_code == 200, "its address stays"
        assert client.get(f"{place}/xx.pdf").status_code == 404


def test_a_certified_statement_that_tells_of_donors_is_not_for_everyone(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    quarter = a_quarter(session, fund)
    reference = f"{quarter.donor.code}/{fund.code}"
    for document, name in (("donor-statement", reference), ("contributions", fund.code)):
        certificate = certify(session, document, name, QUARTER, quarter.act())
        page = client.get(f"/funds/{fund.code}/source-and-use").text
        assert certificate.serial not in page
        address = f"/funds/{fund.code}/certified/{certificate.serial}/en.pdf"
        assert client.get(address).status_code == 404
    assert client.get(f"/funds/{fund.code}/certified/nothing/en.pdf").status_code == 404
