"""In a table: a column asked in some rows only, and a row just added that can be picked below."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from grants.core.funds.queries import fund_by_code
from grants.core.people import credentials
from grants.core.people.queries import people_of_organisation
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.browser.conftest import Site
from tests.browser.test_writing import PASSPHRASE
from tests.factories import a_call, a_draft
from tests.platform.documents.files import pdf

pytestmark = pytest.mark.browser


def _words(english: str, arabic: str) -> dict[str, str]:
    return {"en": english, "ar": arabic}


def form_with_people() -> Form:
    """Who works on a project: only for others than own staff an employer and a fee."""
    kinds = [
        {"code": "own", "label": _words("Own staff", "موظفونا")},
        {"code": "other", "label": _words("Somebody else", "شخص آخر")},
    ]
    other = {"required": True, "show_when": 'who == "other"'}
    columns: list[dict[str, Any]] = [
        {"kind": "short_text", "key": "name", "label": _words("Role", "الدور"), "required": True},
        {"kind": "one_of", "key": "who", "label": _words("Who", "من"), "choices": kinds},
        {"kind": "amount", "key": "fee", "label": _words("Fee", "الأتعاب"), **other},
        {"kind": "computed", "key": "cost", "formula": "fee * 2", "money": "USD",
         "label": _words("For two years", "لسنتين")},
        {"kind": "files", "key": "cv", "label": _words("CV", "السيرة الذاتية")},
    ]  # fmt: skip
    people = {"kind": "table", "key": "staff", "columns": columns, "totals": ["fee"]}
    questions: list[dict[str, Any]] = [
        {"kind": "short_text", "key": "title", "label": _words("Title", "العنوان")},
        {"kind": "amount", "key": "asked", "label": _words("Amount", "المبلغ")},
        {**people, "label": _words("People", "الأشخاص")},
        {"kind": "picked", "key": "lead", "source": "staff/name",
         "label": _words("Who leads?", "من يقود؟")},
    ]  # fmt: skip
    section = {"key": "one", "title": _words("The team", "الفريق"), "questions": questions}
    facts = {"title": "title", "requested": "asked"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


@pytest.fixture
def team(chrome: Browser, site: Site) -> tuple[Page, str]:
    """A page of somebody who writes, and the address of the section."""
    with site.database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        call = a_call(session, fund, form=form_with_people(), languages=["en", "ar"])
        draft = a_draft(session, call, name="Casa Lila")
        writer = people_of_organisation(session, draft.organisation_id)[0]
        credentials.choose_passphrase(session, writer, PASSPHRASE)
        address, email = f"/applying/{draft.reference}/sections/one", writer.email
    page = chrome.new_context(base_url=site.url, locale="en-GB").new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/start")
    return page, address


def test_a_cell_comes_up_in_its_row(team: tuple[Page, str]) -> None:
    page, address = team
    page.goto(address)
    fees = page.get_by_label("Fee USD", exact=True)
    expect(fees).to_have_count(1)
    expect(fees).to_be_hidden()
    page.get_by_label("Role").fill("Lawyer")
    page.get_by_label("Who", exact=True).select_option("other")
    expect(fees).to_be_visible()
    fees.fill("100")
    expect(page.locator("[data-sum-of]")).to_have_text("100.00")
    page.get_by_role("button", name="Add a row").click()
    expect(page.get_by_label("Fee USD", exact=True).nth(1)).to_be_hidden()
    with page.expect_response("**/autosave"):
        page.get_by_label("Who", exact=True).first.select_option("own")
    expect(fees.first).to_be_hidden()
    expect(page.locator("[data-sum-of]")).to_have_text("0.00")
    page.context.close()


def test_a_row_just_added_is_picked_and_takes_a_file(team: tuple[Page, str]) -> None:
    page, address = team
    page.goto(address)
    page.get_by_label("Role").fill("Lawyer")
    page.get_by_role("button", name="Add a row").click()
    with page.expect_response("**/autosave"):
        page.get_by_label("Role").nth(1).fill("Driver")
    lead = page.get_by_label("Who leads?")
    expect(lead.locator("option")).to_have_text(["Choose…", "Lawyer", "Driver"])
    lead.select_option(label="Driver")
    chosen = {"name": "Driver.pdf", "mimeType": "application/pdf", "buffer": pdf(1)}
    page.locator("#q_staff-1-c_cv").set_input_files(chosen)  # type: ignore[arg-type]
    cell = page.locator('[data-papers="staff-1-c_cv"]')
    expect(cell.get_by_role("link", name="Driver.pdf")).to_be_visible()
    row = page.locator("[data-row]").nth(1)
    with page.expect_response("**/autosave"):
        row.locator("[data-remove]").click()
    page.reload()
    expect(page.get_by_label("Role")).to_have_value("Lawyer")
    expect(page.get_by_role("link", name="Driver.pdf")).to_have_count(0)
    page.context.close()
