"""Exchange rates on pages: which holds and why, entered one by one and by file, never in secret."""

import io
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.books.ledger.models import ExchangeRate, Posting
from grants.books.ledger.receipts import receive_deposit
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from tests.books.ledger.books import FEBRUARY, money, publish_rates, settle, voucher
from tests.books.periods.test_pages import words
from tests.factories import staff
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def books(session: Session, fund: Fund) -> Fund:
    """EUR at 0.8 from 1 February: one deposit on the 10th."""
    publish_rates(session)
    receive_deposit(session, voucher(fund, FEBRUARY), money("400", "EUR"))
    settle(session)
    session.commit()
    return fund


@pytest.fixture
def finance(session: Session, sign_in_as: SignInAs, books: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.FINANCE_OFFICER))


def typed(code: str, day: date, rate: str, **more: str) -> dict[str, str]:
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {
        "code": code,
        "rate": rate,
        "source": "United Nations operational rates of exchange",
        **{f"effective_on-{part}": str(number) for part, number in parts.items()},
        **more,
    }


def rate_of(session: Session, currency: str, day: date) -> ExchangeRate | None:
    session.expire_all()
    return session.scalar(
        select(ExchangeRate).where(
            ExchangeRate.currency == currency, ExchangeRate.effective_on == day
        )
    )


def test_the_dated_rows_are_listed_newest_first_by_currency_and_day(finance: StrictClient) -> None:
    shown = words(finance.get("/ledger/rates?code=eur").text)
    assert shown.index("1 Mar 2026") < shown.index("1 Feb 2026") < shown.index("1 Jan 2026")
    assert "JPY" not in shown
    assert finance.queries <= 8  # two of them count what the menu says is waiting


def test_a_rate_is_shown_with_every_decimal_that_was_published(
    session: Session, finance: StrictClient
) -> None:
    finance.submit("/ledger/rates/new", typed("KWD", date(2026, 11, 20), "0.29831"))
    rate = rate_of(session, "KWD", date(2026, 11, 20))
    assert rate is not None
    for path in (
        "/ledger/rates?code=kwd",
        f"/ledger/rates/{rate.id}",
        "/ledger/rates/on?code=kwd&on-day=21&on-month=11&on-year=2026",
        "/ledger/rates/on?on-day=21&on-month=11&on-year=2026",
    ):
        assert "0.29831" in finance.get(path).text, path


def test_a_row_tells_from_when_till_when_it_holds_who_entered_it_and_what_was_booked_at_it(
    session: Session, finance: StrictClient
) -> None:
    rate = rate_of(session, "EUR", date(2026, 2, 1))
    assert rate is not None
    shown = words(finance.get(f"/ledger/rates/{rate.id}").text)
    for fact in ("0.8", "0.9", "0.95", "Deposit received", "500.00", "test"):
        assert fact in shown
    assert finance.get("/ledger/rates/999999").status_code == 404


def test_a_rate_of_days_to_come_is_entered(session: Session, finance: StrictClient) -> None:
    day = date(2026, 3, 15)
    finance.submit("/ledger/rates/new", typed("gbp", day, "0.7712"))
    rate = rate_of(session, "GBP", day)
    assert rate is not None
    assert (rate.rate, rate.actor) == (Decimal("0.7712"), "Finance Officer")


def test_a_revision_that_comes_late_is_entered_knowingly_and_changes_nothing_that_is_booked(
    session: Session, finance: StrictClient
) -> None:
    day = date(2026, 2, 5)
    before = [(p.usd_minor, p.rate) for p in session.scalars(select(Posting).order_by(Posting.id))]
    refused = finance.submit("/ledger/rates/new", typed("EUR", day, "0.5"))
    assert "1 entry on these dates was posted at an earlier rate" in words(refused.text)
    assert rate_of(session, "EUR", day) is None
    finance.submit("/ledger/rates/new", typed("EUR", day, "0.5", known="y"))
    assert rate_of(session, "EUR", day) is not None
    after = [(p.usd_minor, p.rate) for p in session.scalars(select(Posting).order_by(Posting.id))]
    assert after == before
    assert verify.breaches(session) == []


def test_a_rate_before_another_that_holds_asks_nothing(
    session: Session, finance: StrictClient
) -> None:
    """The deposit of 10 February stands at the rate of 1 February, whatever January says."""
    finance.submit("/ledger/rates/new", typed("EUR", date(2026, 1, 15), "0.7"))
    assert rate_of(session, "EUR", date(2026, 1, 15)) is not None


@pytest.mark.parametrize(
    ("code", "rate", "sentence"),
    [
        ("EUR", "0.7", "is never changed"),
        ("USD", "1", "other than USD"),
        ("XYZ", "1", "other than USD"),
        ("GBP", "-1", "not a number above 0"),
        ("GBP", "1,5", "not a number above 0"),
    ],
)
def test_what_is_no_new_rate_is_refused_with_a_sentence(
    finance: StrictClient, code: str, rate: str, sentence: str
) -> None:
    reply = finance.submit("/ledger/rates/new", typed(code, date(2026, 3, 1), rate))
    assert reply.status_code == 200
    assert sentence in words(reply.text)


def upload(finance: StrictClient, content: str) -> str:
    data = {
        "file": (io.BytesIO(content.encode()), "rates.csv"),
        "source": "United Nations operational rates of exchange",
    }
    reply = finance.submit("/ledger/rates/file", data, follow_redirects=True)
    return words(reply.text)


def test_a_file_of_rates_is_taken_whole_and_repeating_it_changes_nothing(
    session: Session, finance: StrictClient
) -> None:
    file = "currency,effective_on,rate\nGBP,2026-04-01,0.78\nCHF,2026-04-01,0.87\n"
    assert "2 rates read, 2 of them new" in upload(finance, file)
    assert "2 rates read, 0 of them new" in upload(finance, file)


def test_every_fault_of_a_file_is_shown_by_its_line_and_nothing_is_entered(
    session: Session, finance: StrictClient
) -> None:
    file = "currency,effective_on,rate\nGBP,2026-04-01,0.78\nEUR,2026-02-01,0.7\nCHF,soon,x\n"
    shown = upload(finance, file)
    assert "No rates were recorded" in shown
    assert "3 rate" in shown
    assert "4 effective_on" in shown
    assert rate_of(session, "GBP", date(2026, 4, 1)) is None


def test_who_only_reads_the_books_enters_no_rate(
    session: Session, books: Fund, sign_in_as: SignInAs
) -> None:
    auditor = sign_in_as(staff(session, Role.AUDITOR))
    assert "/ledger/rates/new" not in auditor.get("/ledger/rates").text
    assert auditor.get("/ledger/rates/new").status_code == 403
    assert auditor.get("/ledger/rates/file").status_code == 403


def test_the_entries_of_another_fund_are_not_shown_beside_a_rate(
    session: Session, books: Fund, sign_in_as: SignInAs
) -> None:
    from grants.core.funds.service import Charter, establish
    from grants.core.people.service import appoint
    from tests.factories import a_person

    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": "Other"}))
    person = a_person(session, "Kim Doe")
    appoint(session, person, Role.AUDITOR, fund_id=other.id)
    session.commit()
    rate = rate_of(session, "EUR", date(2026, 2, 1))
    assert rate is not None
    shown = words(sign_in_as(person).get(f"/ledger/rates/{rate.id}").text)
    assert "Nothing has been posted at this rate." in shown
