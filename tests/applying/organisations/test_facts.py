"""What is declared of a fact is done with it: it is asked, kept, shown, listed and submitted."""

from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.applying.organisations.declared import Fact
from grants.applying.organisations.facts import FACTS, PROFILE, profile_of, submitted_facts
from grants.applying.organisations.forms import RegistrationForm
from grants.applying.organisations.topic_forms import INPUTS, TOPICS
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from tests.factories import an_organisation, member, staff
from tests.platform.web.client import SignInAs


def stated_facts() -> dict[str, Any]:
    """A value of each fact that an example is given of."""
    return {fact.key: fact.kind.imported(fact.imported) for fact in FACTS if fact.imported}


@pytest.fixture
def house(session: Session) -> Organisation:
    """An organisation whose profile states every fact that a file may."""
    house = an_organisation(session)
    PROFILE.write(PROFILE.profile(**stated_facts()), house)
    session.flush()
    return house


def lacking(page: str, house: Organisation, facts: Iterable[Fact]) -> list[str]:
    """Facts whose label or words a page does not show."""
    profile, text = profile_of(house), unescape(page)
    rows = {fact.key: (str(fact.label), *fact.words(profile).splitlines()) for fact in facts}
    return [key for key, words in rows.items() if not all(each in text for each in words)]


def test_every_fact_is_asked_by_a_topic_and_those_said_so_at_registration() -> None:
    assert [fact.key for topic in TOPICS.values() for fact in topic.facts] != []
    assert {fact.key for topic in TOPICS.values() for fact in topic.facts} == set(INPUTS)
    first = {name for fact in FACTS if fact.uses.first for name in INPUTS[fact.key]}
    assert first <= vars(RegistrationForm).keys()


def test_what_forms_trail_and_links_take_up_comes_back_whole(
    app: Flask, house: Organisation
) -> None:
    profile = profile_of(house)
    assert PROFILE.restored(PROFILE.plain(profile)) == profile
    with app.test_request_context():
        for topic in TOPICS.values():
            assert replace(profile, **topic.of(profile).stated()) == profile


def test_every_fact_is_shown_listed_and_submitted_as_it_says(
    session: Session, sign_in_as: SignInAs, house: Organisation
) -> None:
    member(session, house)
    officer = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    stated = [fact for fact in FACTS if fact.imported and fact.key != "name"]
    page = officer.get(f"/organisations/{house.code}").text
    assert lacking(page, house, stated) == []
    file = officer.get("/organisations/all?format=csv").text
    listed = [fact for fact in stated if fact.files.listed != "not"]
    assert [fact.key for fact in listed if str(fact.label) not in file] == []
    submitted = {fact.key for fact in FACTS if fact.uses.submitted}
    assert {key for key, value in submitted_facts(house).items() if value} == submitted
