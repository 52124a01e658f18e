"""The fund's people in a long walk, each at a machine of their own, and their calendar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests.books.ledger.books import money
from tests.browser import people_way
from tests.browser.bank_way import Bank
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.ngo_way import CASA, Ngo
from tests.browser.walking import follow, sign_in

FIRST, SECOND = "first.administrator@fund.example", "second.administrator@fund.example"
CONFIRMED = {
    "fund_manager": "mara.manager@fund.example",
    "programme_officer": "programme@fund.example",
    "finance_officer": "finance@fund.example",
    "certifying_officer": "certifying@fund.example",
    "approving_officer": "approving@fund.example",
    "trustee": "trustee@fund.example",
}
"""People whose roles decide or pay: a second administrator confirms them."""
AT_ONCE = {
    "first.reviewer@fund.example": "reviewer",
    "second.reviewer@fund.example": "reviewer",
}


@dataclass
class Calendar:
    """The clock of the running application, which may be moved ahead."""

    ahead: timedelta = timedelta()

    def go_to_day(self, number: int) -> None:
        """So many days after the walk began."""
        self.ahead = timedelta(days=number)


@dataclass
class Fund:
    """The fund's people, each at a machine of their own."""

    site: Site
    open_browser: OpenBrowser
    pages: dict[str, Page] = field(default_factory=dict)
    apps: dict[str, str] = field(default_factory=dict)
    """The secret in each person's authenticator app, of those whose role needs one."""

    def enter(self, email: str, way_in: Callable[[Site, Page, str], None]) -> None:
        """A person comes for the first time: a passphrase, and an app where the role needs it."""
        page = self.pages[email] = self.open_browser()
        way_in(self.site, page, email)
        if email in CONFIRMED.values() or email in (FIRST, SECOND):
            self.apps[email] = people_way.set_up_app(page)

    def at(self, email: str) -> Page:
        """The page of a person who has signed in; signed in again after the calendar has moved."""
        page = self.pages.setdefault(email, self.open_browser())
        page.goto("/")
        if page.locator("a[href='/start']").count():
            follow(page)
        else:
            follow(page, "/sign-in", home=False)
            sign_in(page, email, secret=self.apps.get(email))
        return page

    def person(self, role: str) -> Page:
        return self.at(CONFIRMED[role])


@dataclass
class Cycle:
    """What the cycle is about, as far as it has come."""

    fund: Fund
    calendar: Calendar
    folder: Path
    bank: Bank = field(default_factory=lambda: Bank(money("99986.11")))
    """The account of the fund once the donor has paid."""
    applications: list[str] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return self.fund.site

    def person(self, role: str) -> Page:
        return self.fund.person(role)

    def director(self, ngo: Ngo = CASA) -> Page:
        return self.fund.at(ngo.email)

    @property
    def grant(self) -> str:
        """The grant that goes all the way."""
        return self.grants[0]
