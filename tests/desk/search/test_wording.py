"""What a search finds follows who looks, what they may see and what is there at that moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import Tenure, appoint
from grants.deciding.interests import service as interests
from grants.deciding.interests.models import Interest
from grants.deciding.reviews import service as reviewing
from grants.desk.search.asking import found_by
from tests.factories import (
    a_closed_call,
    a_donor,
    a_person,
    a_pledge,
    a_submitted_application,
    a_team,
    act_of,
    an_organisation,
    assigned,
    member,
    reviewed,
    staff,
    without_conflict,
)


@pytest.fixture
def references(session: Session) -> Callable[[Person, str], list[str]]:
    """What a person finds, by the kinds and the references."""

    def found(person: Person, text: str) -> list[str]:
        session.flush()
        looker = viewer_of(session, person.id)
        assert looker is not None
        groups = found_by(session, looker, text)
        return [f"{group.kind.name} {one.reference}" for group in groups for one in group.found]

    return found


Find = Callable[[Person, str], list[str]]


def test_what_is_new_is_found_by_words_asked_before(
    session: Session, fund: Fund, references: Find
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    assert references(manager, "elbonia") == []
    pledge = a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    assert f"pledges {pledge.reference}" in references(manager, "elbonia")
    assert references(manager, "borduria") == []


def test_another_text_of_the_same_kind_finds_its_own(
    session: Session, fund: Fund, references: Find
) -> None:
    manager, call = staff(session, Role.FUND_MANAGER), a_closed_call(session, fund)
    for name in ("Elbonia House", "Borduria House"):
        organisation = an_organisation(session, name)
        member(session, organisation)
        a_submitted_application(session, call, organisation)
    first, second = references(manager, "elbonia"), references(manager, "borduria")
    assert len(first) == len(second) == 2  # the organisation, and its application
    assert not set(first) & set(second)
    assert set(references(manager, "house")) == {*first, *second}
    assert references(manager, "elbonia") == first


def test_a_call_is_found_by_its_number_and_by_beginnings_of_words_of_its_title(
    session: Session, fund: Fund, references: Find
) -> None:
    manager, call = staff(session, Role.FUND_MANAGER), a_closed_call(session, fund)
    call.title = {"en": "Légal aid on the Elbe"}
    found = [f"calls {call.reference}"]
    assert references(manager, "elb leg") == references(manager, call.reference.lower()) == found
    assert references(manager, "aide") == []


def test_each_person_finds_what_is_open_to_them_whoever_asked_before(
    session: Session, fund: Fund, references: Find
) -> None:
    pledge = a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    manager, elsewhere = staff(session, Role.FUND_MANAGER), a_person(session, "Ola Berg")
    appoint(session, elsewhere, Role.FUND_MANAGER, fund_id=other.id)
    for _ in range(2):
        assert f"pledges {pledge.reference}" in references(manager, "elbonia")
        assert not [one for one in references(elsewhere, "elbonia") if one.startswith("pledges")]


def test_a_role_that_is_taken_away_finds_nothing_more(
    session: Session, fund: Fund, references: Find
) -> None:
    a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    person = staff(session, Role.FUND_MANAGER)
    appoint(session, person, Role.REVIEWER)
    assert references(person, "elbonia")
    (held,) = [one for one in person.memberships if one.role is Role.FUND_MANAGER]
    held.ended_at = clock.now()
    assert references(person, "elbonia") == []
    appoint(session, person, Role.FUND_MANAGER)
    assert references(person, "elbonia")


def test_a_reviewer_who_steps_aside_finds_the_application_no_more(
    session: Session, fund: Fund, references: Find
) -> None:
    application = a_submitted_application(session, a_closed_call(session, fund))
    first, _second = assigned(session, application, a_team(session))
    asked = application.organisation.name.split()[0]
    assert references(first.reviewer, asked) == []
    reviewing.declare_no_conflict(session, first, act_of(session, first.reviewer))
    assert references(first.reviewer, asked) == [f"reviews {application.reference}"]
    reviewing.recuse(session, first, act_of(session, first.reviewer, "My sister works there."))
    assert references(first.reviewer, asked) == []


def test_a_trustee_finds_an_application_between_two_declarations_alone(
    session: Session, fund: Fund, references: Find
) -> None:
    application = a_submitted_application(session, a_closed_call(session, fund))
    reviewed(session, application, a_team(session))
    trustee = staff(session, Role.TRUSTEE)
    asked = application.organisation.name.split()[0]
    dossier = f"dossiers {application.reference}"
    assert dossier not in references(trustee, asked)
    without_conflict(session, trustee, application)
    assert dossier in references(trustee, asked)
    interest = session.query(Interest).filter_by(trustee_id=trustee.id).one()
    interests.recuse(session, interest, act_of(session, trustee, "My sister works there."))
    assert dossier not in references(trustee, asked)


def test_a_role_of_a_person_is_found_until_its_last_day(session: Session, references: Find) -> None:
    with clock.at(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        administrator, person = staff(session, Role.ADMINISTRATOR), a_person(session, "Ola Berg")
        tenure = Tenure(until_on=clock.today())
        appoint(session, person, Role.FINANCE_OFFICER, tenure=tenure)
        assert references(administrator, "berg") == [f"people {person.email}"]
    with clock.at(datetime(2026, 5, 4, 12, tzinfo=UTC) + timedelta(days=1)):
        assert references(administrator, "berg") == []
