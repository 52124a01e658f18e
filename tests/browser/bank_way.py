"""The way of money: payment runs, the file for the bank, and the bank's statement line by line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Page

from grants.core.kernel import clock
from grants.core.kernel.money import Money
from tests.banking.bank.files import BankEntry, camt
from tests.books.ledger.books import money
from tests.browser.conftest import Site
from tests.browser.walking import a_day, answer, follow, press


@dataclass
class Bank:
    """The bank of the fund: what is on the account, and how many statements it has sent."""

    balance: Money
    number: int = 0

    def statement(self, *entries: BankEntry) -> bytes:
        """Today's statement with these entries, which ties to the one before."""
        today = clock.today()
        self.number += 1
        opening = self.balance
        self.balance = Money(
            opening.minor + sum(entry.amount.minor for entry in entries), opening.currency
        )
        dated = [
            replace(entry, on=today, reference=f"B-{self.number}-{place}")
            for place, entry in enumerate(entries)
        ]
        name = f"STMT-{self.number}"
        return camt(dated, opening, reference=name, days=(today, today))


def take_statement(finance: Page, bank: Bank, folder: Path, *entries: BankEntry) -> None:
    """Finance imports what the bank sends today."""
    path = folder / f"statement-{bank.number}.xml"
    path.write_bytes(bank.statement(*entries))
    follow(finance, "/bank", "/bank/import")
    finance.locator("[type=file]").set_input_files(str(path))
    press(finance, "Import")


def certify_and_approve(certifying: Page, approving: Page, *payments: str, why: str = "") -> None:
    """Two officers, each in one act for all of them; what needs a reason is certified by itself."""
    if why:
        _certify_each(certifying, payments, why)
    else:
        _take_all(certifying, "Certify", payments)
    _take_all(approving, "Approve the payments", payments)


def _take_all(page: Page, act: str, payments: Sequence[str]) -> None:
    follow(page, "/disbursements")
    tick_payments(page, *payments)
    press(page, act)
    press(page, act)


def _certify_each(page: Page, payments: Sequence[str], why: str) -> None:
    for payment in payments:
        grant, number = payment.split("/")
        follow(page, "/disbursements", f"/grants/{grant}/instalments/{number}")
        answer(page, reason=why)
        press(page, "Certify")


def tick_payments(page: Page, *payments: str) -> None:
    """Tick these instalments in the list: each "GRANT/NUMBER"."""
    for payment in payments:
        grant, number = payment.split("/")
        link = page.locator(f"a[href^='/grants/{grant}/instalments/{number}']")
        page.locator("tr").filter(has=link).locator("input[name=row]").check()


def send_run(finance: Page, *payments: str) -> str:
    """Finance puts approved payments into a run and makes its file; the run's reference."""
    follow(finance, "/disbursements")
    tick_payments(finance, *payments)
    press(finance, "Begin a payment run")
    answer(finance, account="UNVTF-USD")
    press(finance, "Begin a payment run")
    press(finance, "Back to the list")
    finance.locator("main table a[href^='/payment-runs/']").first.click()
    finance.wait_for_load_state()
    run = finance.url.rsplit("/", 1)[-1]
    press(finance, "Make the payment file")
    answer(finance, kind="pain")
    press(finance, "Make the file")
    return run


def file_of_run(finance: Page, site: Site, folder: Path) -> Sequence[str]:
    """The file that the run's page offers is one that a bank takes; the reference of each order."""
    link = finance.locator("main a[href*='/files/']").first.get_attribute("href")
    assert link
    path = folder / "run.xml"
    path.write_bytes(finance.request.get(link).body())
    result = site.app.test_cli_runner().invoke(args=["payments", "check", str(path)])
    assert result.exit_code == 0, result.output
    return re.findall(r"<EndToEndId>([^<]+)</EndToEndId>", path.read_text("utf-8"))


def open_line(finance: Page, words: str) -> None:
    """The open line of the bank's that says these words."""
    follow(finance, "/bank")
    finance.locator("tr", has_text=words).locator("a[href^='/bank/lines/']").first.click()
    finance.wait_for_load_state()


def debit_of(reference: str, amount: str, name: str) -> BankEntry:
    """What the bank says of a payment of ours."""
    return BankEntry(
        money(f"-{amount}"), end_to_end=reference, name=name, text=f"Grant {reference}", code="ICDT"
    )


def record_debits(finance: Page, *references: str) -> None:
    """Each debit is recorded as the payment that it is, in one act from its line."""
    for reference in references:
        open_line(finance, reference)
        press(finance, "Record this payment")


def return_of(reference: str, amount: str, name: str) -> BankEntry:
    """What the bank says of a payment of ours that it could not deliver."""
    return BankEntry(
        money(amount), end_to_end=reference, name=name, text="AC01 account unknown", code="ICDT"
    )


def take_return(finance: Page, words: str) -> None:
    """A payment came back: the account does not exist, and the organisation has to correct it."""
    open_line(finance, words)
    press(finance, "Check and record the return")
    answer(finance, corrector="grantee")
    press(finance, "Record the return")


def confirm_receipt(page: Page, grant: str, number: int) -> None:
    """The organisation confirms that the money is there."""
    here = f"/grants/{grant}"
    follow(page, "/grants", here, f"{here}/instalments/{number}")
    page.locator("[name=answer][value=full]").check()
    press(page, "Send your answer")


def today_in(name: str) -> dict[str, str]:
    """Today, in the three inputs of a date."""
    day = clock.today()
    return a_day(name, day.day, day.month, day.year)
