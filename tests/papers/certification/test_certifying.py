"""Certifying: by whom, when, under which number, and what is kept for good."""

import hashlib
import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate
from grants.books.certificates.queries import certificate_in_force
from grants.books.certificates.service import bytes_of
from grants.books.certificates.verify import CHECKS
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.language import OFFERED, use_language
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.service import appoint
from grants.papers.certification.certifying import certify
from grants.papers.statements.issuing import data, render
from grants.papers.typesetting.paper import Span
from grants.platform.documents.store import Folder
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import act_of, staff
from tests.papers.certification.scene import QUARTER, Quarter, a_quarter
from tests.papers.typesetting.test_pdf import text_of


def test_a_certified_statement_is_numbered_kept_in_every_language_and_says_so(
    quarter: Quarter,
) -> None:
    certificate = quarter.certify()
    year = clock.today().year
    assert certificate.serial == f"UNVTF-C-{year}-0001"
    assert certificate.certified_by == quarter.officer.name
    assert [copy.language for copy in certificate.copies] == sorted(OFFERED)
    for copy in certificate.copies:
        content = bytes_of(copy)
        assert hashlib.sha256(content).hexdigest() == copy.sha256
        assert certificate.serial in text_of(content)
        assert b"Provisional" not in content
    settle(quarter.session)


def test_whoever_asks_for_it_later_gets_the_same_bytes(quarter: Quarter) -> None:
    session = quarter.session
    before = render(session, "fund-statement", "UNVTF", QUARTER)
    assert "Provisional" in text_of(before[1])
    certificate = quarter.certify()
    kept = {copy.language: bytes_of(copy) for copy in certificate.copies}
    with clock.at(clock.now() + timedelta(days=400)):
        for language in OFFERED:
            with use_language(language):
                name, content = render(session, "fund-statement", "unvtf", QUARTER)
            assert content == kept[language]
            assert name == f"fund-statement-{certificate.serial}.pdf"
    other = Span(date(2026, 1, 1), date(2026, 2, 28))
    assert "Provisional" in text_of(render(session, "fund-statement", "UNVTF", other)[1])


def test_the_data_say_whether_they_are_certified(quarter: Quarter) -> None:
    told = json.loads(data(quarter.session, "fund-statement", "UNVTF", QUARTER)[1])
    assert told["status"] == "provisional"
    certificate = quarter.certify()
    again = json.loads(data(quarter.session, "fund-statement", "UNVTF", QUARTER)[1])
    assert (again.pop("status"), again.pop("certificate")) == ("certified", certificate.serial)
    told.pop("status")
    assert again == told


def test_numbers_run_without_gaps_by_fund_and_year_also_after_a_refusal(
    session: Session, quarter: Quarter
) -> None:
    first = quarter.certify()
    with pytest.raises(Conflict), session.begin_nested():
        quarter.certify()
    second = quarter.certify("donor-statement", quarter.donor.code)
    assert [first.number, second.number] == [1, 2]
    with clock.at(clock.now().replace(year=clock.today().year + 1, month=2, day=1)):
        quarter.change_figures()
        assert quarter.certify().number == 1


def test_a_statement_of_a_donor_with_one_fund_is_certified_as_of_that_fund(
    quarter: Quarter,
) -> None:
    certificate = quarter.certify("donor-statement", quarter.donor.code)
    assert certificate.reference == f"{quarter.donor.code}/UNVTF"
    assert certificate.organisation == quarter.donor
    of_all = render(quarter.session, "donor-statement", quarter.donor.code, QUARTER)
    of_one = render(quarter.session, "donor-statement", certificate.reference, QUARTER)
    assert of_all == of_one


def test_certified_again_without_a_change_is_refused(quarter: Quarter) -> None:
    certificate = quarter.certify()
    with pytest.raises(Conflict, match=certificate.serial):
        quarter.certify()


def test_changed_figures_are_certified_anew_and_both_are_kept(quarter: Quarter) -> None:
    first = quarter.certify()
    kept = render(quarter.session, "fund-statement", "UNVTF", QUARTER)
    quarter.change_figures()
    assert render(quarter.session, "fund-statement", "UNVTF", QUARTER) == kept
    second = quarter.certify()
    assert second.supersedes_id == first.id
    assert certificate_in_force(quarter.session, "fund-statement", "UNVTF", QUARTER.code) == second
    assert render(quarter.session, "fund-statement", "UNVTF", QUARTER) != kept
    assert bytes_of(first.copies[1]) == kept[1]
    settle(quarter.session)


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_an_open_month_is_named_and_nothing_is_certified(
    session: Session, fund: Fund, closed: int
) -> None:
    quarter = a_quarter(session, fund, closed=closed)
    with pytest.raises(DomainError, match=f"2026-0{closed + 1}"):
        quarter.certify()
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0


