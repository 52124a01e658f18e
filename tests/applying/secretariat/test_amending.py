"""An open call changes only by a published amendment, never to applicants' disadvantage."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.call_changes.amendments import AMENDABLE, Change, amendments_of
from grants.applying.call_changes.conditions import relaxed
from grants.applying.calls.models import Call
from grants.applying.drafts.work import Work
from grants.applying.submissions.service import amend_call, extend_deadline
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_moment
from grants.platform.messages.models import Message
from grants.platform.questionnaires.written import to_json
from tests.applying.calls.test_pages import typed_in
from tests.factories import a_call, a_draft, act_of, staff
from tests.platform.web.client import SignInAs


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_call(session, fund)


def by(session: Session, role: Role = Role.FUND_MANAGER) -> Act:
    act = act_of(session, staff(session, role))
    return Act(act.actor, "More money has come in.", act.at)


def changed(call: Call, **rules: Any) -> dict[str, Any]:
    return {**{name: getattr(call, name) for name in AMENDABLE}, **rules}


def test_an_amendment_is_told_to_everyone_with_a_draft_and_shown_on_the_public_page(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    a_draft(session, call)
    more = call.highest_minor + 5_000_00
    amend_call(session, call, changed(call, highest_minor=more), by(session))
    session.commit()
    (found,) = amendments_of(session, call)
    assert [change.name for change in found.changes] == ["Maximum grant amount"]
    messages = session.scalars(select(Message).where(Message.event.contains("amended"))).all()
    assert len(messages) == 1
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    page = sign_in_as(manager).get(f"/calls/{call.reference}").text
    assert "More money has come in." in page
    assert found.changes[0].before.replace("\u00a0", " ")[-6:] in page.replace("\u00a0", " ")


def test_a_longer_deadline_is_published_with_its_reason_in_each_language(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    call.title = {**call.title, "ar": "دعوة"}
    a_draft(session, call)
    before, later = call.deadline_at, call.deadline_at + timedelta(days=3)
    extend_deadline(session, call, later, by(session), {"ar": "انقطاع الكهرباء."})
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    (found,) = amendments_of(session, call)
    was, now = (plain_moment(moment, call.time_zone) for moment in (before, later))
    assert found.changes == (Change("Deadline", was, now),)
    browser = sign_in_as(manager)
    assert "More money has come in." in browser.get(f"/calls/{call.reference}").text
    assert "Reason in Arabic" in browser.get(f"/calls/{call.reference}/extend").text
    assert found.reason["ar"] == "انقطاع الكهرباء."


@pytest.mark.parametrize(
    ("name", "step", "said"),
    [
        ("lowest_minor", 1, "minimum grant may not rise"),
        ("highest_minor", -1, "maximum grant may not fall"),
        ("envelope_minor", -1, "total amount may not fall"),
        ("months", -1, "duration may not be shortened"),
    ],
)
def test_nothing_is_taken_away_from_applicants(
    session: Session, call: Call, name: str, step: int, said: str
) -> None:
    rules = changed(call, **{name: getattr(call, name) + step})
    with pytest.raises(DomainError, match=said):
        amend_call(session, call, rules, by(session))


def test_days_may_only_become_more_generous(session: Session, call: Call) -> None:
    day = call.deadline_at.date() + timedelta(days=90)
    with pytest.raises(DomainError, match="start later"):
        amend_call(session, call, changed(call, earliest_start_on=day), by(session))
    earlier = (call.registered_by or day) - timedelta(days=400)
    with pytest.raises(DomainError, match="registration may not be moved to an earlier date"):
        amend_call(session, call, changed(call, registered_by=earlier), by(session))


def test_an_amendment_changes_something_and_has_a_reason(session: Session, call: Call) -> None:
    with pytest.raises(DomainError, match="Nothing has been changed"):
        amend_call(session, call, changed(call), by(session))
    silent = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(DomainError):
        amend_call(session, call, changed(call, months=call.months + 1), silent)


def test_only_those_who_open_calls_amend_them(session: Session, call: Call) -> None:
    with pytest.raises(Forbidden):
        amend_call(session, call, changed(call, months=call.months + 1), by(session, Role.AUDITOR))


def test_a_call_is_amended_on_its_page(session: Session, call: Call, sign_in_as: SignInAs) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    typed = {
        "title": "A better title",
        "summary": call.summary["en"],
        "envelope_minor": str(call.envelope),
        "lowest_minor": str(call.lowest),
        "highest_minor": str(call.highest),
        "months": str(call.months),
        "applications_per_organisation": "1",
        "reason": "A slip of the pen.",
    }
    for name in ("earliest_start_on", "registered_by"):
        if day := getattr(call, name):
            parts = zip(("day", "month", "year"), (day.day, day.month, day.year), strict=True)
            typed |= {f"{name}-{part}": str(number) for part, number in parts}
    reply = sign_in_as(manager).submit(f"/calls/{call.reference}/amend", typed)
    assert reply.status_code == 302, reply.text
    session.refresh(call)
    assert call.title["en"] == "A better title"


def test_a_document_may_cease_to_be_required_and_nothing_else_of_the_form_changes(
    session: Session, call: Call
) -> None:
    draft = a_draft(session, call)
    before = call.questionnaire
    less = to_json(relaxed(before, ["audited_accounts"]))
    other = to_json(replace(before, sections=before.sections[1:]))
    for form in (other, to_json(relaxed(before, ["mission"]))):
        with pytest.raises(DomainError, match="questions may not change"):
            amend_call(session, call, changed(call, form=form), by(session))
    amend_call(session, call, changed(call, form=less), by(session))
    (change,) = amendments_of(session, call)[0].changes
    assert change.name == "Documents that must be attached"
    assert "Audited accounts" in change.before
    assert "Audited accounts" not in change.after
    missing = [one.question for one in Work.of(session, draft).part("documents").problems]
    assert "audited_accounts" not in missing
    assert "registration_certificate" in missing
    with pytest.raises(DomainError, match="no more documents may be required"):
        amend_call(session, call, changed(call, form=to_json(before)), by(session))


def test_a_manager_says_on_the_page_which_document_is_no_longer_required(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser, path = sign_in_as(manager), f"/calls/{call.reference}/amend"
    typed = typed_in(browser.get(path).text)
    said = {"optional": "reference_letters", "reason": "Letters take months."}
    assert browser.post(path, data={**typed, **said}).status_code == 302
    session.refresh(call)
    assert not call.questionnaire.section("documents").question("reference_letters").required
    assert "Letters take months." in browser.get(f"/calls/{call.reference}").text
