"""Who opens a file that is not public is written down, and shown to those who may see it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_of_reference
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import viewer_of
from grants.giving.pledges.models import Pledge
from grants.platform.access_log.queries import Search, openings_for
from grants.platform.documents import opening
from grants.platform.documents.models import Opening
from tests.factories import a_document, a_signed_pledge, act_of, staff
from tests.platform.web.client import SignInAs


@pytest.fixture
def reader(session: Session, fund: Fund) -> Person:
    """A fund manager who may open the signed agreement of a pledge."""
    pledge = a_signed_pledge(session, fund)
    pledge.agreement_document = a_document(session)
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    return manager


def _address(session: Session) -> str:
    reference = session.scalar(text("SELECT reference FROM pledge"))
    return f"/pledges/{reference}/agreement/file"


def test_a_file_that_is_opened_is_in_the_log(
    session: Session, fund: Fund, reader: Person, sign_in_as: SignInAs
) -> None:
    browser, address = sign_in_as(reader), _address(session)
    assert browser.get(address).status_code == 200
    (line,) = session.scalars(select(Opening)).all()
    assert (line.person_id, line.fund_id, line.address) == (reader.id, fund.id, address)
    assert line.document_id is not None
    browser.get(address, headers={"Range": "bytes=0-"})
    assert len(session.scalars(select(Opening)).all()) == 2, "all of it, asked for as a part"
    auditor = sign_in_as(staff(session, Role.AUDITOR))
    assert address in auditor.get("/access-log?format=csv").text
    assert reader.name in auditor.get("/access-log", query_string={"file": "letter"}).text
    assert address not in auditor.get("/access-log", query_string={"file": "budget"}).text
    page = auditor.get(f"/access-log/files/{line.document_id}").text
    assert reader.name in page
    assert "letter.pdf" in page
    assert "Opened by" in auditor.get(address.removesuffix("/agreement/file")).text
    assert auditor.get("/access-log/files/999999").status_code == 404
    assert sign_in_as(reader).get("/access-log").status_code == 403


def test_a_document_that_is_made_of_records_is_in_the_log_and_a_public_one_is_not(
    session: Session, fund: Fund, reader: Person, sign_in_as: SignInAs
) -> None:
    donor = session.scalars(
        select(Organisation).join(Pledge, Pledge.donor_id == Organisation.id)
    ).one()
    browser, year = sign_in_as(reader), clock.today().year
    address = f"/documents/donor-statement/{donor.code}/{fund.code}.json"
    answer = browser.get(f"{address}?from={year}-01-01&to={year}-12-31")
    assert answer.status_code == 200
    line = session.scalars(select(Opening)).one()
    assert (line.document_id, line.fund_id, line.address) == (None, fund.id, address)
    assert fund_of_reference(session, f"some-donor/{fund.code}") == fund.id
    assert fund_of_reference(session, f"{fund.code}X-P-2026-001") is None


def test_a_file_that_cannot_be_logged_does_not_go_out(
    session: Session,
    reader: Person,
    sign_in_as: SignInAs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the disk is full")

    browser, address = sign_in_as(reader), _address(session)
    monkeypatch.setattr("grants.platform.web.downloads.log_opening", fail)
    with pytest.raises(RuntimeError):
        browser.get(address)
    assert session.scalar(select(Opening.id)) is None


def test_a_refused_file_leaves_no_line(
    session: Session, reader: Person, sign_in_as: SignInAs
) -> None:
    assert sign_in_as(staff(session, Role.OBSERVER)).get(_address(session)).status_code == 403
    assert session.scalar(select(Opening.id)) is None


def test_a_line_is_not_changed_and_a_visitor_leaves_none(
    session: Session, fund: Fund, reader: Person
) -> None:
    act = act_of(session, reader)
    opening.log_opening(session, act, "x" * 300, "/" + "y" * 500, fund.id, None)
    line = session.scalars(select(Opening)).one()
    assert (len(line.name), len(line.address)) == (250, 400)
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text("UPDATE document_opening SET name = 'other'"))


def test_an_auditor_of_one_fund_sees_its_lines_alone(
    session: Session, fund: Fund, reader: Person
) -> None:
    now = clock.now()
    rows = [
        {"opened_at": now, "person_id": reader.id, "name": name, "address": "/", "fund_id": number}
        for name, number in (("ours", fund.id), ("an organisation’s", None))
    ]
    session.execute(insert(Opening), rows)
    everywhere = viewer_of(session, staff(session, Role.AUDITOR).id)
    assert everywhere is not None
    here = everywhere.within(fund.id)
    assert here.may(Permission.ACCESS_LOG_SEE)

    def names(viewer: object, **search: object) -> set[str]:
        query = openings_for(viewer, Search(**search))  # type: ignore[arg-type]
        return {line.name for line in session.scalars(query)}

    assert names(here) == {"ours"}
    assert names(everywhere) == {"ours", "an organisation’s"}
    assert names(everywhere, person=reader.email.upper(), since=clock.today()) == names(everywhere)
    assert names(everywhere, until=clock.today() - timedelta(1)) == set()
    assert names(everywhere, person="Nobody") == set()


def test_a_paper_is_named_in_the_language_of_the_reader_of_the_log() -> None:
    paper = Opening(name="Donor statement UNVTF-D-7")
    with use_language("en-XA"):
        assert paper.title == "⟦Donor statement⟧ UNVTF-D-7"
    assert Opening(name="D-7.zip").title == "D-7.zip"
    assert Opening(name="my letter.pdf", document_id=3).title == "my letter.pdf"
