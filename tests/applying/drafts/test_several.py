"""A call may take more than one application of an organisation, and never more than it says."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import standing_applications
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_changes.amendments import AMENDABLE, amendments_of
from grants.applying.call_changes.copying import copy_call
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.models import Call
from grants.applying.drafts.eligibility import obstacles
from grants.applying.drafts.service import start
from grants.applying.submissions.service import amend_call, submit, withdraw
from grants.applying.writing.team import reopen
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, FundError
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from tests.applying.calls.test_pages import typed_in
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    a_draft_call,
    act_of,
    an_organisation,
    complete,
    member,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs, StrictClient

ALL_SEEN = 10**9
"""As if the page had shown every application there is."""


def another(session: Session, first: Application) -> Application:
    """One more application of the same organisation to the same call."""
    by = writer_of(session, first)
    return start(session, first.call, first.organisation, by, highest_id_seen=ALL_SEEN)


def standing(session: Session, first: Application) -> list[int]:
    """The places of what the organisation has begun and not withdrawn."""
    found = standing_applications(session, first.call_id, first.organisation_id)
    return [one.place for one in found]


def test_a_call_takes_one_application_unless_it_says_otherwise(
    session: Session, fund: Fund
) -> None:
    first = a_draft(session, a_call(session, fund))
    by = writer_of(session, first)
    assert start(session, first.call, first.organisation, by) is first
    with pytest.raises(DomainError, match="begun 1 of 1 application"):
        another(session, first)
    assert standing(session, first) == [1]


def test_as_many_are_begun_as_the_call_allows_and_a_withdrawn_one_leaves_its_place(
    session: Session, fund: Fund
) -> None:
    first = a_draft(session, a_call(session, fund, applications_per_organisation=2))
    second = another(session, first)
    assert second.reference != first.reference
    with pytest.raises(DomainError, match="begun 2 of 2 applications"):
        another(session, first)
    by = replace(writer_of(session, first), reason="Another one is stronger.")
    withdraw(session, first, by)
    third = another(session, second)
    assert standing(session, second) == [2, 1]
    assert third.place == 1


def test_the_same_page_sent_twice_begins_one(session: Session, fund: Fund) -> None:
    first = a_draft(session, a_call(session, fund, applications_per_organisation=3))
    by = writer_of(session, first)
    begun = [
        start(session, first.call, first.organisation, by, highest_id_seen=first.id)
        for _click in range(2)
    ]
    assert begun[0] is begun[1]
    assert standing(session, first) == [1, 2]


def test_many_tabs_at_once_do_not_pass_the_limit(real_database: Database) -> None:
    with real_database.transaction() as opened:
        fund = opened.scalars(select(Fund)).one()
        call_id = a_call(opened, fund, applications_per_organisation=2).id
        organisation = an_organisation(opened)
        organisation_id = organisation.id
        by = act_of(opened, member(opened, organisation))
    tabs = 6
    barrier = Barrier(tabs)

    def begin(_tab: int) -> str:
        try:
            with real_database.transaction() as opened:
                known = opened.get_one(Call, call_id), opened.get_one(Organisation, organisation_id)
                barrier.wait()
                start(opened, *known, by, highest_id_seen=ALL_SEEN)
        except FundError as refused:
            return type(refused).__name__
        return "begun"

    with ThreadPoolExecutor(tabs) as pool:
        outcomes = list(pool.map(begin, range(tabs)))
    assert sorted(outcomes) == ["DomainError"] * 4 + ["begun"] * 2
    with real_database.session() as opened:
        assert sorted(opened.scalars(select(Application.place))) == [1, 2]


def test_the_database_refuses_two_in_one_place(session: Session, fund: Fund) -> None:
    first = a_draft(session, a_call(session, fund, applications_per_organisation=2))
    second = another(session, first)
    session.flush()
    with pytest.raises(IntegrityError, match="uq_application_of_call"):
        session.execute(text(f"UPDATE application SET place = 1 WHERE id = {second.id}"))


def test_one_that_is_taken_back_to_be_changed_begins_again_in_its_own_place(
    session: Session, fund: Fund
) -> None:
    first = a_complete_draft(session, a_call(session, fund, applications_per_organisation=2))
    submit(session, first, writer_of(session, first))
    second = another(session, first)
    again = reopen(session, first, writer_of(session, first))
    assert again not in (first, second)
    assert (again.place, again.title) == (1, first.title)
    assert second.title == ""
    assert sorted(standing(session, first)) == [1, 2]


def test_submission_is_refused_once_as_many_as_allowed_have_been_submitted(
    session: Session, fund: Fund
) -> None:
    call = a_call(session, fund, applications_per_organisation=2)
    first = a_complete_draft(session, call)
    second = complete(session, another(session, first))
    by = writer_of(session, first)
    submit(session, first, by)
    assert obstacles(session, call, second.organisation, application=second) == []
    call.applications_per_organisation = 1
    with pytest.raises(DomainError, match="submitted 1 of 1 application"):
        submit(session, second, by)
    call.applications_per_organisation = 2
    submit(session, second, by)
    assert second.state is ApplicationState.SUBMITTED


# Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def first(session: Session, fund: Fund) -> Application:
    return a_draft(session, a_call(session, fund, applications_per_organisation=2))


@pytest.fixture
def writer(session: Session, first: Application, sign_in_as: SignInAs) -> StrictClient:
    by = writer_of(session, first).actor.person_id
    assert by is not None
    session.commit()
    return sign_in_as(session.get_one(Person, by))


def typed_for(call: Call, organisation: Organisation) -> dict[str, str]:
    asked = {f"e_{row['key']}": "yes" for row in call.eligibility if row.get("ask")}
    return {"organisation": organisation.code, **asked}


def test_the_page_says_how_many_are_begun_and_leads_to_each(
    session: Session, first: Application, writer: StrictClient
) -> None:
    path = f"/calls/{first.call.reference}/apply"
    page = writer.get(path).text
    assert "begun 1 of 2 applications" in page
    assert f"/applying/{first.reference}" in page
    typed = {**typed_for(first.call, first.organisation), "seen": str(first.id)}
    reply = writer.submit(path, typed)
    second = session.scalars(select(Application).order_by(Application.id.desc()).limit(1)).one()
    assert second.place == 2
    assert second.reference in reply.text
    full = writer.get(path).text
    assert "begun 2 of 2 applications" in full
    assert f"/applying/{second.reference}" in full
    assert "Start the application" not in full


def test_where_all_are_begun_a_page_opened_before_begins_nothing(
    session: Session, first: Application, writer: StrictClient
) -> None:
    path, own = f"/calls/{first.call.reference}/apply", f"/applying/{first.reference}"
    second = another(session, first)
    session.commit()
    typed = {**typed_for(first.call, first.organisation), "seen": str(first.id)}
    assert writer.submit(path, typed, page=own).location.endswith(f"/applying/{second.reference}")
    refused = writer.submit(path, {**typed, "seen": str(second.id)}, page=own).text
    assert "begun 2 of 2 applications" in refused
    assert f"/applying/{first.reference}" in refused
    assert f"/applying/{second.reference}" in refused


def test_with_one_application_the_page_leads_to_it_as_ever(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    draft = a_draft(session, a_call(session, fund))
    person = member(session, draft.organisation, Role.ORGANISATION_EDITOR, "Ana Gil")
    session.commit()
    typed = typed_for(draft.call, draft.organisation)
    reply = sign_in_as(person).submit(f"/calls/{draft.call.reference}/apply", typed)
    assert reply.location.endswith(f"/applying/{draft.reference}")


# The rule of the call ----------------------------------------------------------------------------


def test_an_amendment_allows_more_but_never_fewer(session: Session, fund: Fund) -> None:
    call = a_call(session, fund, applications_per_organisation=2)
    rules = {name: getattr(call, name) for name in AMENDABLE}
    by = act_of(session, staff(session, Role.FUND_MANAGER), "As the Board advised.")
    with pytest.raises(DomainError, match="applications per organisation may not fall"):
        amend_call(session, call, {**rules, "applications_per_organisation": 1}, by)
    amend_call(session, call, {**rules, "applications_per_organisation": 3}, by)
    (amendment,) = amendments_of(session, call)
    assert [(one.before, one.after) for one in amendment.changes] == [("2", "3")]


def test_less_than_one_application_is_no_rule(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError, match="at least 1 application"):
        a_draft_call(session, fund, applications_per_organisation=0)


def test_a_copy_keeps_the_rule_and_a_second_stage_goes_by_its_invitations(
    session: Session, fund: Fund
) -> None:
    call = a_draft_call(session, fund, applications_per_organisation=3)
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    assert copy_call(session, call, by).applications_per_organisation == 3
    assert add_second_stage(session, call, by).applications_per_organisation == 1


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (1, "One application for each organisation"),
        (3, "At most 3 applications for each organisation"),
    ],
)
def test_the_public_page_says_how_many(
    session: Session, fund: Fund, sign_in_as: SignInAs, most: int, said: str
) -> None:
    call = a_call(session, fund, applications_per_organisation=most)
    session.commit()
    page = sign_in_as(staff(session, Role.FUND_MANAGER)).get(f"/calls/{call.reference}").text
    assert said in page


def test_the_rule_is_set_on_the_page_of_the_call(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_draft_call(session, fund)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    path = f"/calls/{call.reference}/edit"
    browser = sign_in_as(manager)
    browser.submit(path, {**typed_in(browser.get(path).text), "applications_per_organisation": "4"})
    session.expire_all()
    assert call.applications_per_organisation == 4
