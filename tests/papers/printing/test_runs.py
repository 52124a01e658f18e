"""A run ordered on a page: printed by the worker, stopped, gone on with, fetched as a ZIP."""

import csv
import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation
from grants.giving.donors.service import welcome
from grants.papers.printing import jobs, service
from grants.papers.printing.models import StatementRun
from grants.papers.printing.press.folder import JOURNAL
from grants.papers.printing.press.order import Tally
from grants.papers.printing.press.run import Works
from grants.papers.printing.queries import run_for, runs_for
from grants.papers.printing.workflow import RunState
from grants.platform.documents.store import store
from tests.factories import a_person, act_of, staff
from tests.papers.printing.press.conftest import ORDER
from tests.platform.web.client import StrictClient

ROOT = Path(__file__).parents[3]
SignInAs = Callable[[Person], StrictClient]


TYPED = {
    "fund": "*",
    "since-day": "1",
    "since-month": "1",
    "since-year": "2025",
    "until-day": "31",
    "until-month": "12",
    "until-year": "2025",
    "language": "own",
}


def ordered(database: Database) -> int:
    with database.transaction() as session:
        act = act_of(session, staff(session, Role.FINANCE_OFFICER))
        run = service.order(session, None, ORDER.span, None, act)
        jobs.begin(session, run)
        return run.id


def stands(database: Database, number: int) -> StatementRun:
    with database.session() as session:
        return session.get_one(StatementRun, number)


def test_the_worker_prints_a_run_and_the_zip_holds_what_the_manifest_lists(
    works: Works, donors: list[str]
) -> None:
    number = ordered(works.database)
    jobs.work_on(works, number)
    run = stands(works.database, number)
    assert (run.state, run.done, run.total, run.failures) == (RunState.PRINTED, 5, 5, [])
    assert run.ended_at is not None
    with store().open(jobs.bundle_of(number)) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        lines = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
        assert [line["donor"] for line in lines] == donors
        for line in lines:
            assert hashlib.sha256(archive.read(line["file"])).hexdigest() == line["sha256"]
        assert len(archive.namelist()) == 6
    assert not jobs.folder_of(works.settings, number).exists()


def test_a_run_that_is_stopped_ends_soon_and_goes_on_where_it_was(
    works: Works, donors: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ordered(works.database)
    monkeypatch.setattr(jobs, "EVERY", 0.0)
    noted = service.record_progress

    def stop_at_two(session: Session, number: int, tally: Tally) -> None:
        if tally.done == 2:
            with works.database.transaction() as beside:
                act = act_of(beside, staff(beside, Role.FINANCE_OFFICER))
                service.cancel(beside, beside.get_one(StatementRun, number), act)
        noted(session, number, tally)

    monkeypatch.setattr(service, "record_progress", stop_at_two)
    jobs.work_on(works, number)
    jobs.work_on(works, number)
    run = stands(works.database, number)
    assert (run.state, run.done, run.total) == (RunState.CANCELLED, 2, 5)

    monkeypatch.setattr(service, "record_progress", noted)
    with works.database.transaction() as session:
        act = act_of(session, staff(session, Role.FINANCE_OFFICER))
        service.resume(session, session.get_one(StatementRun, number), act)
    jobs.work_on(works, number)
    run = stands(works.database, number)
    assert (run.state, run.done, run.total) == (RunState.PRINTED, 5, 5)


def test_a_run_that_cannot_go_on_says_why_and_can_be_resumed(
    works: Works, donors: list[str]
) -> None:
    number = ordered(works.database)
    place = jobs.folder_of(works.settings, number)
    place.parent.mkdir(parents=True)
    place.write_text("in the way")
    jobs.work_on(works, number)
    assert stands(works.database, number).state is RunState.STUCK
    with works.database.session() as session:
        query = text("SELECT reason FROM trail WHERE subject = 'statement_run' AND action = :deed")
        reason = session.scalar(query, {"deed": "get_stuck"})
    assert "cannot be written" in str(reason)


def a_worker(database: Database, settings: Settings) -> subprocess.Popen[bytes]:
    told = {
        "DATABASE_URL": database.url,
        "DATA_DIR": str(settings.data_dir),
        "BASE_URL": settings.base_url,
        "SECRET_KEY": str(settings.secret_key),
    }
    command = [sys.executable, "-m", "flask", "worker", "--once"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told})


