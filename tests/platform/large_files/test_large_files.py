"""Files that take longer than a request may: ordered, made by the worker, fetched by who may."""

import io
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants import create_app
from grants.applying.applications.models import Application
from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import usd
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.deciding.interests.models import Interest
from grants.papers.statements.builders.funds import fund as statements_of_funds
from grants.papers.typesetting import source
from grants.platform.documents.store import store
from grants.platform.large_files import making, service
from grants.platform.large_files.jobs import clear_away, note_unmade
from grants.platform.large_files.making import make
from grants.platform.large_files.models import LargeFile
from grants.platform.large_files.queries import FOLDER, place_of
from grants.platform.large_files.service import MOST_OF_VISITORS, MOST_WAITING
from grants.platform.tables import lists
from tests.factories import (
    a_call,
    a_closed_call,
    a_deposit,
    a_signed_pledge,
    a_submission,
    a_submitted_application,
    act_of,
    an_organisation,
    member,
    staff,
)
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, application: Application) -> str:
    """Of a document that counts as long."""
    monkeypatch.setattr(source, "LONG", 0)
    return f"/documents/submission/{application.reference}.pdf"


@pytest.fixture
def manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def ordered(browser: StrictClient, path: str) -> str:
    """Follow a link to a large file and press the button; the page of the order."""
    answer = browser.get(path)
    assert answer.status_code == 302
    assert "Prepare the file" in browser.get(answer.location).text
    assert browser.submit(answer.location).status_code == 303
    return str(answer.location)


def made(app: Flask, session: Session) -> LargeFile:
    """The worker does what was ordered last."""
    number = session.scalar(select(LargeFile.id).order_by(LargeFile.id.desc()))
    assert number
    make(app, number)
    session.expire_all()
    return session.get_one(LargeFile, number)


def test_a_long_document_is_made_once_by_the_worker_and_then_handed_out_at_once(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    path: str,
    manager: Person,
    application: Application,
) -> None:
    browser = sign_in_as(manager)
    page = ordered(browser, path)
    assert "You can leave this page" in browser.get(page).text
    assert made(app, session).size
    shown = browser.get(page).text
    assert "The file is ready" in shown
    assert f"{path}?ready=1" in shown
    assert f"{path}?ready=1" in browser.get("/files").text
    with browser.get(f"{path}?ready=1") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=submission-")
        assert application.reference in text_of(answer.data)
    applicant = sign_in_as(member(session, application.organisation, name="Ana"))
    with applicant.get(path) as again:
        assert again.data == answer.data
    other = sign_in_as(member(session, an_organisation(session, "Other House"), name="Eve"))
    assert other.get(path).status_code == 404
    assert "submission" not in other.get("/files").text


def test_a_file_made_from_what_has_changed_since_is_not_handed_out(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    path: str,
    manager: Person,
    application: Application,
) -> None:
    browser = sign_in_as(manager)
    ordered(browser, path)
    made(app, session)
    application.title = "Another title"
    session.commit()
    answer = browser.get(f"{path}?ready=1")
    assert answer.status_code == 302
    assert "ready" not in parse_qs(urlsplit(answer.location).query)["address"][0]
    page = browser.get(answer.location).text
    assert "have changed since" in page
    assert "Prepare again" in page


