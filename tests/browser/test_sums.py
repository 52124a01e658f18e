"""Columns are added up in the browser as the server adds them up, in the language of the form."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from grants.core.funds.queries import fund_by_code
from grants.core.people.queries import people_of_organisation
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.applying.writing.test_large_budgets import large_form
from tests.browser.conftest import Site
from tests.factories import a_call, a_draft
from tests.signing_in import put, token_of

pytestmark = pytest.mark.browser


def _both(words: str) -> dict[str, str]:
    return {"en": words, "fr": f"{words} (fr)"}


def _asked(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "label": _both(key.capitalize()), **more}


def form_with_sums() -> Form:
    """A table whose columns of whole numbers, of numbers with decimals and of money add up."""
    columns = [
        _asked("short_text", "place"),
        _asked("number", "beds"),
        _asked("number", "tonnes", places=2),
        _asked("amount", "cost"),
    ]
    questions = [
        _asked("short_text", "title"),
        _asked("amount", "asked"),
        _asked("table", "stays", columns=columns, totals=["beds", "tonnes", "cost"]),
    ]
    section = {"key": "project", "title": _both("Project"), "questions": questions}
    facts = {"title": "title", "requested": "asked"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


def signed_in(chrome: Browser, site: Site, token: str, **options: Any) -> BrowserContext:
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, locale="en-GB", **options)
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    return context


@pytest.mark.parametrize(
    ("read", "none", "sums"),
    [
        ("en", ["0", "0", "0.00"], ["1,500", "2,000.5", "1,200.00"]),
        ("fr", ["0", "0", "0,00"], ["1 500", "2 000,5", "1 200,00"]),
    ],
)
def test_columns_add_up_as_on_the_server(
    chrome: Browser, site: Site, read: str, none: list[str], sums: list[str]
) -> None:
    with site.database.transaction() as session:
        draft = a_draft(
            session, a_call(session, fund_by_code(session, "UNVTF"), form=form_with_sums())
        )
        reference = draft.reference
        token = token_of(session, people_of_organisation(session, draft.organisation_id)[0])
    context = signed_in(chrome, site, token)
    page = context.new_page()
    page.goto(f"/applying/{reference}/sections/project?read={read}")

    def shown() -> list[str]:
        texts = page.locator("[data-sum-of]").all_inner_texts()
        return [text.strip().replace("\u202f", " ").replace("\xa0", " ") for text in texts]

    assert shown() == none, "as the server writes it"
    page.locator("[name=q_stays-0-c_place]").fill("Lima")
    assert shown() == none, "as the browser writes it"
    for column, typed in (("beds", "1500"), ("tonnes", "2000.50"), ("cost", "1200")):
        page.locator(f"[name=q_stays-0-c_{column}]").fill(typed)
    assert shown() == sums
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/check"))
    page.goto(f"/applying/{reference}/sections/project?read={read}")
    expect(page.locator("[name=q_stays-0-c_place]")).to_have_value("Lima")
    assert shown() == sums, "as the server adds up"
    context.close()


def test_amounts_of_a_budget_add_up_as_on_the_server(chrome: Browser, site: Site) -> None:
    with site.database.transaction() as session:
        call = a_call(session, fund_by_code(session, "UNVTF"), form=large_form())
        draft = a_draft(session, call)
        path = f"/applying/{draft.reference}/sections/one"
        token = token_of(session, people_of_organisation(session, draft.organisation_id)[0])
    context = signed_in(chrome, site, token, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(path)
    page.get_by_label("Title").fill("Safe houses")
    page.get_by_role("button", name="Add a line").click()
    for line in (0, 1):
        page.locator(f"[name=q_money-{line}-category]").select_option("staff")
        page.locator(f"[name=q_money-{line}-description]").fill("Social worker")
        page.locator(f"[name=q_money-{line}-quantity]").fill("1")
        page.locator(f"[name=q_money-{line}-unit_cost]").fill("3,600.50")
        for payer, amount in (("fund", "3,000"), ("own", "500.50"), ("others", "100")):
            page.locator(f"[name=q_money-{line}-paid-{payer}_{line + 2}]").fill(amount)

    def shown() -> list[str]:
        lines, sums = (
            page.locator("tbody [data-spread] output"),
            page.locator("[data-spread-sums] output"),
        )
        return [text.strip() for text in lines.all_inner_texts() + sums.all_inner_texts()]

    typed = shown()
    assert typed[:6] == ["3,000.00", "500.50", "100.00"] * 2
    assert typed[-4:] == ["0.00", "3,600.50", "3,600.50", "7,201.00"], "all who pay"
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(re.compile("/check"))
    page.goto(path)
    assert shown() == typed, "as the server adds up"
    context.close()
