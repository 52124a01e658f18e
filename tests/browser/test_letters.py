"""A letter of reference on a link, when the line breaks; and the menu of codes beside a number."""

from playwright.sync_api import Page, Route
from sqlalchemy import select

from grants.applying.references.models import LetterRequest
from grants.core.funds.models import Fund
from grants.core.people.credentials import choose_passphrase
from grants.core.people.queries import people_of_organisation
from grants.platform.questionnaires.written import from_json
from tests.applying.references.letters import ROSA, WORDS, call_with_letter, link_to
from tests.applying.references.test_letters import asked, written
from tests.browser.conftest import OpenBrowser, Site
from tests.browser.walking import sign_in
from tests.factories import a_call, a_draft
from tests.signing_in import PASSPHRASE

KEPT = "Object.keys(localStorage).some(key => key.startsWith('draft '))"
"""Is a text kept on this device?"""
TELEPHONE = {
    "format": 1,
    "facts": {"title": "title", "requested": "asked"},
    "sections": [
        {
            "key": "all",
            "title": {"en": "All"},
            "questions": [
                {"kind": "short_text", "key": "title", "label": {"en": "Title"}},
                {"kind": "amount", "key": "asked", "label": {"en": "Amount"}},
                {"kind": "telephone", "key": "phone", "label": {"en": "Telephone"}},
            ],
        }
    ],
}


def letter_asked(site: Site) -> str:
    """Ask Rosa for a letter: the path of her link."""
    with site.database.transaction() as session:
        fund = session.scalars(select(Fund)).one()
        application = a_draft(session, call_with_letter(session, fund))
        written(session, application)
        asked(session, application)
        return f"/letters-of-reference/{link_to(session, ROSA)}"


def wait_until_kept(page: Page) -> None:
    """The script that keeps a text may arrive after the page."""
    for _ in range(100):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept within ten seconds")


def test_a_letter_is_kept_on_the_device_until_it_is_sent(
    site: Site, person_at: OpenBrowser
) -> None:
    path = letter_asked(site)
    page = person_at()
    page.goto(path)
    page.locator("#letter").fill(WORDS)
    wait_until_kept(page)
    page.goto("about:blank")
    page.goto(path)
    page.get_by_role("button", name="Restore it").click()
    assert page.locator("#letter").input_value() == WORDS
    page.get_by_label("I have written this letter myself").check()
    page.get_by_role("button", name="Send the letter").click()
    page.get_by_text("We received this letter").wait_for()
    page.wait_for_timeout(500)
    assert not page.evaluate(KEPT)
    with site.database.transaction() as session:
        assert session.scalars(select(LetterRequest.letter)).one() == WORDS


def test_a_letter_typed_while_the_scripts_are_on_their_way_is_kept_too(
    site: Site, person_at: OpenBrowser
) -> None:
    path = letter_asked(site)
    page = person_at()
    held: list[Route] = []
    page.route("**/static/autosave.*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects it
    page.goto(path)
    page.locator("#letter").fill(WORDS)
    held[0].continue_()
    wait_until_kept(page)
    page.unroute("**/static/autosave.*")
    page.goto("about:blank")
    page.goto(path)
    page.get_by_role("button", name="Restore it").click()
    assert page.locator("#letter").input_value() == WORDS


def test_choosing_a_country_writes_its_code_and_a_number_chooses_its_country(
    site: Site, person_at: OpenBrowser
) -> None:
    with site.database.transaction() as session:
        fund = session.scalars(select(Fund)).one()
        application = a_draft(session, a_call(session, fund, form=from_json(TELEPHONE)))
        writer = people_of_organisation(session, application.organisation_id)[0]
        choose_passphrase(session, writer, PASSPHRASE)
        email = writer.email
        path = f"/applying/{application.reference}/sections/all"
    page = person_at(width=320)
    sign_in(page, email)
    page.goto(path)
    box, menu = page.get_by_label("Telephone", exact=False).last, page.locator("[data-calling]")
    menu.select_option(label="Honduras (+504)")
    assert box.input_value() == "+504 "
    box.fill("+504 2234 5678")
    menu.select_option(label="Guatemala (+502)")
    assert box.input_value() == "+502 2234 5678"
    box.fill("0043 1 26060")
    assert menu.evaluate("menu => menu.selectedOptions[0].text") == "Austria (+43)"
    box.fill("+1 202 555 0100")
    assert "United States" in menu.evaluate("menu => menu.selectedOptions[0].text")
    width = page.evaluate(
        "[...document.querySelectorAll('#q_phone')].map(box => box.offsetWidth)[0]"
    )
    assert width > 180, "the whole number is in sight"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
