"""The way of a visit: planned, announced, held, reported and closed, with a finding answered."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from grants.core.kernel import clock
from tests.browser.bank_way import today_in
from tests.browser.walking import a_day, a_paper, answer, follow, press


def decide_plan(page: Page, grant: str) -> None:
    """The programme officer decides that the grant is visited, though no rule asks for it."""
    here = f"/grants/{grant}"
    follow(page, "/monitoring", "/monitoring/to-plan", f"{here}/monitoring", f"{here}/assurance")
    answer(page, kinds="visit", reason="The first grant of this organisation.")
    press(page, "Decide the plan")


def announce_visit(page: Page) -> str:
    """The visit that the plan asks for is announced; its number."""
    page.locator("main table a[href^='/monitoring/']").first.click()
    page.wait_for_load_state()
    visit = page.url.rsplit("/", 1)[-1]
    press(page, "Announce to the organisation")
    answer(page, **today_in("day"), place="The office in Tegucigalpa")
    press(page, "Announce to the organisation")
    return visit


def hold_visit(page: Page, visit: str, owner: str) -> None:
    """The visit is held; one thing must be put right, and the report is written."""
    follow(page, "/monitoring", f"/monitoring/{visit}")
    press(page, "Record that it took place")
    answer(page, **today_in("day"))
    press(page, "Record that it took place")
    press(page, "Note a finding")
    due = clock.today() + timedelta(days=20)
    answer(page, observation="Receipts of the kitchen are not numbered.", severity="medium")
    answer(page, **a_day("due_on", due.day, due.month, due.year))
    page.locator("[name=owner]").select_option(label=f"{owner}, of the organisation")
    press(page, "Note the finding")
    press(page, "Write the report")
    answer(page, text="The shelter is open, and its books are kept.")
    press(page, "Save the report")


def close_visit(page: Page, visit: str) -> None:
    """Another person closes it, and the organisation reads the report."""
    follow(page, "/monitoring", f"/monitoring/{visit}")
    press(page, "Close it and share the report")
    answer(page, conclusion="One finding is to be answered.")
    press(page, "Close it and share the report")


def answer_finding(page: Page, folder: Path) -> None:
    """The organisation finds it among what it has to do, and answers with evidence."""
    follow(page, "/findings/own")
    page.locator("main table a").first.click()
    page.wait_for_load_state()
    press(page, "Answer the finding")
    answer(
        page, text="All receipts are numbered since this week.", file=a_paper(folder, "receipts")
    )
    press(page, "Send the answer")


def close_finding(page: Page, grant: str) -> None:
    """The fund is satisfied, and says why."""
    follow(page, "/findings")
    page.locator("tr", has_text=grant).locator("a").first.click()
    page.wait_for_load_state()
    press(page, "Close the finding")
    answer(page, conclusion="The receipts are numbered.")
    press(page, "Close the finding")