def test_a_worker_killed_on_the_way_is_followed_by_one_that_prints_the_rest(
    works: Works, donors: list[str]
) -> None:
    with works.database.transaction() as session:
        for place in range(12):
            name = f"Étoile {place}"
            donor = enter_organisation(session, name, DonorKind.NGO, code=f"F-{place}")
            welcome(session, donor, Act.by_system("test"))
    number = ordered(works.database)
    folder = jobs.folder_of(works.settings, number)
    with a_worker(works.database, works.settings) as first:
        deadline = time.monotonic() + 80
        while not (folder / JOURNAL).exists() or (folder / JOURNAL).read_bytes().count(b"\n") < 6:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(first.pid, signal.SIGKILL)
    assert stands(works.database, number).state is RunState.ORDERED
    journal = (folder / JOURNAL).open(encoding="utf-8")  # readable when the folder is gone
    with works.database.begin() as connection:  # half a minute later
        silent = "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1h'"
        connection.execute(text(silent))
    with a_worker(works.database, works.settings) as second, journal:
        assert second.wait(timeout=100) == 0
        told = [line for line in journal if '"donor"' in line]
    run = stands(works.database, number)
    assert (run.state, run.done, run.total) == (RunState.PRINTED, 17, 17)
    assert len(told) <= 17 + 2  # what lay there but was not yet mentioned is made again


def test_only_who_issues_statements_of_every_fund_orders_and_sees_a_run_of_all(
    session: Session, fund: Fund
) -> None:
    other = a_person(session, "Limited")
    appoint(session, other, Role.FINANCE_OFFICER, fund_id=fund.id)
    limited, whole = act_of(session, other), act_of(session, staff(session, Role.FINANCE_OFFICER))
    with pytest.raises(Forbidden):
        service.order(session, None, ORDER.span, None, limited)
    run = service.order(session, None, ORDER.span, None, whole)
    own = service.order(session, fund, ORDER.span, "ar", limited)
    assert session.scalars(runs_for(limited.actor)).all() == [own]
    assert run_for(session, whole.actor, run.id) == run
    with pytest.raises(Missing):
        run_for(session, limited.actor, run.id)
    reviewer = act_of(session, staff(session, Role.REVIEWER))
    with pytest.raises(Forbidden):
        service.order(session, fund, ORDER.span, None, reviewer)


def test_a_run_is_ordered_watched_stopped_and_resumed_on_pages(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    assert "No batches have been produced yet." in browser.get("/statements/runs").text
    answer = browser.submit("/statements/runs/new", TYPED)
    assert answer.status_code == 303
    run = session.scalars(select(StatementRun)).one()
    waiting = text("SELECT args->>'number' FROM procrastinate_jobs WHERE task_name = 'runs.print'")
    assert session.scalars(waiting).all() == [str(run.id)]
    here = f"/statements/runs/{run.id}"
    assert answer.location == here
    page = browser.get(here).text
    assert "Waiting to start" in page
    assert 'data-renew="2"' in page
    assert browser.get(f"{here}/statements.zip").status_code == 404
    assert browser.submit(f"{here}/cancel", page=here).status_code == 303
    page = browser.get(here).text
    assert 'data-renew=""' in page
    assert browser.submit(f"{here}/resume", page=here).status_code == 303
    assert len(session.scalars(waiting).all()) == 2
    assert f'href="{here}"' in browser.get("/statements/runs").text


@pytest.mark.parametrize("wrong", [{"fund": ""}, {"until-year": "2020"}, {"since-day": "soon"}])
def test_what_cannot_be_ordered_is_said_at_its_field(
    session: Session, fund: Fund, sign_in_as: SignInAs, wrong: dict[str, str]
) -> None:
    browser = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    answer = browser.submit("/statements/runs/new", {**TYPED, **wrong})
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert session.scalars(select(StatementRun)).all() == []
