"""An organisation is verified by five questions, and learns why when it is not."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations.papers.models import OrganisationPaper, PaperKind
from grants.applying.organisations.verification import service
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.queries import pending_count, state_of
from grants.applying.organisations.verification.questions import CHECKS
from grants.applying.organisations.verification.service import RENEWED, Answer
from grants.applying.organisations.verification.workflow import VerificationState
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.platform.messages.models import Message
from tests.factories import a_document, act_of, an_organisation, member, staff
from tests.platform.web.client import SignInAs

S = VerificationState
PASSING = {check.key: Answer(check.passes, "Public register, today") for check in CHECKS}


@pytest.fixture
def house(session: Session) -> Organisation:
    """An organisation whose profile is complete."""
    house = an_organisation(session)
    house.registration_number, house.registered_on = "HN-77", clock.today()
    house.address = "Calle Real 4, Tegucigalpa"
    house.key_persons = [{"name": "Luz Reyes", "role": "Director"}]
    certificate = OrganisationPaper(
        organisation_id=house.id,
        kind=PaperKind.CERTIFICATE,
        document=a_document(session),
        added_at=clock.now(),
    )
    session.add(certificate)
    session.flush()
    return house


@pytest.fixture
def admin(session: Session, house: Organisation) -> Person:
    return member(session, house)


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.PROGRAMME_OFFICER)


def asked(session: Session, house: Organisation, admin: Person) -> Verification:
    return service.ask(session, house, act_of(session, admin))


def mails(session: Session) -> list[str]:
    query = select(Message.subject).where(Message.event.like("verification:%"))
    return list(session.scalars(query.order_by(Message.id)))


def test_an_organisation_asks_and_is_verified_for_five_years(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    assert state_of(session, house.id) is S.PENDING
    assert session.scalar(pending_count(VISITOR)) == 1
    service.verify(session, found, PASSING, act_of(session, officer))
    assert found.state is S.VERIFIED
    assert found.valid_until is not None
    assert found.valid_until.year == clock.today().year + 5
    assert mails(session) == ["Casa Segura is verified"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_each_of_the_five_answers_can_keep_a_verification_back(
    session: Session, house: Organisation, admin: Person, officer: Person, check: object
) -> None:
    found = asked(session, house, admin)
    key = check.key  # type: ignore[attr-defined]
    wrong = {**PASSING, key: Answer(not PASSING[key].answer, "Register")}
    without = {name: answer for name, answer in PASSING.items() if name != key}
    for answers in (wrong, without):
        with pytest.raises(DomainError, match="Not verified, because of"):
            service.verify(session, found, answers, act_of(session, officer))
    assert state_of(session, house.id) is S.PENDING


def test_a_profile_with_gaps_is_not_sent(
    session: Session, house: Organisation, admin: Person
) -> None:
    house.key_persons, house.address = [], None
    with pytest.raises(DomainError, match="Postal address of the office, Key persons"):
        asked(session, house, admin)


def test_only_an_administrator_of_the_organisation_asks(
    session: Session, house: Organisation, officer: Person
) -> None:
    editor = member(session, house, Role.ORGANISATION_EDITOR, "Eva Paz")
    other = member(session, an_organisation(session, "Other"), name="Olga Other")
    for person in (editor, other, officer):
        with pytest.raises(Forbidden):
            asked(session, house, person)


def test_returned_with_a_reason_it_is_corrected_and_asked_again(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    with pytest.raises(DomainError, match="reason"):
        service.return_(session, found, act_of(session, officer))
    service.return_(session, found, act_of(session, officer, "The certificate has another name."))
    assert found.state is S.RETURNED
    mail = session.scalars(select(Message).where(Message.event.like("verification:%"))).one()
    assert "The certificate has another name." in mail.text
    assert asked(session, house, admin).state is S.PENDING


def test_a_verified_organisation_is_suspended_and_reinstated_until_the_same_day(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    service.verify(session, found, PASSING, act_of(session, officer))
    until = found.valid_until
    service.suspend(session, found, act_of(session, officer, "A press report."))
    assert found.state is S.SUSPENDED
    with pytest.raises(Conflict):
        asked(session, house, admin)
    service.reinstate(session, found, act_of(session, officer, "It is another organisation."))
    assert (found.state, found.valid_until, found.reason) == (S.VERIFIED, until, "")


def test_a_rejected_organisation_cannot_ask_until_the_fund_returns_it(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    service.reject(session, found, act_of(session, officer, "Works for profit."))
    with pytest.raises(Conflict):
        asked(session, house, admin)
    service.return_(session, found, act_of(session, officer, "New statutes were sent."))
    assert asked(session, house, admin).state is S.PENDING


def test_a_verification_is_asked_for_again_only_near_its_end(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    service.verify(session, found, PASSING, act_of(session, officer))
    with pytest.raises(DomainError, match="Ask again when the verification expires"):
        asked(session, house, admin)
    found.valid_until = clock.today() + RENEWED
    assert asked(session, house, admin).state is S.PENDING


def test_nobody_verifies_their_own_organisation_and_other_roles_do_not_at_all(
    session: Session, house: Organisation, admin: Person, officer: Person
) -> None:
    found = asked(session, house, admin)
    for role in (Role.FINANCE_OFFICER, Role.AUDITOR, Role.REVIEWER, Role.TRUSTEE):
        act = act_of(session, staff(session, role, f"As {role.value}"))
        with pytest.raises(Forbidden):
            service.verify(session, found, PASSING, act)
    member(session, house, Role.ORGANISATION_EDITOR, officer.name)
    with pytest.raises(Forbidden, match="act for this organisation"):
        service.verify(session, found, PASSING, act_of(session, officer))


def test_both_sides_do_it_on_the_pages(
    session: Session, house: Organisation, admin: Person, officer: Person, sign_in_as: SignInAs
) -> None:
    page = f"/organisations/{house.code}/verification"
    own, theirs = sign_in_as(admin), sign_in_as(officer)
    assert "Not verified yet" in own.get(f"/organisations/{house.code}").text
    assert own.submit(f"{page}/ask").status_code == 302
    assert "Being checked" in own.get(page).text
    assert "With the fund: verification of your organisation" in own.get("/start").text
    assert house.name in theirs.get("/organisations/verification?state=pending").text
    given = {check.key: "yes" if check.passes else "no" for check in CHECKS}
    notes = {f"{check.key}_note": "Register" for check in CHECKS}
    version = {"version": str(session.scalars(select(Verification.version)).one())}
    refused = theirs.submit(f"{page}/verify", {**given, **notes, **version, "listed": "yes"})
    assert "Not verified, because of" in refused.text
    assert theirs.submit(f"{page}/verify", {**given, **notes, **version}).status_code == 302
    shown = theirs.get(page).text
    assert "Register" in shown
    assert f"{page}/suspend" in shown
    given = {"reason": "A press report."}
    assert theirs.submit(f"{page}/suspend", given).status_code == 302
    assert "A press report." in own.get(page).text
    assert "Register" not in own.get(page).text, "where the fund looked stays with the fund"
