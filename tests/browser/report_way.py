"""The way of a report at the fund: returned by section, corrected, accepted by two officers."""

from playwright.sync_api import Page, expect

from tests.browser.walking import answer, follow, press


def send_back(page: Page, grant: str, number: int, why: str) -> None:
    """The programme officer returns one section, and says what is to be corrected."""
    here = f"/grants/{grant}/reports/{number}"
    follow(page, "/reports", here, f"{here}/send-back")
    answer(page, correct_story=why)
    press(page, "Return these sections")


def correct(page: Page, grant: str, number: int, why: str) -> None:
    """The organisation reads why, corrects that section alone, and submits again."""
    here = f"/grants/{grant}/reports/{number}"
    follow(page, "/grants", here)
    expect(page.get_by_text(why).first).to_be_visible()
    follow(page, f"{here}/sections/story", home=False)
    answer(page, q_narrative="The shelter was open on 120 nights, for 30 girls.")
    press(page, "Save and continue")
    follow(page, here, f"{here}/check", home=False)
    page.locator("[name='true']").check()
    press(page, "Submit the report")


def accept(programme: Page, finance: Page, grant: str, number: int) -> None:
    """The narrative and the finances are accepted apart, each by its officer."""
    here = f"/grants/{grant}/reports/{number}"
    for page, part in ((programme, "narrative"), (finance, "financial")):
        follow(page, "/reports", here)
        press(page, f"Accept the {part} report")