def test_an_open_month_before_the_period_is_in_the_way_too(session: Session, fund: Fund) -> None:
    quarter = a_quarter(session, fund, closed=0)
    from grants.books.ledger import periods

    periods.close(session, fund, date(2026, 3, 1), quarter.act(quarter.finance))
    march = Span(date(2026, 3, 1), date(2026, 3, 31))
    with pytest.raises(DomainError, match="2026-01, 2026-02"):
        certify(session, "fund-statement", "UNVTF", march, quarter.act())


def test_a_period_that_is_not_over_cannot_be_certified(session: Session, fund: Fund) -> None:
    quarter = a_quarter(session, fund)
    with (
        clock.at(datetime(2026, 3, 31, 12, tzinfo=clock.zone())),
        pytest.raises(DomainError, match="not ended"),
    ):
        quarter.certify()


@pytest.mark.parametrize("role", sorted(set(Role) - OUTSIDE - {Role.CERTIFYING_OFFICER}))
def test_only_the_certifying_officer_certifies(quarter: Quarter, role: Role) -> None:
    person = staff(quarter.session, role)
    with pytest.raises(Forbidden):
        certify(quarter.session, "fund-statement", "UNVTF", QUARTER, quarter.act(person))


@pytest.mark.parametrize("did", ["booked", "closed"])
def test_whoever_kept_the_books_of_the_period_does_not_certify_it(
    session: Session, quarter: Quarter, did: str
) -> None:
    person = quarter.finance if did == "closed" else staff(session, Role.FUND_MANAGER)
    appoint(session, person, Role.CERTIFYING_OFFICER)
    with pytest.raises(Forbidden, match="Another person must certify"):
        certify(session, "fund-statement", "UNVTF", QUARTER, act_of(session, person))


def test_an_officer_of_another_fund_does_not_certify(session: Session, quarter: Quarter) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Aid."}))
    person = staff(session, Role.OBSERVER, "Kim Other")
    appoint(session, person, Role.CERTIFYING_OFFICER, fund_id=other.id)
    with pytest.raises(Forbidden):
        certify(session, "fund-statement", "UNVTF", QUARTER, act_of(session, person))


def test_what_is_no_statement_is_not_certified(quarter: Quarter) -> None:
    with pytest.raises(Missing):
        certify(quarter.session, "receipt", "UNVTF-R-2026-0001", None, quarter.act())


@pytest.mark.parametrize("told", [True, False])
def test_the_donor_hears_of_it_if_the_officer_says_so(quarter: Quarter, *, told: bool) -> None:
    session = quarter.session
    certificate = certify(
        session, "donor-statement", quarter.donor.code, QUARTER, quarter.act(), tell_reader=told
    )
    event = f"certificate:{certificate.id}:{quarter.contact.email}"
    letter = session.scalar(select(Message).where(Message.event == event))
    assert (letter is not None) == told
    if letter:
        assert certificate.serial in letter.subject
        assert f"/certified/{certificate.serial}" in letter.text


SAME = "fund_id, year, document, period, certified_on, certified_at, certified_by"
COPIED = f"INSERT INTO certificate (id, {SAME}, number, reference, supersedes_id)"


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE certificate SET certified_by = 'Somebody else'",
        "DELETE FROM certificate",
        "TRUNCATE certificate CASCADE",
        "UPDATE certificate_copy SET facts = '{}'",
        "DELETE FROM certificate_copy",
        f"{COPIED} SELECT id + 1, {SAME}, number + 2, 'X', NULL FROM certificate",
        f"{COPIED} SELECT id + 1, {SAME}, number + 1, reference, NULL FROM certificate",
        f"{COPIED} SELECT id + 1, {SAME}, number + 1, 'X', id FROM certificate",
    ],
)
def test_the_database_itself_keeps_certificates(quarter: Quarter, attack: str) -> None:
    quarter.certify()
    with pytest.raises(DBAPIError), quarter.session.begin_nested():
        quarter.session.execute(text(attack))


def test_a_copy_that_was_lost_or_damaged_is_reported(quarter: Quarter, store: Folder) -> None:
    certificate = quarter.certify()

    def told() -> list[str]:
        return [sentence for check in CHECKS for sentence in check(quarter.session)]

    assert told() == []
    first, second, *_ = (store._place_of(copy.sha256) for copy in certificate.copies)
    first.write_bytes(b"%PDF-1.7 other")
    second.unlink()
    assert len(told()) == 2
    assert all(certificate.serial in sentence for sentence in told())
