"""Moving in from a page: checked whole, faults by cell, confirmed by another, taken over once."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger import periods
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Forbidden
from grants.core.people.permissions import Role
from grants.desk.moving_in import jobs, service
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_by
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.workflow import ImportState
from grants.platform.documents.service import content_of
from grants.platform.file_checks.checks import Upload
from tests.desk.moving_in.history.folders import EVERYTHING, FILES, swapped
from tests.desk.moving_in.history.packing import packed, workbook
from tests.factories import act_of, staff
from tests.platform.web.client import SignInAs, StrictClient


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def uploaded(browser: StrictClient, content: bytes, name: str = "history.xlsx") -> Any:
    data = {"fund": "UNVTF", "file": (io.BytesIO(content), name)}
    return browser.submit("/moving-in/upload", data, content_type="multipart/form-data")


def the_import(session: Session) -> Import:
    session.expire_all()
    return session.scalars(select(Import)).one()


@pytest.fixture
def manager(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.FUND_MANAGER, "Mara Manager"))


@pytest.fixture
def finance(session: Session, sign_in_as: SignInAs) -> StrictClient:
    return sign_in_as(staff(session, Role.FINANCE_OFFICER, "Finn Finance"))


def entries(session: Session) -> int:
    return session.scalar(select(func.count(Entry.id))) or 0


def test_a_workbook_is_checked_confirmed_by_another_and_taken_over(
    session: Session, database: Database, fund: Fund, manager: StrictClient, finance: StrictClient
) -> None:
    content = workbook()
    page = uploaded(finance, content).location
    handed_in = the_import(session)
    assert "Being checked" in words(finance.get(page).text)
    jobs.work_on(database, handed_in.id)
    assert entries(session) == 0
    checked = words(finance.get(page).text)
    assert "deposits.csv 1 1" in checked
    assert "Another person must confirm what you have uploaded." in checked
    assert "Confirm and import" not in checked
    assert "Confirm and import" in words(manager.get(page).text)
    manager.submit(f"{page}/confirm", page=page)
    jobs.work_on(database, handed_in.id)
    assert the_import(session).state is ImportState.TAKEN_OVER
    told = balances(session, fund).as_json()
    assert {name: told[name] for name in EVERYTHING} == EVERYTHING
    assert content_of(handed_in.document) == content
    actions = [(row.action, row.actor) for row in trail_of(session, "history_import", handed_in.id)]
    assert actions == [
        ("create", "Finn Finance"),
        ("check", "import"),
        ("confirm", "Mara Manager"),
        ("take_over", "import"),
    ]


def test_a_zip_of_csv_files_does_the_same(
    session: Session, database: Database, fund: Fund, finance: StrictClient
) -> None:
    content = packed(**{f"{name}.csv": text for name, text in FILES.items()})
    uploaded(finance, content, "history.zip")
    jobs.work_on(database, the_import(session).id)
    assert the_import(session).state is ImportState.CHECKED


def test_a_fund_that_starts_with_money_brings_in_its_opening_balance_alone(
    session: Session, database: Database, fund: Fund, manager: StrictClient, finance: StrictClient
) -> None:
    head = FILES["other"].splitlines()[0]
    row = "opening_balance,2026-01-01,USD,250000.00,OPEN,"
    page = uploaded(finance, packed(**{"other.csv": f"{head}\n{row}\n"}), "opening.zip").location
    jobs.work_on(database, the_import(session).id)
    assert "Confirm and import" in words(manager.get(page).text)
    manager.submit(f"{page}/confirm", page=page)
    jobs.work_on(database, the_import(session).id)
    assert str(balances(session, fund).cash) == "250000.00"


def test_a_fault_shows_its_row_with_the_cell_marked(
    session: Session, database: Database, finance: StrictClient
) -> None:
    page = uploaded(finance, workbook(deposits_E2=990.001, deposits_B2="P9")).location
    jobs.work_on(database, the_import(session).id)
    html = finance.get(page).text
    shown = words(html)
    assert "Has errors" in shown
    assert "deposits , row 2, column amount" in shown.replace("deposits,", "deposits ,")
    assert "990.001 has too many decimals; expected 2 for EUR" in shown
    marked = re.findall(r"<mark>.*?<bdi>(.*?)</bdi></mark>", html, re.DOTALL)
    assert marked == ["990.001", "P9"]
    assert entries(session) == 0


def test_a_formula_is_shown_as_it_stands_in_its_cell(
    session: Session, database: Database, finance: StrictClient
) -> None:
    page = uploaded(finance, workbook(deposits_E2="=900+90")).location
    jobs.work_on(database, the_import(session).id)
    html = finance.get(page).text
    assert re.findall(r"<mark>.*?<bdi>(.*?)</bdi></mark>", html, re.DOTALL) == ["=900+90"]
    assert "it contains a formula; expected a value" in words(html)


def test_a_fault_against_the_books_is_told_by_cell_too(
    session: Session, database: Database, finance: StrictClient
) -> None:
    wrong = {
        f"{name}.csv": text for name, text in (FILES | swapped("payments", "G1,1", "G1,2")).items()
    }
    page = uploaded(finance, packed(**wrong), "history.zip").location
    jobs.work_on(database, the_import(session).id)
    html = finance.get(page).text
    assert re.findall(r"<mark>.*?<bdi>(.*?)</bdi></mark>", html, re.DOTALL) == ["2"]
    assert "instalment 1 of G1 has not been paid by then" in words(html)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("history.xlsx", b"PK\x03\x04 nothing", "cannot be opened"),
        ("history.zip", packed(**{"letter.txt": "Hello"}), "contains none of these files"),
        ("history.zip", packed(**{"../deposits.csv": FILES["deposits"]}), "cannot be opened"),
        ("history.zip", packed(**{"deposits.csv": b"0" * (101 << 20)}), "too large when unpacked"),
        ("history.xlsm", b"PK\x03\x04", "Choose a file of one of these types"),
        ("history.xlsx", b"", "is empty"),
    ],
)
def test_what_is_no_history_is_refused_on_the_form(
    session: Session, finance: StrictClient, name: str, content: bytes, told: str
) -> None:
    refused = uploaded(finance, content, name)
    assert refused.status_code == 200
    assert told in words(refused.text)
    assert session.scalars(select(Import)).all() == []


def test_nobody_confirms_what_they_uploaded(
    session: Session, fund: Fund, database: Database
) -> None:
    person = staff(session, Role.FUND_MANAGER)
    act = act_of(session, person)
    handed_in = service.upload(session, fund, Upload("h.xlsx", workbook()), act)
    session.commit()
    jobs.work_on(database, handed_in.id)
    with pytest.raises(Forbidden):
        service.confirm(session, the_import(session), act)


def test_an_import_is_taken_over_once_however_often_it_is_run(
    session: Session, database: Database, fund: Fund, manager: StrictClient, finance: StrictClient
) -> None:
    page = uploaded(finance, workbook()).location
    number = the_import(session).id
    jobs.work_on(database, number)
    manager.submit(f"{page}/confirm", page=page)
    jobs.work_on(database, number)
    before = entries(session)
    jobs.work_on(database, number)
    assert entries(session) == before
    assert manager.post(f"{page}/confirm", data=token(manager)).status_code == 409


def token(browser: StrictClient) -> dict[str, str]:
    found = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/moving-in/upload").text
    )
    assert found
    return {"csrf_token": found[1]}


def test_how_far_it_is_is_told_from_its_first_donors_on(session: Session, fund: Fund) -> None:
    heard: list[tuple[int, int]] = []
    given = given_by("history.xlsx", workbook())
    take_over(session, fund.code, given, lambda done, steps: heard.append((done, steps)))
    assert heard == [(number, len(heard)) for number in range(1, len(heard) + 1)]
    assert len(heard) == 9  # donor, organisation, and seven acts with a day


def test_what_changed_between_check_and_confirmation_is_found(
    session: Session, database: Database, fund: Fund, manager: StrictClient, finance: StrictClient
) -> None:
    """The month was closed meanwhile: nothing is taken over, and the page says why."""
    page = uploaded(finance, workbook()).location
    number = the_import(session).id
    jobs.work_on(database, number)
    periods.close(session, fund, periods.parse_month("2024-06"), Act.by_system("test"))
    session.commit()
    manager.submit(f"{page}/confirm", page=page)
    jobs.work_on(database, number)
    assert the_import(session).state is ImportState.FAULTY
    assert entries(session) == 0
    assert "2024-06 is closed" in words(manager.get(page).text)


def test_faulty_and_unwanted_imports_are_discarded(
    session: Session, database: Database, finance: StrictClient
) -> None:
    page = uploaded(finance, workbook(deposits_B2="P9")).location
    jobs.work_on(database, the_import(session).id)
    finance.submit(f"{page}/discard", page=page)
    assert the_import(session).state is ImportState.DISCARDED


def test_templates_are_there_to_fill_in(finance: StrictClient) -> None:
    page = finance.get("/moving-in")
    assert "Bank fees deducted in transit" in words(page.text)
    for name in ("template.xlsx", "template.zip"):
        assert finance.get(f"/moving-in/{name}").data[:2] == b"PK"


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.CERTIFYING_OFFICER])
def test_others_do_not_get_in(session: Session, sign_in_as: SignInAs, role: Role) -> None:
    assert sign_in_as(staff(session, role)).get("/moving-in").status_code == 403
