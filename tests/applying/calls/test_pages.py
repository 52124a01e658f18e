"""Pages of calls: what everyone reads, and how the fund's people prepare them."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from grants.applying.call_pages.zones import clocks_of, on_their_clocks
from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.calls.workflow import CallState
from grants.core.countries.countries import CODES
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_moment
from grants.platform.questionnaires.written import to_json
from tests.factories import (
    a_call,
    a_draft,
    a_draft_call,
    a_submission,
    an_organisation,
    member,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    call = a_call(session, fund)
    session.commit()
    return call


@pytest.fixture
def manager(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))


def text_of(browser: StrictClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def file_of(browser: StrictClient, path: str) -> str:
    with browser.get(path) as answer:
        return answer.get_data(as_text=True)


def test_lists_of_calls_ask_no_more_for_more_calls(
    client: StrictClient, manager: StrictClient, session: Session, fund: Fund, call: Call
) -> None:
    library = f"/calls/{a_draft_call(session, fund).reference}/form/library"
    asked: list[tuple[int, int]] = []
    for _turn in range(2):
        session.commit()
        client.get("/calls")
        manager.get(library)
        asked.append((client.queries, manager.queries))
        for _number in range(4):
            a_call(session, fund)
    assert all(later <= first for first, later in zip(*asked, strict=True)), asked


def test_past_calls_are_read_twenty_at_a_time(
    client: StrictClient, session: Session, fund: Fund, call: Call
) -> None:
    past = [a_call(session, fund) for _number in range(45)]
    for number, each in enumerate(past):
        each.deadline_at = clock.now() - timedelta(hours=1 + number)
    session.commit()
    first = client.get("/calls")
    assert len(first.data) < 100_000
    assert first.text.count('class="call__title"') == 1
    assert sum(f'href="/calls/{each.reference}"' in first.text for each in past) == 20
    seen, address = [first.text], "/calls"
    while found := re.search(r'rel="next" href="([^"]+)"', seen[-1]):
        address = found[1].replace("&amp;", "&")
        seen.append(client.get(address).text)
    assert len(seen) == 3
    assert [f">{call.reference}<" in page for page in seen] == [True, False, False]
    pages_of = [sum(f'href="/calls/{each.reference}"' in page for page in seen) for each in past]
    assert set(pages_of) == {1}


def test_a_criterion_without_an_explanation_is_shown_by_its_name(
    session: Session, client: StrictClient, call: Call
) -> None:
    call.criteria = [{"key": "need", "label": {"en": "Need of the victims"}, "weight": 100}]
    session.commit()
    assert "Need of the victims" in client.get(f"/calls/{call.reference}").text


def test_everybody_reads_rules_criteria_and_every_question_before_signing_up(
    client: StrictClient, call: Call
) -> None:
    page = text_of(client, f"/calls/{call.reference}")
    for question in call.questionnaire.questions:
        assert question.label["en"] in page
    for criterion in call.criteria:
        assert criterion["label"]["en"] in page
    assert "25%" in page
    assert "Up to 3,000 characters" in page
    assert "Vienna time" in page
    assert 'lang="en"' in page
    assert f'<meta name="description" content="{call.summary["en"][:20]}' in page


def test_the_list_tells_what_is_open_what_comes_and_what_is_over(
    client: StrictClient, session: Session, fund: Fund, call: Call
) -> None:
    now = clock.now()
    a_call(session, fund, opens_at=now + timedelta(days=2), title={"en": "Next spring"})
    past = a_call(session, fund, title={"en": "Last spring"})
    past.deadline_at = now - timedelta(days=1)
    past.opens_at = now - timedelta(days=30)
    a_draft_call(session, fund, title={"en": "A secret plan"})
    session.commit()
    page = text_of(client, "/calls")
    open_, coming, over = (
        page.index(word) for word in (">Open now<", ">Opening soon<", ">Closed<")
    )
    assert open_ < page.index(call.title["en"]) < coming < page.index("Next spring") < over
    assert over < page.index("Last spring")
    assert "A secret plan" not in page


def test_the_deadline_is_shown_on_the_readers_own_clock(
    client: StrictClient, session: Session, sign_in_as: SignInAs, call: Call
) -> None:
    assert "Nairobi time" in text_of(client, f"/calls/{call.reference}?country=KE")
    brazil = text_of(client, f"/calls/{call.reference}?country=BR")
    assert brazil.count(" time)") > 3
    browser = sign_in_as(member(session, an_organisation(session, country="HN")))
    assert "Tegucigalpa time" in text_of(browser, f"/calls/{call.reference}")


@pytest.mark.parametrize("country", sorted(CODES))
def test_every_country_has_a_clock(country: str) -> None:
    assert clocks_of(country)
    assert on_their_clocks(clock.now(), country)


def test_an_unopened_call_is_not_there_for_visitors(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund)
    session.commit()
    for path in ("", "/questions.json", "/apply"):
        assert client.get(f"/calls/{call.reference}{path}").status_code in (302, 404)


def typed_in(page: str) -> dict[str, Any]:
    """Everything the browser would send of the form on a page."""
    tree = html5lib.parse(page, treebuilder="lxml", namespaceHTMLElements=False)
    form = tree.xpath("//main//form[@method='post']")[0]
    sent: dict[str, Any] = {}
    for field in form.xpath(".//input[@name] | .//textarea[@name]"):
        kind = field.get("type", "text")
        if kind in ("submit", "file"):
            continue
        if kind in ("checkbox", "radio") and field.get("checked") is None:
            continue
        text = field.get("value") or (field.text or "").removeprefix("\n")
        sent.setdefault(field.get("name"), []).append(text)
    for field in form.xpath(".//select"):
        chosen = field.xpath("./option[@selected]")
        sent[field.get("name")] = [one.get("value", one.text) for one in chosen]
    return sent


DATES = {
    "time_zone": "Europe/Vienna",
    "opens_on-day": "1",
    "opens_on-month": "1",
    "opens_on-year": "2040",
    "deadline_on-day": "28",
    "deadline_on-month": "2",
    "deadline_on-year": "2040",
}


def test_a_call_is_prepared_changed_and_opened_on_pages(
    session: Session, fund: Fund, manager: StrictClient
) -> None:
    begun = manager.get("/calls/new")
    sent = typed_in(text_of(manager, begun.location))
    assert (fund.languages[0], sent["languages"]) == ("en", ["en"])
    sent.update({"title": "Emergency aid", "summary": "For one region.", "window": "SPECIAL"})
    sent.update({**DATES, "envelope": "300,000", "lowest": "5,000", "highest": "20,000"})
    sent.update({"months": "8", "countries-0-country": "KE"})
    answer = manager.post(begun.location, data=sent)
    call = session.scalars(select(Call)).one()
    assert answer.location == f"/calls/{call.reference}" == "/calls/UNVTF-2040-SPECIAL"
    assert call.deadline_at.isoformat() == "2040-02-28T22:59:00+00:00"
    assert (call.countries, call.envelope_minor, call.months) == (["KE"], 30_000_000, 8)
    assert [row["weight"] for row in call.criteria] == [20, 20, 25, 15, 10, 10]
    assert call.criteria[0]["key"] == "need"
    path = f"/calls/{call.reference}"
    again = typed_in(text_of(manager, f"{path}/edit"))
    assert again["deadline_time"] == ["23:59"]
    assert again["countries-0-country"] == ["KE"]
    again.update({"months": "9", "criteria-0-label": "Need, first of all"})
    assert manager.post(f"{path}/edit", data=again).location == path
    session.refresh(call)
    assert (call.months, call.criteria[0]["key"]) == (9, "need_first_of_all")
    assert manager.submit(f"{path}/open").location == path
    session.refresh(call)
    assert call.state is CallState.OPEN
    assert "Opened" in text_of(manager, path)


def test_a_call_begins_without_the_standard_criteria_and_checklist(
    session: Session, fund: Fund, manager: StrictClient
) -> None:
    begun = manager.get("/calls/new").location
    assert typed_in(text_of(manager, begun))["criteria-5-label"]
    assert "Begin without them" in text_of(manager, begun)
    bare = f"{begun}?begin=without"
    assert "Begin with the standard ones" in text_of(manager, bare)
    sent = typed_in(text_of(manager, bare))
    assert "criteria-1-label" not in sent
    assert "eligibility-1-label" not in sent
    sent.update({"title": "Aid", "summary": "For all.", "window": "SPECIAL", **DATES})
    sent.update({"envelope": "300,000", "lowest": "5,000", "highest": "20,000", "months": "8"})
    sent.update({"criteria-0-label": "Need", "criteria-0-weight": "100"})
    sent.update({"eligibility-0-label": "It is no government."})
    answer = manager.post(bare, data=sent)
    call = session.scalars(select(Call)).one()
    assert answer.location == f"/calls/{call.reference}"
    assert [row["label"]["en"] for row in call.criteria] == ["Need"]
    assert [row["label"]["en"] for row in call.eligibility] == ["It is no government."]


def test_a_call_is_for_whole_regional_groups_and_countries_besides(
    session: Session, manager: StrictClient
) -> None:
    begun = manager.get("/calls/new")
    sent = typed_in(text_of(manager, begun.location))
    sent.update({"title": "Emergency aid", "summary": "For two regions.", "window": "SPECIAL"})
    sent.update({**DATES, "envelope": "300,000", "lowest": "5,000", "highest": "20,000"})
    sent.update({"months": "18", "least_months": "6"})
    sent.update({"groups": ["african", "asia_pacific"], "countries-0-country": "PS"})
    page = manager.post(begun.location, data=sent, follow_redirects=True).text
    call = session.scalars(select(Call)).one()
    assert {"KE", "NP", "PS"} <= {*call.countries}
    assert len(call.countries) == 54 + 54 + 1
    assert "African States; Asia-Pacific States; State of Palestine" in page
    assert "6 to 18 months" in page
    again = typed_in(text_of(manager, f"/calls/{call.reference}/edit"))
    assert (again["groups"], again["countries-0-country"]) == (["african", "asia_pacific"], ["PS"])
    assert "countries-1-country" not in again


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"criteria-0-weight": "99"}, "add up to 179"),
        ({"deadline_on-year": "2039"}, "The deadline must be after the opening."),
        ({"deadline_time": "25:00"}, "Enter the time in the format 23:59."),
        ({"highest": "1"}, "not above the maximum"),
        ({"title": ""}, "Fill in “Title”."),
    ],
)
def test_what_cannot_hold_is_confirmed_on_the_form_or_before_opening(
    session: Session, fund: Fund, manager: StrictClient, changed: dict[str, str], said: str
) -> None:
    call = a_draft_call(session, fund)
    session.commit()
    path = f"/calls/{call.reference}"
    sent = typed_in(text_of(manager, f"{path}/edit"))
    sent.update({**DATES, **changed})
    answer = manager.post(f"{path}/edit", data=sent)
    page = answer.get_data(as_text=True)
    if answer.status_code == 302:
        page = text_of(manager, f"{path}/open")
        assert ">Open the call</button>" not in page
    assert said in page


def test_questions_go_out_as_a_file_and_come_back_changed(
    session: Session, fund: Fund, manager: StrictClient
) -> None:
    call = a_draft_call(session, fund)
    session.commit()
    path = f"/calls/{call.reference}/questions"
    told = manager.get(f"{path}.json")
    assert json.loads(told.data) == to_json(STANDARD_FORM)
    changed = json.dumps(to_json(replace(STANDARD_FORM, version=7)))

    def send(content: str) -> Any:
        return manager.submit(path, {"file": (io.BytesIO(content.encode()), "questions.json")})

    assert send(changed).status_code == 302
    session.refresh(call)
    assert call.questionnaire.version == 7
    for wrong, said in (("{", "in JSON"), ("[]", "form must be"), ('{"format": 1}', "sections")):
        assert said in send(wrong).get_data(as_text=True)
    assert "not in JSON" in send("[" * 100_000).get_data(as_text=True)


def test_more_time_is_given_on_a_page(
    session: Session, fund: Fund, call: Call, manager: StrictClient
) -> None:
    a_draft(session, call)
    session.commit()
    path = f"/calls/{call.reference}/extend"
    page = text_of(manager, path)
    assert "There is 1 draft. 1 person is working on them" in page
    sent = typed_in(page)
    assert "only be extended" in manager.post(path, data={**sent, "reason": "No change"}).get_data(
        as_text=True
    )
    sent.update({"deadline_on-year": "2041", "reason": "A storm."})
    seen = manager.post(path, data={**sent, "go": "see"}).get_data(as_text=True)
    assert "Reason: A storm." in seen
    assert "2041" in seen.partition("The deadline was")[0]
    session.refresh(call)
    assert call.deadline_at.year != 2041, "the e-mail was only looked at"
    assert manager.post(path, data=sent).location == f"/calls/{call.reference}"
    session.refresh(call)
    assert clock.day_of(call.deadline_at, call.zone).year == 2041
    history = text_of(manager, f"/calls/{call.reference}")
    assert "Deadline extended" in history
    assert "A storm." in history


def test_the_last_day_of_questions_moves_with_the_deadline_and_writers_see_both_moments(
    session: Session, fund: Fund, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    today = clock.today()
    call = a_call(session, fund, questions_until=today + timedelta(days=10))
    draft = a_draft(session, call)
    session.commit()
    before = plain_moment(call.deadline_at, call.time_zone)
    path = f"/calls/{call.reference}/extend"
    sent = typed_in(text_of(manager, path))
    sent.update({"deadline_on-year": "2041", "reason": "A storm."})
    earlier = {**sent, "questions_until-year": str(today.year - 1)}
    assert "can only be moved to a later date" in manager.post(path, data=earlier).get_data(
        as_text=True
    )
    sent["questions_until-year"] = str(today.year + 2)
    assert manager.post(path, data=sent).status_code == 302
    session.refresh(call)
    assert call.questions_until
    assert call.questions_until.year == today.year + 2
    assert "Questions can be asked until" in text_of(manager, f"/calls/{call.reference}")
    writer = session.get_one(Person, writer_of(session, draft).actor.person_id)
    tasks = text_of(sign_in_as(writer), f"/applying/{draft.reference}")
    after = plain_moment(call.deadline_at, call.time_zone)
    assert f"The deadline was moved from {before} to {after}." in tasks


def test_a_call_is_closed_after_its_deadline(
    session: Session, call: Call, manager: StrictClient
) -> None:
    path = f"/calls/{call.reference}/close"
    assert "has not passed yet" in manager.submit(path).get_data(as_text=True)
    call.deadline_at = clock.now() - timedelta(hours=1)
    session.commit()
    assert manager.submit(path).status_code == 302
    session.refresh(call)
    assert call.state is CallState.CLOSED


def test_the_results_of_a_closed_call_are_published(
    session: Session, call: Call, manager: StrictClient
) -> None:
    path = f"/calls/{call.reference}/publish"
    assert path not in manager.get(f"/calls/{call.reference}").get_data(as_text=True)
    call.deadline_at = clock.now() - timedelta(hours=1)
    session.commit()
    manager.submit(f"/calls/{call.reference}/close")
    assert f'href="{path}"' in manager.get(f"/calls/{call.reference}").get_data(as_text=True)
    assert manager.submit(path).status_code == 302
    session.refresh(call)
    assert call.state is CallState.PUBLISHED


@pytest.mark.parametrize("page", ["/calls/manage", "/calls/new", "/applications"])
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.FINANCE_OFFICER, Role.OBSERVER])
def test_pages_of_the_desk_are_shut_for_others(
    session: Session, sign_in_as: SignInAs, page: str, role: Role
) -> None:
    assert sign_in_as(staff(session, role)).get(page).status_code == 403


def test_the_list_of_calls_is_a_file_too(
    session: Session, fund: Fund, call: Call, manager: StrictClient
) -> None:
    a_draft_call(session, fund, title={"en": "=SUM(1)"})
    session.commit()
    assert call.reference in text_of(manager, "/calls/manage")
    assert "'=SUM(1)" in file_of(manager, "/calls/manage?format=csv")


# Applications for the fund's people


def _speaks_of(text: str, tables: tuple[str, ...]) -> bool:
    return any(f"FROM {table}" in text for table in tables)


def test_the_list_of_applications_filters_and_costs_six_queries(
    session: Session, call: Call, manager: StrictClient, connection: Connection
) -> None:
    for number in range(4):
        a_submission(session, call, name=f"House {number}", country="KE")
    a_submission(session, call, name="Casa Segura", country="HN")
    a_draft(session, call, "Draft House")
    session.commit()
    asked: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
    page = text_of(manager, "/applications")
    menu = ("instalment", "report", "award")  # what waits elsewhere, counted on every page
    own = [text for text in asked if text.startswith("SELECT") and not _speaks_of(text, menu)]
    assert len(own) <= 6
    assert page.count("House") == 4
    assert "Draft House" not in page
    found = text_of(manager, "/applications?q=casa")
    assert "Casa Segura" in found
    assert "House 1" not in found
    assert "Casa Segura" in text_of(manager, f"/applications?q={call.reference}-0005")
    assert "House 1" not in text_of(manager, "/applications?country=FR")
    assert "No applications found" in text_of(manager, "/applications?state=approved")
    assert "House 1" in text_of(manager, f"/applications?call={call.reference}&state=submitted")
    rows = file_of(manager, "/applications?format=csv&q=casa").splitlines()
    assert len(rows) == 2
    assert "12000.00" in rows[1]


def test_one_application_is_shown_with_answers_files_and_history(
    session: Session, call: Call, manager: StrictClient
) -> None:
    application = a_submission(session, call)
    session.commit()
    page = text_of(manager, f"/applications/{application.reference}")
    assert manager.queries <= 14
    assert "A safe place for girls from the coast" in page
    assert "Luz of Casa Segura" in page
    assert "Budget by category" in page
    for href in re.findall(rf'"(/applications/{application.reference}/files/\d+)"', page):
        assert manager.get(href).headers["Content-Disposition"].startswith("attachment")


def test_a_draft_is_nobodys_business_but_its_writers(
    session: Session, call: Call, manager: StrictClient
) -> None:
    draft = a_draft(session, call)
    session.commit()
    assert manager.get(f"/applications/{draft.reference}").status_code == 404
