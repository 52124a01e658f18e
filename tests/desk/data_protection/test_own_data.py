"""A person's own data: what the page says, and what is in the copy."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy.orm import Session

from grants.core.database.db import Base
from grants.core.database.personal import Personal, declared
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.desk.data_protection.own_data import rows_about, table_of, tables_about
from grants.desk.data_protection.words import KEPT, LAW
from tests.factories import (
    a_closed_call,
    a_submitted_application,
    a_team,
    assigned,
    staff,
)
from tests.platform.web.client import SignInAs


@pytest.fixture
def reviewer(session: Session, fund: Fund) -> Person:
    """A reviewer with two reviews of different applications."""
    team = a_team(session)
    submitted = a_submitted_application(session, a_closed_call(session, fund))
    reviews = assigned(session, submitted, team)
    session.commit()
    return session.get_one(Person, reviews[0].reviewer_id)


def test_everything_that_is_handed_out_has_words() -> None:
    tables = {table_of(mapper).name for mapper in tables_about()}
    assert tables == KEPT.keys()
    by_law = {
        table_of(mapper).name
        for mapper in Base.registry.mappers
        if Personal.LAW in declared(mapper).values()
    }
    assert by_law == LAW.keys()


def test_a_copy_holds_what_is_about_the_person_and_nothing_of_another(
    session: Session, reviewer: Person, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(reviewer)
    page = browser.get("/account/data").text
    assert "Reviews" in page
    assert "/account/data" in browser.get("/account").text
    answer = browser.get("/account/data/copy.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        facts = json.loads(archive.read("your-data.json"))
        readable = archive.read("your-data.html").decode()
        reviews = list(
            csv.DictReader(io.StringIO(archive.read("csv/review.csv").decode("utf-8-sig")))
        )
    assert [row["reviewer_id"] for row in facts["review"]] == [reviewer.id] * len(facts["review"])
    assert len(reviews) == len(facts["review"]) > 0
    assert facts["person"][0]["email"] == reviewer.email
    assert reviewer.name in readable
    whole = json.dumps(facts)
    assert "password_hash" not in whole
    assert "token_hash" not in whole
    assert facts["sign_in"]


def test_another_person_is_in_nobody_elses_copy(session: Session, reviewer: Person) -> None:
    other = staff(session, Role.OBSERVER)
    session.commit()
    tables = {row.table for row in rows_about(session, other)}
    assert tables <= {"person", "membership", "message"}
    assert all(
        row.facts["email"] == other.email
        for row in rows_about(session, other)
        if row.table == "person"
    )
