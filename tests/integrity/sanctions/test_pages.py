"""The list by page and by command, and deciding on matches."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.integrity.sanctions.matching import tell_apart
from grants.integrity.sanctions.models import SanctionsEntry, SanctionsHit, SanctionsList
from grants.integrity.sanctions.service import take_list
from grants.integrity.sanctions.workflow import HitState
from tests.factories import act_of, staff
from tests.integrity.diligence.examined import a_company
from tests.integrity.sanctions.lists import DRAVENKO, a_list, entity
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def officer(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.PROGRAMME_OFFICER))


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _upload(browser: StrictClient, content: bytes) -> str:
    file = {"file": (BytesIO(content), "consolidated.xml")}
    answer = browser.submit(
        "/sanctions/take", file, content_type="multipart/form-data", follow_redirects=True
    )
    return answer.get_data(as_text=True)


def _hit(session: Session) -> SanctionsHit:
    take_list(session, "list.xml", a_list(), Act.by_system("test"))
    a_company(session, "Black Meridian Front")
    session.commit()
    return session.scalars(select(SanctionsHit)).one()


def test_a_list_is_taken_by_its_file(officer: StrictClient, session: Session) -> None:
    assert "No sanctions list has been uploaded yet" in _text(officer, "/sanctions")
    assert "The list is now in force" in _upload(officer, a_list())
    assert "already in force" in _upload(officer, a_list())
    assert session.scalar(select(func.count()).select_from(SanctionsEntry)) == 2


def test_a_faulty_list_is_shown_with_its_faults(officer: StrictClient, session: Session) -> None:
    page = _upload(officer, a_list(entities=[entity(7, "")]))
    assert "consolidated.xml:" in page
    assert "FIRST_NAME: empty; expected a name" in page
    assert session.scalar(select(func.count()).select_from(SanctionsList)) == 0


def test_an_old_list_is_warned_of(officer: StrictClient, session: Session) -> None:
    take_list(session, "list.xml", a_list("2020-01-01T00:00:00Z"), Act.by_system("test"))
    session.commit()
    assert "days old. Upload the latest one." in _text(officer, "/sanctions")
    assert "New sanctions list to upload" in _text(officer, "/start")


def test_a_name_is_looked_up(officer: StrictClient, session: Session) -> None:
    taken = take_list(session, "list.xml", a_list(), Act.by_system("test")).list
    session.commit()
    page = _text(officer, "/sanctions?q=Марек+Дравенко&country=RU")
    assert "TSi.001" in page
    assert "The country is the same." in page
    assert "No matches found on the list." in _text(officer, "/sanctions?q=Ada+Byron")
    assert "MAREK IGOR DRAVENKO" in _text(officer, f"/sanctions/lists/{taken.id}")
    assert officer.get("/sanctions/lists/999999").status_code == 404


def test_a_match_is_decided_for_a_reason(officer: StrictClient, session: Session) -> None:
    hit = _hit(session)
    page = _text(officer, f"/sanctions/matches/{hit.id}")
    assert "Meridian Relief Fund (a.k.a.)" in page
    assert "Propose: this is a different person or entity" in page
    empty = officer.submit(f"/sanctions/matches/{hit.id}/propose", {"reason": " "})
    assert empty.status_code == 200
    officer.submit(f"/sanctions/matches/{hit.id}/propose", {"reason": "Founded in 1873."})
    assert "Confirm: this is" not in _text(officer, f"/sanctions/matches/{hit.id}")
    session.refresh(hit)
    other = act_of(session, staff(session, Role.FUND_MANAGER), "Founded in 1873.")
    tell_apart(session, hit, other)
    session.commit()
    session.refresh(hit)
    assert (hit.state, hit.reason) == (HitState.DIFFERENT, "Founded in 1873.")
    assert "Founded in 1873." in _text(officer, f"/sanctions/matches/{hit.id}")
    assert officer.get(f"/sanctions/matches/{hit.id}/erase").status_code == 404
    officer.submit(f"/sanctions/matches/{hit.id}/reopen", {"reason": "Not so sure."})
    session.refresh(hit)
    assert "Possible match" in _text(officer, "/start")


def test_whoever_only_reads_decides_nothing(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    hit = _hit(session)
    browser = sign_in_as(staff(session, Role.AUDITOR))
    assert "This is a different person or entity" not in _text(
        browser, f"/sanctions/matches/{hit.id}"
    )
    answer = browser.submit(f"/sanctions/matches/{hit.id}/confirm", {"reason": "Me."})
    assert answer.status_code == 403
    assert browser.get("/sanctions/take").status_code == 403
    assert "1 result" in _text(browser, "/sanctions/matches?state=open")


def test_the_command_tells_what_is_new_or_every_fault(app: Flask, tmp_path: Path) -> None:
    runner, file = app.test_cli_runner(), tmp_path / "list.xml"
    file.write_bytes(a_list())
    taken = runner.invoke(args=["import", "sanctions", str(file)])
    assert (taken.exit_code, taken.stdout) == (
        0,
        "list.xml: 2 on the list, 2 new, 0 changed, 0 delisted.\n",
    )
    again = runner.invoke(args=["import", "sanctions", str(file)])
    assert (again.exit_code, again.stdout) == (
        0,
        "list.xml: this list is already in force, nothing has changed.\n",
    )
    file.write_bytes(a_list("2027-01-01T00:00:00Z", [DRAVENKO, DRAVENKO]))
    broken = runner.invoke(args=["import", "sanctions", str(file)])
    assert broken.exit_code == 2
    assert broken.stderr.startswith("list.xml:")
    assert "DATAID: 6900001 already appears on line 4" in broken.stderr
