"""The Board's way: several applications are recommended, advised on in a session, and decided."""

from collections.abc import Sequence

from playwright.sync_api import Page

from grants.core.kernel import clock
from tests.browser.walking import a_day, answer, follow, press


def tick_rows(page: Page, *references: str) -> None:
    """Tick the rows of a list that name these records."""
    for reference in references:
        page.locator("tr", has_text=reference).locator("input[name=row]").check()


def recommend(page: Page, references: Sequence[str], amount: str) -> None:
    """The fund manager recommends the best for less than they asked for."""
    for reference in references:
        follow(page, "/decisions", f"/decisions/{reference}")
        press(page, "Recommend")
        answer(page, amount=amount, rationale="Strong, and nobody else helps there.")
        press(page, "Record the recommendation")


def not_recommend(page: Page, reference: str) -> None:
    """One is not recommended: the money is not enough for all."""
    follow(page, "/decisions", f"/decisions/{reference}")
    press(page, "Do not recommend")
    answer(page, reason="The others reach more people, and the money is not enough for three.")
    press(page, "Do not recommend")


def prepare_session(page: Page) -> str:
    """The fund manager prepares a session of today, and invites; its address."""
    follow(page, "/board/sessions")
    press(page, "Prepare a session")
    day = clock.today()
    answer(page, **a_day("held_on", day.day, day.month, day.year), place="Vienna, room C2")
    press(page, "Prepare the session")
    address = page.url
    press(page, "Invite the trustees")
    press(page, "Invite the trustees")
    return "/board/sessions/" + address.rsplit("/", 1)[-1]


def declare(trustee: Page, call: str) -> None:
    """A trustee has no conflict of interest, and says so."""
    follow(trustee, "/board", f"/board/calls/{call}/interests")
    trustee.locator("[name=declared]").check()
    press(trustee, "Make the declaration")


def hold_session(manager: Page, trustee: Page, meeting: str) -> None:
    """It is opened, the trustee votes for all, and it is closed."""
    follow(manager, "/board/sessions", meeting)
    press(manager, "Open the session")
    for box in manager.locator("[name=present]").all():
        box.check()
    press(manager, "Open the session")
    follow(trustee, "/board", "/board/sessions", meeting)
    press(trustee, "Vote on all items")
    answer(trustee, rest="for")
    press(trustee, "Vote")
    follow(manager, "/board/sessions", meeting)
    press(manager, "Close the session")
    press(manager, "Close the session")


def approve_all(page: Page, *references: str) -> None:
    """Another person approves what the Board endorsed, in one act."""
    follow(page, "/decisions", "/decisions?stage=approve")
    tick_rows(page, *references)
    press(page, "Approve")
    press(page, "Approve")


def reject(page: Page, reference: str) -> None:
    """What was not recommended is rejected, with the reason that was given for it."""
    follow(page, "/decisions", "/decisions?stage=reject")
    tick_rows(page, reference)
    press(page, "Reject")
    press(page, "Reject")
