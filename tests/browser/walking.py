"""Walking through pages as a person does: by labels and by the balance of buttons."""

import os
import re
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from seeds.scans import page_saying
from tests.signing_in import PASSPHRASE, SECRET, code


def answer(page: Page, **answers: str) -> None:
    """Fill the form's fields by their names; radio buttons and selects take the value."""
    for name, value in answers.items():
        fields = page.locator(f"[name='{name}']")
        kind = fields.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif fields.first.evaluate("field => field.tagName") == "SELECT":
            fields.first.select_option(value)
        elif kind == "file":
            fields.first.set_input_files(value)
        else:
            fields.first.fill(value)


def a_day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    """The three inputs of a date."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


numbers = count(1)


def picture(page: Page) -> None:
    """With PICTURES=FOLDER in the environment: what the person sees now, as a numbered file."""
    if folder := os.environ.get("PICTURES"):
        name = re.sub(r"[^a-z0-9]+", "-", page.title().lower()).strip("-")[:60]
        path = Path(folder) / f"{next(numbers):03}-{name}.png"
        page.screenshot(path=path, full_page=True)


def press(page: Page, text: str) -> None:
    """Press a button or follow a link by its words; the page that answers shows no error."""
    picture(page)
    exact = re.compile(rf"^\s*{re.escape(text)}\s*$")
    buttons = page.get_by_role("button", name=exact)
    if not buttons.count() and not page.get_by_role("link", name=exact).count():
        unfold_acts(page)
    (buttons.first if buttons.count() else page.get_by_role("link", name=exact).first).click()
    page.locator("form[data-sending]").wait_for(state="detached")
    page.wait_for_load_state()
    picture(page)
    told = page.locator(".govuk-error-summary")
    assert not told.count(), told.inner_text()


def unfold_acts(page: Page) -> None:
    """Open “More” above a case: the acts and pages that are not its next step."""
    more = page.locator(".turn__more:not([open]) > summary")
    if more.count():
        more.first.click()


def follow(page: Page, *addresses: str, home: bool = True) -> None:
    """Click links one after the other, each by the address that it leads to: from a person's own
    start page, or from where they are. A page that nothing leads to is not reached.
    """
    for address in ("/start", *addresses) if home else addresses:
        if urlsplit(page.url).path == address:
            page.reload()  # others may have acted since
            continue
        own = ":not([hreflang])"  # the page itself in another language
        there = page.locator(f"a[href='{address}']{own}, a[href^='{address}?']{own}")
        folds = page.locator("details.rail__fold:not([open])").filter(has=there)
        if folds.count():
            folds.first.locator("summary").click()
        if not any(link.is_visible() for link in there.all()):
            unfold_acts(page)
        folded = page.locator("main details:not([open])").filter(has=there)
        if folded.count() and not any(link.is_visible() for link in there.all()):
            folded.first.locator("summary").first.click()
        shown = [link for link in there.all() if link.is_visible()]
        assert shown, f"nothing on {page.url} leads to {address}"
        shown[0].click()
        page.wait_for_load_state()
        picture(page)


def choose_passphrase(page: Page) -> None:
    """What everyone does who came by a link."""
    answer(page, passphrase=PASSPHRASE)
    page.locator("form[method=post] button[type=submit]").last.click()
    page.wait_for_load_state()


def sign_in(
    page: Page, email: str, passphrase: str = PASSPHRASE, secret: str | None = None
) -> None:
    """Sign in, with the code of an authenticator app where it is asked for: that of the tests, or
    one with a secret of its own.
    """
    if "/sign-in" not in page.url:
        page.goto("/")
        follow(page, "/sign-in", home=False)
    answer(page, email=email, passphrase=passphrase)
    press(page, "Sign in")
    if "/sign-in/code" in page.url:
        answer(page, code=code(secret=secret or SECRET))
        press(page, "Sign in")
    expect(page).not_to_have_url(re.compile("/sign-in"))


def download(page: Page, text: str, folder: Path) -> Path:
    """The file behind a download link, fetched with the person's own cookies."""
    href = page.get_by_role("link", name=re.compile(text)).first.get_attribute("href")
    assert href is not None
    answered = page.request.get(href)
    assert answered.ok, f"{href}: {answered.status}"
    path = folder / f"{re.sub('[^a-z]+', '-', text.lower())}.pdf"
    path.write_bytes(answered.body())
    return path


def text_of(path: Path) -> str:
    """The words of a PDF, spaces made plain."""
    words = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    return re.sub(r"\s+", " ", words)


def a_paper(folder: Path, name: str) -> str:
    """A small PDF to hand in."""
    path = folder / f"{name}.pdf"
    path.write_bytes(page_saying(name))
    return str(path)
