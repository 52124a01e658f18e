"""Check pages on a telephone: no table of figures is cut without a sign that there is more."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from grants.applying.drafts.service import save_section
from grants.core.funds.queries import fund_by_code
from grants.core.people.queries import people_of_organisation
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.browser.conftest import Site
from tests.factories import a_call, a_draft, act_of
from tests.signing_in import put, token_of

pytestmark = pytest.mark.browser

CUT = """() => {
  const signed = (box) => {
    const style = getComputedStyle(box);
    const moves = ["auto", "scroll"].includes(style.overflowX);
    return moves && style.backgroundImage.includes("gradient") && box.tabIndex === 0;
  };
  const seen = (box) => {
    return box.getBoundingClientRect().width > 1 && getComputedStyle(box).clip === "auto";
  };
  const cut = [];
  for (const table of document.querySelectorAll("main table")) {
    if (!seen(table)) continue;
    const right = table.getBoundingClientRect();
    if (right.left >= 0 && right.right <= innerWidth + 1) continue;
    let box = table.parentElement;
    while (box && !signed(box)) box = box.parentElement;
    if (!box) cut.push(table.caption?.textContent ?? table.className);
  }
  return cut;
}"""

BLANK = """[...document.querySelectorAll("main .data--stack td")]
  .filter((cell) => cell.getClientRects().length && !cell.textContent.trim()).length"""
"""Cells of cards in which nothing stands, such as the sum of a column that has none."""


FIRST_OF_CARD = """(() => {
  const cell = document.querySelector("main .data--stack tbody th.is-money");
  return getComputedStyle(cell, "::before").content;
})()"""
"""What stands before the amount with which a card begins."""


def _named(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": {"en": code.title()}} for code in codes]


def form_of_figures() -> Form:
    """Every kind of answer that is a table of figures, and wide ones."""
    columns = [
        {"kind": "amount", "key": f"year_{year}", "label": {"en": f"Year {year} of the project"}}
        for year in range(1, 9)
    ]
    label = {"en": "Figures"}
    budget = {"kind": "budget", "key": "money", "label": label, "spans": 6, "notes": True}
    questions: list[dict[str, Any]] = [
        {"kind": "short_text", "key": "title", "label": label},
        {**budget, "categories": _named("staff", "travel"), "payers": _named("fund", "others")},
        {"kind": "table", "key": "wide", "label": label, "columns": columns, "totals": ["year_1"]},
        {"kind": "people_by_group", "key": "people", "label": label,
         "groups": _named("women", "men", "girls", "boys"),
         "bands": _named("under_5", "from_5", "from_18", "from_40", "from_60")},
        {"kind": "work_plan", "key": "plan", "label": label, "periods": 24},
    ]  # fmt: skip
    section = {"key": "one", "title": {"en": "Figures"}, "questions": questions}
    facts = {"title": "title", "requested": "money"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


def typed_figures() -> dict[str, list[str]]:
    line = "q_money-0-"
    typed = {"q_title": ["A"], f"{line}category": ["staff"], f"{line}description": ["Lawyer"]}
    for who in ("fund", "others"):
        typed |= {f"{line}paid-{who}_{year}": ["1,234,567.00"] for year in range(1, 7)}
    typed |= {f"q_wide-0-c_year_{year}": ["1,234,567.00"] for year in range(1, 9)}
    for group in ("women", "men", "girls", "boys"):
        bands = ("under_5", "from_5", "from_18", "from_40", "from_60")
        typed |= {f"q_people-{group}-{band}": ["12,345"] for band in bands}
    typed |= {"q_plan-0-activity": ["Open the house"], "q_plan-0-when": ["1", "2", "24"]}
    return typed


@pytest.fixture
def telephone(chrome: Browser, site: Site) -> Iterator[tuple[Page, str]]:
    """A page as wide as a telephone, and the address of a draft."""
    with site.database.transaction() as session:
        call = a_call(session, fund_by_code(session, "UNVTF"), form=form_of_figures())
        draft = a_draft(session, call)
        writer = people_of_organisation(session, draft.organisation_id)[0]
        save_section(session, draft, "one", typed_figures(), 0, act_of(session, writer))
        at, token = draft.reference, token_of(session, writer)
    browser = site.app.test_client()
    put(token, browser)
    cookie = browser.get_cookie("session")
    assert cookie is not None
    context = chrome.new_context(base_url=site.url, viewport={"width": 360, "height": 800})
    context.add_cookies([{"name": "session", "value": cookie.value, "url": site.url}])
    yield context.new_page(), f"/applying/{at}"
    context.close()


def test_no_table_of_figures_is_cut_without_a_sign(telephone: tuple[Page, str]) -> None:
    page, draft = telephone
    for part in ("/check", "/sections/one"):
        page.goto(f"{draft}{part}")
        expect(page.locator("main table").first).to_be_attached()
        if folder := os.environ.get("PICTURES"):
            path = Path(folder) / f"narrow{part.replace('/', '-')}.png"
            page.screenshot(path=path, full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, part
        assert page.evaluate(CUT) == [], part
        assert page.evaluate(BLANK) == 0, part
        if part == "/check":
            assert page.evaluate(FIRST_OF_CARD) == '"Year 1 of the project"'


def test_a_table_that_is_cut_without_a_sign_is_told(telephone: tuple[Page, str]) -> None:
    page, draft = telephone
    page.goto(f"{draft}/check")
    page.evaluate(
        """() => {
          const box = document.createElement("div");
          box.innerHTML = "<table><caption>Too wide</caption><tr><td>1</td></tr></table>";
          Object.assign(box.style, { overflow: "hidden", inlineSize: "300px" });
          box.firstChild.style.inlineSize = "900px";
          document.querySelector("main").append(box);
        }"""
    )
    assert page.evaluate(CUT) == ["Too wide"]
