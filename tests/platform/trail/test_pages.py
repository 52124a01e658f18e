"""The page of the trail: what it shows, to whom, and what its filters leave."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.database.db import Base
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint, enter_person
from grants.platform.trail.queries import Criteria, rows_for
from grants.platform.trail.records import KINDS, PAGES, path_to_fund
from grants.platform.trail.words import ACTS
from grants.platform.web.steps import all_workflows
from tests.factories import a_donor, a_pledge, staff
from tests.platform.web.client import SignInAs, StrictClient
from tests.rules.demonstration import Demonstration


@pytest.fixture
def auditor(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.AUDITOR))


def test_an_auditor_finds_who_did_what_to_which_record(
    session: Session, fund: Fund, auditor: StrictClient
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    page = auditor.get("/trail").text
    assert pledge.reference in page
    row = session.scalars(select(TrailRow).where(TrailRow.subject == "pledge")).first()
    assert row is not None
    shown = auditor.get(f"/trail/{row.id}").text
    assert row.actor in shown
    assert "Place in the chain" in shown
    link = session.scalar(text("SELECT hash FROM trail_link WHERE row_id = :id"), {"id": row.id})
    assert link in shown
    assert auditor.get("/trail/999999").status_code == 404


def test_filters_by_person_record_kind_and_day(session: Session, fund: Fund) -> None:
    with clock.at(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)):  # 2 March in Vienna
        first = a_pledge(session, fund)
    second = a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    viewer = viewer_of(session, staff(session, Role.AUDITOR).id)
    assert viewer is not None

    def subjects(**wanted: object) -> set[tuple[str, int]]:
        rows = session.scalars(rows_for(viewer, Criteria(**wanted)))  # type: ignore[arg-type]
        return {(row.subject, row.subject_id) for row in rows}

    assert subjects(record=first.reference) == {("pledge", first.id)}
    assert subjects(record="UNVTF-P-1999-001") == set()
    assert {kind for kind, _id in subjects(kind="pledge")} == {"pledge"}
    day = datetime(2026, 3, 2, tzinfo=UTC).date()
    assert ("pledge", first.id) in subjects(since=day, until=day)
    assert ("pledge", second.id) not in subjects(since=day, until=day)
    actor = session.scalars(
        select(TrailRow.actor).where(TrailRow.subject == "pledge", TrailRow.person_id.is_not(None))
    ).first()
    assert actor is not None
    assert subjects(person=actor[:6])
    assert subjects(person="Nobody of this name") == set()


def test_the_file_holds_every_row_and_no_formula(
    session: Session, fund: Fund, auditor: StrictClient
) -> None:
    a_pledge(session, fund)
    session.commit()
    answer = auditor.get("/trail?format=csv&kind=pledge")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    answer.close()
    number = session.scalars(select(TrailRow.id).where(TrailRow.subject == "pledge")).all()
    assert {int(row["Number in the audit trail"]) for row in rows} == set(number)
    assert {row["Type of record"] for row in rows} == {"pledge"}


def test_hashes_stand_apart_from_what_people_did(
    session: Session, fund: Fund, auditor: StrictClient
) -> None:
    a_pledge(session, fund)
    session.commit()
    session.add(
        TrailRow(
            at=clock.now(), mark="trail", subject="binding", subject_id=0, action="bind", facts={}
        )
    )
    session.commit()
    assert "Records hashed" not in auditor.get("/trail").text
    shown = auditor.get("/trail?kind=binding").text
    assert "Records hashed" in shown
    assert "Hashes of records 0" not in shown


def test_the_trail_of_one_fund_shows_nothing_of_another_or_of_people(
    session: Session, fund: Fund
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    mine, theirs = a_pledge(session, fund), a_pledge(session, other)
    manager = enter_person(session, "mara@example.org", "Mara Manager")
    appoint(session, manager, Role.FUND_MANAGER, fund_id=fund.id)
    viewer = viewer_of(session, manager.id)
    assert viewer is not None
    seen = {(r.subject, r.subject_id) for r in session.scalars(rows_for(viewer, Criteria()))}
    assert ("pledge", mine.id) in seen
    assert ("pledge", theirs.id) not in seen
    assert not {kind for kind, _id in seen} & {"person", "organisation"}


def test_a_record_is_of_the_fund_that_its_keys_lead_to() -> None:
    assert path_to_fund("pledge") == ("fund_id",)
    assert path_to_fund("fund") == ()
    assert path_to_fund("bank_line") == ("bank_account_id", "fund_id")
    assert path_to_fund("person") is None


def test_each_kind_of_record_has_a_table_and_its_page_exists(app: Flask) -> None:
    without = {"binding", "demonstration", "signing_key", "stored_files"}
    assert set(KINDS) - without <= set(Base.metadata.tables)
    assert set(PAGES) <= set(KINDS)
    for kind, (endpoint, argument, column) in PAGES.items():
        rules = list(app.url_map.iter_rules(endpoint))
        assert any(rule.arguments == {argument} for rule in rules), f"{kind}: {endpoint}"
        assert column in Base.metadata.tables[kind].c


def test_each_act_of_the_demonstration_has_its_words(demonstration: Demonstration) -> None:
    workflows = {w.subject.replace(" ", "_"): w for w in all_workflows()}
    with demonstration.database.session() as session:
        done = session.execute(select(TrailRow.subject, TrailRow.action).distinct()).all()
    assert {kind for kind, _action in done} <= set(KINDS), "name the kind of record in KINDS"
    steps = {(kind, step.action) for kind, w in workflows.items() for step in w.steps}
    lost = {action for kind, action in done if (kind, action) not in steps} - set(ACTS)
    assert lost == set(), "say in grants/platform/trail/words.py what they are called"


def test_the_page_is_shut_without_the_permission(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    assert sign_in_as(staff(session, Role.PROGRAMME_OFFICER)).get("/trail").status_code == 403
