"""The life of a call: prepared, opened, extended, closed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.call_changes.conditions import conditions_of
from grants.applying.call_changes.copying import copy_call
from grants.applying.call_files.carried import call_from_json, call_to_json
from grants.applying.calls.queries import (
    call_for_viewer,
    calls_to_apply_for,
    coming_calls,
    cycles_of,
    listed_calls,
    open_calls,
    past_calls,
)
from grants.applying.calls.service import (
    close_call,
    draft_call,
    free_reference,
    open_call,
    replace_form,
    revise_call,
)
from grants.applying.calls.standard import STANDARD_CRITERIA, STANDARD_FORM
from grants.applying.calls.workflow import CallState
from grants.applying.submissions.service import extend_deadline
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.service import appoint
from grants.core.people.viewer import VISITOR
from grants.platform.messages.models import Message
from grants.platform.questionnaires.form import Form
from tests.factories import (
    a_call,
    a_draft,
    a_draft_call,
    a_person,
    a_submission,
    act_of,
    rules,
    staff,
)


@pytest.fixture
def manager(session: Session) -> Act:
    return act_of(session, staff(session, Role.FUND_MANAGER))


def test_a_call_is_named_after_its_fund_year_and_window(
    session: Session, fund: Fund, manager: Act
) -> None:
    first = draft_call(session, fund, rules(), manager)
    second = draft_call(session, fund, rules(), manager)
    year = first.opens_at.year
    assert (first.reference, second.reference) == (
        f"UNVTF-{year}-SGP1",
        f"UNVTF-{year}-SGP1-2",
    )
    assert free_reference(session, fund, rules(window="SGP2")) == f"UNVTF-{year}-SGP2"


def test_nobody_outside_sees_a_call_before_it_is_opened(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_draft_call(session, fund)
    assert call_for_viewer(session, call.reference, manager.actor) is call
    for outsider in (VISITOR, act_of(session, staff(session, Role.REVIEWER)).actor):
        with pytest.raises(Missing):
            call_for_viewer(session, call.reference, outsider)
    now = clock.now()
    assert list(coming_calls(session, now)) == list(open_calls(session, now)) == []
    assert session.scalars(past_calls(now)).all() == []
    open_call(session, call, manager)
    assert call_for_viewer(session, call.reference, VISITOR) is call
    assert list(open_calls(session, clock.now())) == [call]
    assert list(coming_calls(session, call.opens_at - timedelta(hours=1))) == [call]
    assert session.scalars(past_calls(call.deadline_at + timedelta(hours=1))).all() == [call]


def test_the_calls_of_a_public_page_are_those_that_end_first(session: Session, fund: Fund) -> None:
    ends = [
        a_call(session, fund, deadline_at=clock.now() + timedelta(days=days)).deadline_at
        for days in (30, 10, 20)
    ]
    shown = calls_to_apply_for(session, clock.now(), fund, most=2)
    assert [call.deadline_at for call in shown] == sorted(ends)[:2]
    other = establish(session, Charter("SLAVERY", {"en": "Other"}, {"en": "Other"}))
    assert calls_to_apply_for(session, clock.now(), other) == []


def test_another_funds_people_see_no_draft_of_this_fund(session: Session, fund: Fund) -> None:
    other = establish(session, Charter("SLAVERY", {"en": "Other"}, {"en": "Other"}))
    stranger = a_person(session, "Olga Other")
    appoint(session, stranger, Role.FUND_MANAGER, fund_id=other.id)
    call = a_draft_call(session, fund)
    with pytest.raises(Missing):
        call_for_viewer(session, call.reference, act_of(session, stranger).actor)
    with pytest.raises(Forbidden):
        draft_call(session, fund, rules(), act_of(session, stranger))
    with pytest.raises(Forbidden):
        revise_call(session, call, rules(), act_of(session, stranger))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FUND_MANAGER, Role.PROGRAMME_OFFICER}))
def test_only_those_who_prepare_calls_prepare_calls(
    session: Session, fund: Fund, role: Role
) -> None:
    if role in OUTSIDE:
        return
    with pytest.raises(Forbidden):
        draft_call(session, fund, rules(), act_of(session, staff(session, role)))


def test_who_prepares_a_call_may_not_open_it_unless_they_manage_the_fund(
    session: Session, fund: Fund
) -> None:
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    call = draft_call(session, fund, rules(), officer)
    with pytest.raises(Forbidden):
        open_call(session, call, officer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": {"en": " "}}, "title"),
        ({"deadline_at": clock.now() - timedelta(days=30)}, "after the opening"),
        ({"lowest_minor": 0}, "above 0"),
        ({"lowest_minor": 3_000_000}, "not above the maximum"),
        ({"envelope_minor": 100}, "total amount"),
        ({"months": 0}, "Months"),
        ({"pass_mark": 101}, "minimum score"),
        ({"countries": ["XX"]}, "countries"),
        ({"languages": []}, "language"),
        ({"time_zone": "Europe/Atlantis"}, "not a time zone"),
        ({"earliest_start_on": date(2020, 1, 1)}, "start after the deadline"),
        ({"least_months": 13}, "minimum duration"),
        ({"experience_years": 0}, "1 or more, or left empty"),
        ({"years_in_a_row": 0}, "1 or more, or left empty"),
        ({"years_in_a_row": 2}, "the earliest day on which projects"),
    ],
)
def test_rules_that_cannot_hold_are_refused_in_words(
    session: Session, fund: Fund, manager: Act, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(DomainError, match=said):
        draft_call(session, fund, rules(**changed), manager)


HALF = [{**STANDARD_CRITERIA[0], "weight": 50}]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"criteria": HALF}, "add up to 50, not to 100"),
        ({"criteria": HALF * 2}, "only once"),
        ({"criteria": []}, "not to 100"),
        (
            {"title": {"en": "Safe work", "fr": "Travail sûr"}},
            "Not translated into French: Purpose of the call",
        ),
        ({"eligibility": []}, "at least one line of the eligibility"),
    ],
)
def test_a_call_is_kept_as_a_draft_but_not_opened_until_it_is_sound(
    session: Session, fund: Fund, manager: Act, changed: dict[str, Any], said: str
) -> None:
    call = draft_call(session, fund, rules(**changed), manager)
    with pytest.raises(DomainError, match=said):
        open_call(session, call, manager)
    revise_call(session, call, rules(), manager)
    open_call(session, call, manager)
    assert call.state is CallState.OPEN


def test_a_call_with_an_unsound_form_is_not_opened(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = draft_call(session, fund, rules(), manager, form=Form(sections=()))
    with pytest.raises(DomainError, match="no section"):
        open_call(session, call, manager)
    with pytest.raises(DomainError, match="no section"):
        replace_form(session, call, Form(sections=()), manager)
    replace_form(session, call, replace(STANDARD_FORM, version=2), manager)
    assert call.questionnaire.version == 2
    open_call(session, call, manager)


def test_a_call_whose_deadline_has_passed_is_not_opened(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_draft_call(session, fund)
    with pytest.raises(DomainError, match="deadline has passed"):
        open_call(session, call, Act(manager.actor, at=call.deadline_at + timedelta(days=1)))


def test_rules_stay_as_they_are_once_the_call_is_open(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_call(session, fund)
    with pytest.raises(Conflict):
        revise_call(session, call, rules(months=6), manager)
    with pytest.raises(Conflict):
        replace_form(session, call, STANDARD_FORM, manager)


def test_a_revision_is_in_the_trail_with_what_changed(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_draft_call(session, fund)
    revise_call(session, call, rules(months=6), manager)
    last = trail_of(session, "call", call.id)[-1]
    assert (last.action, last.facts["changed"]["months"]) == ("revise", "6")


def test_a_call_takes_applications_from_its_opening_to_the_end_of_the_last_minute(
    session: Session, fund: Fund
) -> None:
    call = a_call(session, fund)
    second = timedelta(seconds=1)
    assert not call.takes_applications(call.opens_at - second)
    assert call.takes_applications(call.opens_at)
    assert call.takes_applications(call.deadline_at + timedelta(seconds=59))
    assert not call.takes_applications(call.deadline_at + timedelta(minutes=1))
    assert call in open_calls(session, call.deadline_at + timedelta(seconds=59))
    assert call not in open_calls(session, call.deadline_at + timedelta(minutes=1))


def test_a_longer_deadline_has_a_reason_and_tells_everybody_with_a_draft(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_call(session, fund)
    a_draft(session, call, "Hearth", "KE")
    a_submission(session, call)
    session.query(Message).delete()
    later = call.deadline_at + timedelta(days=3)
    with pytest.raises(DomainError, match="reason"):
        extend_deadline(session, call, later, manager)
    extend_deadline(session, call, later, Act(manager.actor, "A storm cut the lines."))
    assert call.deadline_at == later
    told = session.scalars(select(Message)).all()
    assert [message.recipient for message in told] == ["luz.of.hearth@example.org"]
    assert "A storm cut the lines." in told[0].text


def test_a_deadline_never_comes_nearer(session: Session, fund: Fund, manager: Act) -> None:
    call = a_call(session, fund)
    by = Act(manager.actor, "Sooner")
    for moment in (call.deadline_at, call.deadline_at - timedelta(days=1)):
        with pytest.raises(DomainError, match="only be extended"):
            extend_deadline(session, call, moment, by)


def test_a_call_closes_after_its_deadline_only(session: Session, fund: Fund, manager: Act) -> None:
    call = a_call(session, fund)
    with pytest.raises(DomainError, match="has not passed yet"):
        close_call(session, call, manager)
    close_call(session, call, Act(manager.actor, at=call.deadline_at + timedelta(minutes=2)))
    assert call.state is CallState.CLOSED
    assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_the_cycle_of_a_call_is_carried_copied_and_filtered_by(
    session: Session, fund: Fund, manager: Act
) -> None:
    call = a_draft_call(session, fund, cycle="2026–2027")
    a_draft_call(session, fund, cycle="2025")
    a_draft_call(session, fund)
    carried = call_to_json(call)
    assert call_from_json(carried).rules.cycle == carried.pop("cycle") == "2026–2027"
    assert call_from_json(carried).rules.cycle == ""
    copy = copy_call(session, call, manager)
    assert copy.cycle == "2026–2027"
    assert cycles_of(session, manager.actor) == ["2026–2027", "2025"]
    found = session.scalars(listed_calls(manager.actor, cycle="2026–2027"))
    assert set(found) == {call, copy}
    assert ("Cycle", "2025") not in conditions_of(call)
    assert ("Cycle", "2026–2027") in conditions_of(call)
    with pytest.raises(DomainError, match="at most 40 characters"):
        a_draft_call(session, fund, cycle="x" * 41)
