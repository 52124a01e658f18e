"""The way of a grant to its end: money asked back and received, papers, closure, results."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.banking.bank.files import BankEntry
from tests.books.ledger.books import money
from tests.browser.bank_way import Bank, open_line, take_statement
from tests.browser.walking import answer, download, follow, press, text_of


def ask_back(page: Page, grant: str) -> None:
    """Finance finds what was not spent among what it has to do, and asks for it by a letter."""
    follow(page, "/grants/ending", f"/grants/{grant}/closing")
    press(page, "Ask for a refund")
    answer(page, reason="The final report says that it was not spent.")
    press(page, "Send the letter")
    expect(page.get_by_text("Bank of Vienna")).to_be_visible()


def take_refund(finance: Page, bank: Bank, folder: Path, grant: str, amount: str) -> None:
    """The organisation has sent it: recorded from the bank's line in one act."""
    text = f"Refund {grant}"
    take_statement(finance, bank, folder, BankEntry(money(amount), name="Casa Segura", text=text))
    open_line(finance, "Casa Segura")
    press(finance, "Record this refund")


def state_end(page: Page, grant: str) -> None:
    """The organisation states what it bought and what it has learnt."""
    here = f"/grants/{grant}/closing"
    follow(page, "/grants", here, f"{here}/statement")
    answer(page, lessons="A second counsellor should have been there from the first day.")
    press(page, "Save the statement")


def close(page: Page, grant: str) -> None:
    """The grant is closed."""
    here = f"/grants/{grant}/close"
    follow(page, "/grants/to-close", here)
    press(page, "Close the grant")


def publish_results(page: Page) -> None:
    """The fund manager sees what everyone will read, and publishes it."""
    follow(page, "/results/to-publish", "/funds/UNVTF/results/publish")
    press(page, "Publish")


def papers_tie(grantee: Page, manager: Page, grant: str, folder: Path) -> None:
    """The grant statement and the annex tell the money of the books."""
    follow(grantee, "/grants", f"/grants/{grant}")
    statement = text_of(download(grantee, "Grant statement", folder))
    for told in ("Paid 11,000.00", "Accepted 10,700.00", "Refunded 300.00"):
        assert told in statement, statement
    assert "With the grantee, USD 0.00" in statement
    follow(manager, "/statements")
    annex = text_of(
        download(manager, "Annex to the report of the Secretary-General, .* to", folder)
    )
    for told in ("Transfers to grantees 15,400.00", "Refunds from grantees 300.00"):
        assert told in annex, annex
    assert "Programme support costs 1,963.00" in annex
    assert "Closing balance" in annex
    assert "82,923.11" in annex


def public_pages_tie(visitor: Page) -> None:
    """Everyone reads how much was paid and returned, and how many people were reached."""
    for page, figures in (
        ("grants", ("USD 15,400.00", "USD 300.00")),
        ("results", ("Women and girls 90", "Shelter 90")),
    ):
        visitor.goto("/")
        follow(visitor, "/funds/UNVTF", f"/funds/UNVTF/{page}", home=False)
        if page == "results":
            press(visitor, "All years")
        shown = " ".join(visitor.inner_text("main").split())
        for told in figures:
            assert told in shown, shown
