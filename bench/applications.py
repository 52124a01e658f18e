"""Pages under load of data: the public page, a list of applications, a save; at three sizes.

In one process, one request after the other, over a real PostgreSQL: what a page costs the server.
"""

from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import text

from bench._stand import (
    analyse,
    cookie_for,
    installation,
    megabytes,
    milliseconds,
    row,
    show,
)
from grants.applying.applications.models import Application
from grants.applying.calls.service import Rules, draft_call, open_call
from grants.applying.drafts.service import save_section, start
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person

SIZES = (1_000, 10_000, 100_000)

ORGANISATIONS = """
    INSERT INTO organisation (id, code, name, other_names, key_persons, budgets, safeguards,
        referees, kind, country, survivor_led, public_name)
    SELECT n, 'ORG-' || n, 'Organisation ' || n, '[]', '[]', '[]', '{}', '[]', 'ngo', 'KE', false,
        true
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
"""
APPLICATIONS = """
    INSERT INTO application (id, reference, fund_id, call_id, organisation_id, state, title,
        country, requested_minor, language, begun_at, submitted_at, version)
    SELECT n, 'BENCH-' || n, :fund, :call, n, 'submitted', 'Shelter number ' || n, 'KE',
        1500000, 'en', now(), now(), 1
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
"""


def prepare(database: Database) -> tuple[Person, int, int]:
    """A manager, an open call, and a draft that its applicant writes."""
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        manager = enter_person(session, "manager@example.org", "Manager")
        appoint(session, manager, Role.FUND_MANAGER)
        viewer = viewer_of(session, manager.id)
        assert viewer is not None
        now = clock.now()
        rules = Rules(
            title={"en": "Bench"},
            summary={"en": "Bench"},
            window="SGP1",
            opens_at=now - timedelta(days=1),
            deadline_at=now + timedelta(days=30),
            envelope_minor=10**9,
            lowest_minor=100,
            highest_minor=10**7,
            months=12,
        )
        call = draft_call(session, fund, rules, Act(viewer))
        open_call(session, call, Act(viewer))
        organisation = enter_organisation(session, "Writer", DonorKind.NGO, "KE")
        draft = start(session, call, organisation, Act.by_system("bench"))
        return manager, call.id, draft.id


def grow(database: Database, fund_id: int, call_id: int, first: int, last: int) -> None:
    with database.begin() as connection:
        span = {"first": first, "last": last}
        connection.execute(text(ORGANISATIONS), span)
        connection.execute(text(APPLICATIONS), {"fund": fund_id, "call": call_id, **span})
    analyse(database)


def get(app: Flask, path: str, headers: dict[str, str]) -> None:
    response = app.test_client(use_cookies=False).get(path, headers=headers)
    assert response.status_code == 200, f"{path}: {response.status}"


def save(database: Database, draft_id: int, turn: list[int]) -> None:
    """One section of a draft, saved as the autosave does."""
    turn[0] += 1
    with database.transaction() as session:
        draft = session.get_one(Application, draft_id)
        typed = {"q_problem": [f"In our region people reach us without papers. {turn[0]}"]}
        act = Act.by_system("bench")
        save_section(session, draft, "problem", typed, turn[0] - 1, act)


def main() -> None:
    rows = []
    with installation() as (app, database):
        manager, call_id, draft_id = prepare(database)
        with database.session() as session:
            fund_id = fund_by_code(session, "UNVTF").id
        headers = cookie_for(app, database, manager)
        turn = [0]
        there = 1_000_000
        for size in SIZES:
            grow(database, fund_id, call_id, there + 1, 1_000_000 + size)
            there = 1_000_000 + size
            for name, act in (
                ("public page", partial(get, app, "/", {})),
                ("list of applications", partial(get, app, "/applications", headers)),
                ("save a section", partial(save, database, draft_id, turn)),
            ):
                rows.append([*row(name, milliseconds(act, 200)), f"{size:,}"])
    show(
        f"Applications ({megabytes()} MB)",
        ["", "p50 ms", "p99 ms", "a second", "applications"],
        rows,
    )


if __name__ == "__main__":
    main()
