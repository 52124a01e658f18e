"""Among what is unmatched in the books a line finds by sums what reading all of it finds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.matching import proposals, unmatched
from grants.banking.matching.proposals import entries_for
from grants.banking.matching.unmatched import PROPOSED_WITHIN, offered_postings, unmatched_postings
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import credit, debit, post
from grants.books.ledger.models import Posting
from grants.books.ledger.rates import value_on
from grants.books.ledger.reversal import reverse
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from tests.banking.bank.arranging import a_line, finance, imported_lines
from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import publish_rates, voucher
from tests.factories import a_deposit, staff
from tests.platform.web.client import SignInAs

DAY = date(2026, 3, 10)
SUMS = st.sampled_from((500, 1_000, 1_500, 1_020))
ENTRIES = st.lists(
    st.tuples(
        st.lists(SUMS, min_size=1, max_size=2),
        st.sampled_from(("USD", "USD", "EUR")),
        st.integers(-65, 65),
        st.sampled_from(("", "B100", "Paper 77")),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
)
LINES = st.lists(
    st.tuples(SUMS, st.sampled_from(("", "B100")), st.sampled_from(("", "for paper 77"))),
    min_size=1,
    max_size=4,
)


def all_of_those_days(session: Session, line: BankLine) -> Sequence[Posting]:
    found = session.scalars(unmatched_postings(line.account))
    return [p for p in found if abs(p.entry.booked_on - line.value_on) <= PROPOSED_WITHIN]


def entered(
    session: Session, fund: Fund, minors: list[int], currency: str, day: date, note: str
) -> Any:
    lines = []
    for number, minor in enumerate(minors):
        value = value_on(session, Money(minor, currency), day)
        subject = f"bank_line:{number}"
        lines += [debit(Account.CASH, value, subject), credit(Account.INTEREST, value, subject)]
    return post(session, replace(voucher(fund, day), note=note), Event.INTEREST_EARNED, lines)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=ENTRIES, lines=LINES)
def test_sums_find_the_proposals_that_reading_all_finds(
    session: Session, fund: Fund, entries: list[Any], lines: list[Any]
) -> None:
    example = session.begin_nested()
    try:
        publish_rates(session)
        for minors, currency, day, note, undone in entries:
            entry = entered(session, fund, minors, currency, DAY + timedelta(days=day), note)
            if undone and day % 3 == 0:
                reverse(session, entry, entry.booked_on, finance(session, "Twice."))
        told = [
            BankEntry(Money(minor, "USD"), on=DAY, reference=f"{reference}{n}", text=text)
            for n, (minor, reference, text) in enumerate(lines)
        ]
        for line in imported_lines(session, fund, told):
            found = [(each.numbers, each.fit) for each in entries_for(session, line)]
            with patch.object(proposals, "likely_postings", all_of_those_days):
                assert found == [(each.numbers, each.fit) for each in entries_for(session, line)]
    finally:
        example.rollback()
        session.expunge_all()


def test_the_nearest_entries_are_offered_and_others_found_by_amount_or_reference(
    session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmatched, "SHOWN", 2)
    for minor, day in ((300, 1), (100, 2), (100, 9), (200, 12), (10_000, 8)):
        a_deposit(session, fund, None, Money(minor, "USD"), value_on=date(2026, 3, day))
    line = a_line(session, fund, Money(200, "USD"), on=date(2026, 3, 10))

    def offered(*words: str, chosen: Sequence[int] = ()) -> tuple[list[int], bool]:
        found, more = offered_postings(session, line, words, chosen)
        return [posting.amount_minor for posting in found], more

    assert offered() == ([200, 100], True)
    assert offered("3.00", "1.00") == ([100, 100], True)
    assert offered("3.00", "100.00") == ([10_000, 300], False)
    assert offered("no such") == ([], False)
    assert offered("%") == ([], False)
    assert offered("20261127000123456789") == ([], False), "a reference, longer than any sum"
    (far,) = offered_postings(session, line, ["3.00"], ())[0]
    assert offered(chosen=[far.id]) == ([300, 200, 100], True), "what was chosen stays"


def test_what_was_found_by_a_search_is_matched(
    sign_in_as: SignInAs, session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unmatched, "SHOWN", 1)
    for minor in (200, 300):
        a_deposit(session, fund, None, Money(minor, "USD"), value_on=DAY)
    line = a_line(session, fund, Money(500, "USD"), on=DAY)
    session.commit()
    browser = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    here = f"/bank/lines/{line.id}/match"
    page = browser.get(here).get_data(as_text=True)
    assert "1 entry is shown, the closest" in page
    assert page.count('name="postings"') == 1
    assert "has this amount or reference" in browser.get(f"{here}?q=none").get_data(as_text=True)
    ids = [str(posting.id) for posting in session.scalars(unmatched_postings(line.account))]
    assert browser.submit(here, {"postings": ids}).location == f"/bank/lines/{line.id}"