def test_what_a_person_may_not_have_any_more_is_neither_made_nor_fetched(
    app: Flask, session: Session, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    browser = sign_in_as(manager)
    ordered(browser, path)
    done = made(app, session)
    session.execute(delete(Membership).where(Membership.person_id == manager.id))
    session.commit()
    assert browser.get(f"{path}?ready=1").status_code == 404
    session.execute(delete(LargeFile))
    late = LargeFile(person_id=manager.id, address=path, language="en", asked_at=clock.now())
    session.add(late)
    session.commit()
    assert "access" in (made(app, session).why or "")
    assert not store().has(place_of(late.id))
    assert done.id != late.id


def test_a_long_workbook_holds_every_row_that_its_reader_may_have(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    application: Application,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 0)
    browser = sign_in_as(manager)
    assert browser.get("/applications?format=csv").mimetype == "text/csv"
    page = ordered(browser, "/applications?format=xlsx&q=")
    address = parse_qs(urlsplit(page).query)["address"][0]
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert application.reference in {cell.value for row in sheet.iter_rows() for cell in row}
    outsider = sign_in_as(member(session, application.organisation, name="Ana"))
    assert outsider.get(f"{address}&ready=1").status_code == 403


def test_in_production_which_answers_to_its_own_host_alone_a_file_is_made_too(
    session: Session,
    database: Database,
    settings: Settings,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_AT_ONCE", -1)
    production = replace(settings, base_url="https://fund.example.org", secret_key="a1b2c3d4e" * 4)
    address = "/ledger/rates?format=xlsx&asked=2026-11-30"
    session.add(
        LargeFile(person_id=manager.id, address=address, language="en", asked_at=clock.now())
    )
    session.commit()
    assert made(create_app(production, database), session).why is None


def test_a_csv_file_that_takes_long_is_made_by_the_worker_too(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    application: Application,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_CELLS", 0)
    browser = sign_in_as(manager)
    page = ordered(browser, "/applications?format=csv&q=")
    address = parse_qs(urlsplit(page).query)["address"][0]
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        assert answer.mimetype == "text/csv"
        assert application.reference in answer.get_data(as_text=True)


def test_a_file_of_what_a_text_finds_is_there_although_more_is_found_by_now(
    app: Flask,
    session: Session,
    fund: Fund,
    sign_in_as: SignInAs,
    application: Application,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_CELLS", 0)
    name = application.organisation.name
    browser = sign_in_as(manager)
    page = ordered(browser, f"/applications?format=csv&q={name.split()[0]}")
    address = parse_qs(urlsplit(page).query)["address"][0]
    assert made(app, session).why is None
    late = a_submitted_application(
        session, a_closed_call(session, fund), an_organisation(session, f"{name} Two")
    )
    with browser.get(f"{address}&ready=1") as answer:
        assert answer.status_code == 200
        found = answer.get_data(as_text=True)
    assert application.reference in found
    assert late.reference not in found
    with browser.get(f"{address}&ready=1".replace(name.split()[0], name.split()[1])) as answer:
        assert answer.status_code == 302, "another text finds no file of this one"


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_a_statement_of_many_pledges_is_made_by_the_worker_and_holds_what_the_books_held(
    app: Flask,
    session: Session,
    fund: Fund,
    sign_in_as: SignInAs,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    monkeypatch.setattr(statements_of_funds, "MANY", 0)
    pledge = a_signed_pledge(session, fund)
    browser = sign_in_as(manager)
    path = f"/documents/contributions/{fund.code}.{ending}"
    assert browser.get(path).status_code == 422, "without a period there is nothing to prepare"
    page = ordered(browser, f"{path}?from=2025-01-01&to=2030-12-31")
    address = parse_qs(urlsplit(page).query)["address"][0]
    a_deposit(session, fund, pledge, usd(70_000))
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        assert answer.status_code == 200
        content = answer.data
    text = content.decode() if ending == "json" else text_of(content)
    assert "700.00" in text
    a_deposit(session, fund, pledge, usd(11_100))
    with browser.get(address) as answer:
        assert answer.data == content
    assert browser.get(f"{path}?from=2025-01-01&to=2030-12-31").status_code == 302
    assert pledge.donor
    outsider = sign_in_as(member(session, pledge.donor, role=Role.DONOR))
    assert outsider.get(address).status_code in {403, 404}


def test_receivables_that_take_long_are_made_by_the_worker_for_those_who_see_the_books(
    app: Flask,
    session: Session,
    fund: Fund,
    sign_in_as: SignInAs,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 0)
    pledge = a_signed_pledge(session, fund)
    browser = sign_in_as(manager)
    path = f"/receivables/{fund.code}?format=xlsx"
    page = ordered(browser, path)
    address = parse_qs(urlsplit(page).query)["address"][0]
    assert f"on-day={clock.today().day}&" in address, "tomorrow it is still of today"
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows()] == ["Pledge", pledge.reference]
    a_deposit(session, fund, pledge, usd(70_000))
    with browser.get(address) as again:
        assert again.data == answer.data, "what the books held when it was made"
    trustee = sign_in_as(staff(session, Role.TRUSTEE))
    assert trustee.get(address).status_code == 403
    assert pledge.donor
    donor = sign_in_as(member(session, pledge.donor, role=Role.DONOR))
    assert donor.get(address).status_code == 403
    assert browser.get(path).status_code == 302, "another file each time that it is asked for"


def test_a_list_made_before_a_conflict_of_interest_is_not_fetched_after_it(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    application: Application,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_CELLS", 0)
    other = a_submission(session, application.call)
    browser = sign_in_as(manager)
    page = ordered(browser, "/applications?format=csv&q=")
    address = parse_qs(urlsplit(page).query)["address"][0]
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        assert answer.status_code == 200
    session.add(
        Interest(
            application=application,
            trustee=manager,
            conflict=True,
            nature="My sister leads it.",
            declared_at=clock.now(),
        )
    )
    session.commit()
    later = browser.get(f"{address}&ready=1")
    assert later.status_code == 302
    assert "changed" in later.location
    assert browser.submit(later.location).status_code == 303
    assert made(app, session).why is None
    with browser.get(f"{address}&ready=1") as answer:
        rows = answer.get_data(as_text=True)
    assert other.reference in rows
    assert application.reference not in rows


def test_a_file_that_was_cancelled_is_not_made(
    app: Flask, session: Session, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    browser = sign_in_as(manager)
    page = ordered(browser, path)
    cancel = f"/files/cancel?{urlsplit(page).query}"
    assert browser.submit(cancel, page=page).status_code == 303
    shown = browser.get(page).text
    assert "You cancelled" in shown
    assert "Prepare again" in shown
    number = made(app, session).id
    assert not store().has(place_of(number))
    browser.submit(page)
    assert made(app, session).size
    assert browser.submit(cancel, page="/files/prepare?address=/calls").status_code == 303
    assert "The file is ready" in browser.get(page).text


def test_cancelling_makes_no_room_for_ever_more_orders(session: Session, manager: Person) -> None:
    act = act_of(session, manager)
    for number in range(MOST_WAITING):
        service.order(session, f"/calls?page={number}", "en", act)
        service.cancel(session, f"/calls?page={number}", "en", act)
    with pytest.raises(DomainError, match="being prepared"):
        service.order(session, "/calls?page=9", "en", act)
    later = replace(act, at=act.at + timedelta(minutes=3))
    assert service.order(session, "/calls?page=9", "en", later).is_waiting


def test_one_visitor_does_not_hold_the_orders_of_all(session: Session) -> None:
    visitor = Act(VISITOR, None)

    def order(number: int, network: str) -> bool:
        return service.order(session, f"/calls?page={number}", "en", visitor, network).is_waiting

    for number in range(MOST_WAITING):
        assert order(number, "192.0.2.0/24")
    with pytest.raises(DomainError, match="being prepared"):
        order(99, "192.0.2.0/24")
    for number in range(MOST_WAITING, MOST_OF_VISITORS):
        assert order(number, f"198.51.{number}.0/24")
    with pytest.raises(DomainError, match="being prepared"):
        order(99, "203.0.113.0/24")


def test_a_visitor_cancels_nothing_for_other_visitors(
    client: StrictClient, session: Session
) -> None:
    visitor = Act(VISITOR, None)
    waits = service.order(session, "/calls", "en", visitor)
    service.cancel(session, "/calls", "en", visitor)
    session.commit()
    assert waits.is_waiting
    assert "Cancel" not in client.get("/files/prepare?address=/calls").text


def test_a_file_that_is_cancelled_while_it_is_made_leaves_nothing(
    app: Flask,
    session: Session,
    sign_in_as: SignInAs,
    application: Application,
    manager: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lists, "MOST_CELLS", 0)
    monkeypatch.setattr(making, "EVERY", -1.0)

    def cancelled(*_facts: object) -> None:
        raise service.NotWanted

    monkeypatch.setattr(service, "note_progress", cancelled)
    ordered(sign_in_as(manager), "/applications?format=csv")
    order = made(app, session)
    assert "You cancelled" in (order.why or "")
    assert not list(store().entries(FOLDER))


def test_what_is_made_at_the_moment_in_which_it_is_cancelled_stays_cancelled(
    session: Session, manager: Person
) -> None:
    order = LargeFile(person_id=manager.id, address="/calls", language="en", asked_at=clock.now())
    session.add(order)
    session.flush()
    service.note_failure(session, order, "cancelled")
    with pytest.raises(service.NotWanted):
        service.note_progress(session, order.id, 1, 2)
    assert not service.note_made(
        session, order, service.ReadyFile("0" * 64, "a.csv", "text/csv", 1)
    )
    service.note_failure(session, order, "too late")
    assert order.why == "cancelled"


def test_only_addresses_of_this_service_are_ordered(
    session: Session, sign_in_as: SignInAs, manager: Person
) -> None:
    browser = sign_in_as(manager)
    assert browser.get("/files/prepare").status_code == 302
    for address in ("//evil.example/calls", "https://evil.example/", "/nowhere", "/\\evil"):
        assert browser.get("/files/prepare", query_string={"address": address}).status_code == 404


def test_a_page_that_is_no_large_file_is_not_kept(
    app: Flask, session: Session, manager: Person
) -> None:
    session.add(
        LargeFile(person_id=manager.id, address="/calls", language="en", asked_at=clock.now())
    )
    session.commit()
    assert "Open it directly" in (made(app, session).why or "")


def test_a_file_is_ordered_once_and_only_some_at_a_time(
    session: Session, sign_in_as: SignInAs, path: str, manager: Person
) -> None:
    browser = sign_in_as(manager)
    page = ordered(browser, path)
    token = browser.get("/files/prepare", query_string={"address": "/calls"})
    assert token.status_code == 200
    for _time in range(2):
        browser.submit(page, page="/files/prepare?address=/calls")
    assert len(session.scalars(select(LargeFile)).all()) == 1
    for number in range(MOST_WAITING - 1):
        browser.submit(f"/files/prepare?address=/calls?q={number}")
    refused = browser.submit("/files/prepare?address=/calls")
    assert "Other files are being prepared" in refused.text
    assert len(session.scalars(select(LargeFile)).all()) == MOST_WAITING


def test_a_process_that_ends_without_a_file_is_told_and_after_a_week_all_is_gone(
    app: Flask,
    session: Session,
    database: Database,
    sign_in_as: SignInAs,
    path: str,
    manager: Person,
) -> None:
    browser = sign_in_as(manager)
    page = ordered(browser, path)
    first = session.scalars(select(LargeFile.id)).one()
    note_unmade(database, first)
    assert "could not be prepared" in browser.get(page).text
    browser.submit(page)
    kept = made(app, session)
    note_unmade(database, kept.id)
    assert store().has(place_of(kept.id))
    clear_away(database)
    assert store().has(place_of(kept.id))
    with clock.at(clock.now() + timedelta(days=8)):
        clear_away(database)
    assert not store().has(place_of(kept.id))
    assert browser.get(path).status_code == 302
