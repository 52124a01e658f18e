"""A budget of 60 lines, three years and three who pay is written like any other section."""

import re
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.language import use_language
from grants.core.people.queries import people_of_organisation
from grants.platform.forms.fields import Row, RowsField, TextField
from grants.platform.forms.forms import Form as PageForm
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from grants.platform.web.unchanged import compressed
from tests.applying.writing.test_pages import marks, write
from tests.factories import a_call, a_draft
from tests.platform.web.client import SignInAs, StrictClient

LINES, YEARS = 60, 3
PAYERS = ("fund", "own", "others")


def large_form() -> Form:
    def named(*codes: str) -> list[dict[str, Any]]:
        return [{"code": code, "label": {"en": code.title()}} for code in codes]

    money = {"kind": "budget", "key": "money", "label": {"en": "Budget"}, "notes": True}
    money |= {"categories": named("staff", "travel"), "payers": named(*PAYERS), "spans": YEARS}
    title = {"kind": "short_text", "key": "title", "label": {"en": "Title"}}
    section = {"key": "one", "title": {"en": "Budget"}, "questions": [title, money]}
    facts = {"title": "title", "requested": "money"}
    return from_json({"format": 1, "facts": facts, "sections": [section]})


def typed_lines() -> dict[str, str]:
    typed: dict[str, str] = {}
    for number in range(LINES):
        line = f"q_money-{number}-"
        typed |= {f"{line}category": "staff", f"{line}description": f'Worker <{number}> & "co"'}
        typed |= {f"{line}quantity": "12", f"{line}unit_cost": "1,500.00"}
        years = range(1, YEARS + 1)
        typed |= {f"{line}paid-{who}_{year}": "2,000.00" for who in PAYERS for year in years}
    return typed


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    draft = a_draft(session, a_call(session, fund, form=large_form()))
    session.commit()
    return draft


@pytest.fixture
def browser(session: Session, draft: Application, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(people_of_organisation(session, draft.organisation_id)[0])


def test_sixty_lines_open_and_save_within_few_questions_and_lose_nothing(
    session: Session, app: Flask, draft: Application, browser: StrictClient
) -> None:
    path = f"/applying/{draft.reference}/sections/one"
    app.config["QUERY_BUDGET"] = 12  # as bench/pages.py allows a page
    answer = write(browser, path, {"q_title": "A", **typed_lines()})
    assert answer.status_code == 302
    page = browser.get(path).get_data(as_text=True)
    assert page.count('value="2,000.00"') == LINES * YEARS * len(PAYERS)
    assert 'value="Worker &lt;59&gt; &amp; &#34;co&#34;"' in page
    assert "360,000.00" in page, "sixty lines, three years, 2,000 of the fund"
    assert len(page) < 320_000
    assert len(compressed(page.encode())) < 20_000, "as a browser gets it from a page of ours"
    saved = browser.submit(
        f"{path}/autosave", {**marks(page), "turn": "1", "q_title": "B", **typed_lines()}, page=path
    )
    assert saved.status_code == 200
    session.refresh(draft)
    assert draft.requested_minor == 36_000_000


class _NamedRow(Row):
    name = TextField("Name", limit=40)


class _NamedForm(PageForm):
    rows = RowsField(_NamedRow, "Rows", shown=0)


def test_cells_of_a_column_are_drawn_alike_and_differ_in_name_and_text(app: Flask) -> None:
    texts = ["", 'value=""', "<b>&amp;</b>", "name-of-a-cell"]
    with app.test_request_context():
        form = _NamedForm(data={"rows": [{"name": text or " "} for text in texts]})
        html = render_template_string("{{ form.rows() }}", form=form)
    boxes = re.findall(r'<input[^>]*name="rows-(\d)-name"[^>]*value="([^"]*)"', html)
    assert boxes == [
        ("0", " "),
        ("1", "value=&#34;&#34;"),
        ("2", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("3", "name-of-a-cell"),
    ]


class _TwoForm(PageForm):
    two = RowsField(_NamedRow, "Two", shown=2, most=2)
    more = RowsField(_NamedRow, "More", shown=1, most=2)


def test_rows_of_which_there_are_always_as_many_are_not_removed(app: Flask) -> None:
    """A row too many, of an answer to another form, can go."""
    with app.test_request_context():
        pages = [
            render_template_string("{{ form.two() }}", form=_TwoForm(data={"two": rows}))
            for rows in ([], [{"name": text} for text in "abc"])
        ]
        more = render_template_string("{{ form.more() }}", form=_TwoForm())
    assert [page.count('name="two-remove"') for page in pages] == [0, 4], "one is the blank row's"
    assert [page.count("no more than 2 rows") for page in (*pages, more)] == [0, 1, 1]
    assert more.count('name="more-remove"') == 2


def test_a_card_has_the_number_by_which_messages_name_its_row(app: Flask) -> None:
    with app.test_request_context(), use_language("zh"):
        html = render_template_string("{{ form.two() }}", form=_TwoForm())
    assert html.count('data-row="第" data-after="行"') == 3


def test_a_card_of_a_budget_says_the_currency_of_each_payer(
    draft: Application, browser: StrictClient
) -> None:
    page = browser.get(f"/applying/{draft.reference}/sections/one").text
    code = '<span class="money__code">USD</span>'
    for payer in PAYERS:
        assert f"<b>{payer.title()} {code}</b>" in page
