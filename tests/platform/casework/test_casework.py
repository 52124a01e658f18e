"""Owners, remarks and followers of cases: who reads and writes them, and what each is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.audit.undoing import SECONDS
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError, Missing
from grants.core.kernel.taxonomies import InboxMail
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.service import appoint
from grants.deciding.interests.models import Interest
from grants.deciding.screening import service as screening
from grants.deciding.screening.service import Answer
from grants.platform.casework import handover, queries, service
from grants.platform.casework.cases import KINDS, Case, case_for, may_see
from grants.platform.casework.mailing import tell_followers
from grants.platform.casework.models import CaseFollower, CaseOwner, Remark
from grants.platform.casework.wording import what_of
from grants.platform.messages.models import Message
from tests.factories import (
    a_closed_call,
    a_donor,
    a_person,
    a_pledge,
    a_submitted_application,
    act_of,
    an_organisation,
    member,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


def case_numbered(session: Session, kind: str, number: int) -> Case:
    """A case, for anybody."""
    of_kind = next(each for each in KINDS if each.name == kind)
    (case,) = of_kind.find(session, of_kind, [number])
    return case


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submitted_application(session, a_closed_call(session, fund))


@pytest.fixture
def case(session: Session, application: Application) -> Case:
    return case_numbered(session, "application", application.id)


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.PROGRAMME_OFFICER, "Tomas Varga")


@pytest.fixture
def manager(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER, "Ingrid Solvang")


WRITERS = {
    "application": {Role.FUND_MANAGER, Role.PROGRAMME_OFFICER, Role.APPROVING_OFFICER},
    "award": {
        Role.FUND_MANAGER,
        Role.PROGRAMME_OFFICER,
        Role.APPROVING_OFFICER,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
    },
    "pledge": {
        Role.FUND_MANAGER,
        Role.PROGRAMME_OFFICER,
        Role.APPROVING_OFFICER,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
    },
}
WRITERS["bank_line"] = WRITERS["award"]
WRITERS["donor"] = WRITERS["award"] - {Role.CERTIFYING_OFFICER}
WRITERS["organisation"] = WRITERS["application"]


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_colleagues_write_the_auditor_reads_and_no_other_role_knows_of_it(
    session: Session, fund: Fund, kind: str
) -> None:
    of_kind = next(each for each in KINDS if each.name == kind)
    case = Case(of_kind, 1, "R-1", "A case", "portal.start", {})
    people = {role: staff(session, role) for role in Role if role not in OUTSIDE}
    viewers = {role: act_of(session, person).actor for role, person in people.items()}
    writing = {r for r, who in viewers.items() if may_see(who, case, Permission.CASEWORK_WRITE)}
    reading = {role for role, who in viewers.items() if may_see(who, case)}
    assert writing == WRITERS[kind]
    assert reading == writing | {Role.AUDITOR}


def test_a_person_of_the_organisation_a_trustee_and_who_has_a_conflict_read_nothing(
    session: Session, application: Application, case: Case
) -> None:
    applicant = member(session, application.organisation, name="Rosa Lima")
    both = staff(session, Role.PROGRAMME_OFFICER, "Also Applicant")
    appoint(session, both, Role.ORGANISATION_EDITOR, organisation=application.organisation)
    trustee = staff(session, Role.TRUSTEE, "Amadou Diallo")
    sits = staff(session, Role.APPROVING_OFFICER, "Sits Too")
    appoint(session, sits, Role.TRUSTEE)
    conflicted = staff(session, Role.APPROVING_OFFICER, "Has Conflict")
    session.add(
        Interest(
            application_id=application.id,
            trustee_id=conflicted.id,
            conflict=True,
            nature="A cousin works there.",
            declared_at=application.submitted_at,
        )
    )
    session.flush()
    for person in (applicant, both, trustee, sits, conflicted):
        with pytest.raises(Missing):
            case_for(session, act_of(session, person).actor, "application", application.id)
    case = case_numbered(session, "application", application.id)
    with pytest.raises(FundError):
        service.write_remark(session, case, "Mine.", (), act_of(session, conflicted))
    assigner = act_of(session, staff(session, Role.FUND_MANAGER))
    with pytest.raises(DomainError):
        service.assign(session, case, conflicted.id, None, assigner)


def test_a_case_is_assigned_handed_over_and_taken_back(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    act = act_of(session, manager)
    service.assign(session, case, officer.id, None, act)
    assert queries.owner_of(session, case) is officer
    assert [each.id for each in queries.owned_cases(session, act_of(session, officer).actor)] == [
        case.id
    ]
    with pytest.raises(Conflict):
        service.assign(session, case, manager.id, None, act)
    service.assign(session, case, manager.id, officer.id, act_of(session, officer))
    service.assign(session, case, None, manager.id, act)
    assert queries.owner_of(session, case) is None
    (owner,) = session.scalars(select(CaseOwner))
    rows = trail_of(session, "case_owner", owner.id)
    assert [row.facts["person"] for row in rows] == [officer.id, manager.id, None]


class Desk:
    """What three colleagues do with a case, and who should own and follow it afterwards."""

    def __init__(self, session: Session, case: Case) -> None:
        names = ("Ana Lind", "Bo Berg", "Cy Dahl")
        self.session, self.case = session, case
        self.people = [staff(session, Role.PROGRAMME_OFFICER, name).id for name in names]
        self.owner: int | None = None
        self.following: set[int] = set()

    def act(self, person: int) -> Act:
        return act_of(self.session, self.session.get_one(Person, person))

    def assign(self, person: int, other: int) -> None:
        service.assign(self.session, self.case, other, self.owner, self.act(person))
        if other != self.owner:
            self.following |= {person, other}
        self.owner = other

    def take_back(self, person: int, _other: int) -> None:
        service.assign(self.session, self.case, None, self.owner, self.act(person))
        if self.owner is not None:
            self.following.add(person)
        self.owner = None

    def remark(self, person: int, other: int) -> None:
        service.write_remark(self.session, self.case, "See this.", {other}, self.act(person))
        self.following |= {person, other}

    def follow(self, person: int, _other: int) -> None:
        service.follow(self.session, self.case, self.act(person))
        self.following.add(person)

    def stop(self, person: int, _other: int) -> None:
        if person == self.owner:
            with pytest.raises(DomainError):
                service.stop_following(self.session, self.case, self.act(person))
        else:
            service.stop_following(self.session, self.case, self.act(person))
            self.following.discard(person)


KINDS_OF_STEP = ("assign", "take_back", "remark", "follow", "stop")
STEP = st.tuples(st.sampled_from(KINDS_OF_STEP), st.integers(0, 2), st.integers(0, 2))


@given(steps=st.lists(STEP, max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_owns_mentions_or_remarks_follows_and_the_owner_cannot_stop(
    session: Session, case: Case, steps: list[tuple[str, int, int]]
) -> None:
    with session.begin_nested() as saved:
        desk = Desk(session, case)
        for step, person, other in steps:
            getattr(desk, step)(desk.people[person], desk.people[other])
        owner = queries.owner_of(session, case)
        assert (owner.id if owner else None) == desk.owner
        assert {*session.scalars(select(CaseFollower.person_id))} == desk.following
        saved.rollback()


def test_of_two_who_assign_at_once_one_is_told_that_the_owner_has_changed(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        fund = session.get_one(Fund, 1)
        pledge_id = a_pledge(session, fund).id
        people = [staff(session, Role.PROGRAMME_OFFICER, name).id for name in ("An One", "Bo Two")]
    start = Barrier(2)

    def take(person_id: int) -> str:
        start.wait()
        try:
            with real_database.transaction() as session:
                act = act_of(session, session.get_one(Person, person_id))
                service.assign(
                    session, case_numbered(session, "pledge", pledge_id), person_id, None, act
                )
        except Conflict:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, people)) == ["refused", "taken"]


def test_a_remark_withdrawn_soon_is_hidden_later_it_is_marked_and_it_is_never_lost(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    act = act_of(session, officer)
    early = service.write_remark(session, case, "Wrong case.", (), act)
    late = service.write_remark(session, case, "Budget looks low.", (), act)
    with pytest.raises(Forbidden):
        service.withdraw_remark(session, early, case, act_of(session, manager))
    service.withdraw_remark(session, early, case, Act(act.actor, at=act.at + timedelta(minutes=5)))
    service.withdraw_remark(session, late, case, Act(act.actor, at=act.at + timedelta(hours=2)))
    assert queries.is_hidden(early)
    assert not queries.is_hidden(late)
    assert [remark.text for remark in queries.remarks_on(session, case)] == [
        "Budget looks low.",
        "Wrong case.",
    ]
    for text in ("", " ", "x" * (service.LONGEST + 1)):
        with pytest.raises(DomainError):
            service.write_remark(session, case, text, (), act)


def test_an_assignment_is_taken_back_within_ten_seconds_by_the_person_who_made_it(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    act, other = act_of(session, manager), act_of(session, officer)
    service.assign(session, case, manager.id, None, act)
    service.assign(session, case, officer.id, manager.id, act)
    with pytest.raises(Conflict):
        service.undo_assignment(session, case, other)
    with pytest.raises(DomainError, match="too late"):
        service.undo_assignment(
            session, case, Act(act.actor, at=act.at + timedelta(seconds=SECONDS + 1))
        )
    service.undo_assignment(session, case, Act(act.actor, at=act.at + timedelta(seconds=SECONDS)))
    assert queries.owner_of(session, case) == manager
    rows = session.scalars(
        select(TrailRow).where(TrailRow.action == "assign_case").order_by(TrailRow.id)
    )
    assert [row.facts["person"] for row in rows] == [manager.id, officer.id, manager.id]


def test_a_remark_and_its_withdrawal_are_taken_back_within_ten_seconds(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    act = act_of(session, officer)
    later = Act(act.actor, at=act.at + timedelta(seconds=SECONDS + 1))
    remark = service.write_remark(session, case, "Wrong case.", (), act)
    with pytest.raises(DomainError, match="too late"):
        service.undo_remark(session, remark, case, later)
    with pytest.raises(Forbidden):
        service.undo_remark(session, remark, case, act_of(session, manager))
    service.undo_remark(session, remark, case, act)
    assert remark.withdrawn_at == act.at
    with pytest.raises(DomainError, match="too late"):
        service.undo_remark(session, remark, case, later)
    service.undo_remark(session, remark, case, act)
    session.flush()
    rows = session.scalars(
        select(TrailRow).where(TrailRow.subject == "remark").order_by(TrailRow.id)
    )
    assert [row.action for row in rows] == ["write_remark", "withdraw_remark", "restore_remark"]
    assert [each.withdrawn_at for each in queries.remarks_on(session, case)] == [None]


def test_the_message_of_an_act_has_the_button_that_takes_it_back(
    session: Session, application: Application, officer: Person, sign_in_as: SignInAs
) -> None:
    page, base = f"/applications/{application.reference}", f"/cases/application/{application.id}"
    browser = sign_in_as(officer)
    browser.submit(f"{base}/owner", {"owner": officer.id, "before": ""}, page=page)
    shown = browser.get(page).get_data(as_text=True)
    assert f'action="{base}/owner/undo"' in shown
    browser.submit(f"{base}/owner/undo", page=page)
    assert "Undone. The case has its previous owner again." in browser.get(page).get_data(
        as_text=True
    )
    browser.submit(f"{base}/remarks", {"text": "Wrong case."}, page=page)
    number = session.scalars(select(Remark.id)).one()
    assert f'action="/remarks/{number}/undo"' in browser.get(page).get_data(as_text=True)
    browser.submit(f"/remarks/{number}/undo", page=page)
    assert "Wrong case." not in browser.get(page).get_data(as_text=True)


def test_the_inbox_tells_what_others_did_and_keeps_what_was_read(
    session: Session, case: Case, application: Application, officer: Person, manager: Person
) -> None:
    act, reader = act_of(session, manager), act_of(session, officer)
    service.assign(session, case, officer.id, None, act)
    service.write_remark(session, case, "Please look.", {officer.id}, act)
    service.write_remark(session, case, "I have.", (), reader)
    met = {criterion["key"]: Answer(True) for criterion in application.call.eligibility}
    screening.decide(session, application, met, act)
    session.commit()
    events = queries.inbox(session, reader.actor)
    assert [what_of(event, reader.actor) for event in events] == [
        "New status: Eligible",
        "Ingrid Solvang has mentioned you in a remark.",
        "Ingrid Solvang has assigned this case to you.",
    ]
    assert all(event.unread for event in events)
    assert session.scalar(queries.unread_count(reader.actor)) == len(events)
    service.mark_read(session, events[1].place, reader, ("application", application.id))
    session.commit()
    assert [event.unread for event in queries.inbox(session, reader.actor)] == [True, False, False]
    assert session.scalar(queries.unread_count(reader.actor)) == 1
    assert [what_of(event, act.actor) for event in queries.inbox(session, act.actor)] == [
        "Tomas Varga has written a remark."
    ]


def mails_to(session: Session, person: Person) -> list[Message]:
    return [*session.scalars(select(Message).where(Message.person_id == person.id))]


def test_each_is_told_by_e_mail_as_they_chose_and_once_and_never_the_words_of_a_remark(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    chief = staff(session, Role.APPROVING_OFFICER, "Laila Haddad")
    service.choose_mail(session, InboxMail.AT_ONCE, act_of(session, officer))
    service.choose_mail(session, InboxMail.NONE, act_of(session, chief))
    for each in (officer, chief):
        service.follow(session, case, act_of(session, each))
    service.write_remark(session, case, "The director called.", (), act_of(session, manager))
    session.commit()
    assert tell_followers(session, InboxMail.AT_ONCE) == 1
    assert tell_followers(session, InboxMail.AT_ONCE) == 0
    assert tell_followers(session, InboxMail.DAILY) == 0
    (mail,) = mails_to(session, officer)
    assert case.reference in mail.text
    assert "The director called." not in mail.text
    assert not mails_to(session, chief)


def test_who_loses_the_role_reads_nothing_and_is_told_nothing(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    service.choose_mail(session, InboxMail.AT_ONCE, act_of(session, officer))
    service.assign(session, case, officer.id, None, act_of(session, manager))
    session.commit()
    officer.memberships[0].ended_at = clock.now()
    session.commit()
    person = act_of(session, officer).actor
    assert queries.inbox(session, person) == []
    assert queries.owned_cases(session, person) == []
    assert tell_followers(session, InboxMail.AT_ONCE) == 0


def test_a_successor_takes_over_the_cases_of_a_role_that_ends(
    session: Session, case: Case, officer: Person, manager: Person
) -> None:
    service.assign(session, case, officer.id, None, act_of(session, manager))
    (work,) = handover.WORK
    held = officer.memberships[0]
    assert work.count(session, held) == 1
    assert work.hand_over
    assert work.hand_over(session, held, manager, act_of(session, manager, "Leaves.")) == 1
    assert queries.owner_of(session, case) is manager


def test_what_is_said_of_two_records_that_are_one_is_carried_over(
    session: Session, officer: Person, manager: Person
) -> None:
    first, second = an_organisation(session, "Casa Una"), an_organisation(session, "Casa Dos")
    kept, closed = (case_numbered(session, "organisation", each.id) for each in (first, second))
    act = act_of(session, officer)
    service.assign(session, closed, manager.id, None, act)
    service.write_remark(session, closed, "Known since 2019.", (), act)
    service.follow(session, kept, act)
    service.carry_over(session, "organisation", second.id, first.id)
    session.expire_all()
    assert queries.owner_of(session, kept) is manager
    assert [remark.text for remark in queries.remarks_on(session, kept)] == ["Known since 2019."]
    assert {*session.scalars(select(CaseFollower.subject_id))} == {first.id}


def test_the_panel_and_the_inbox_lead_through_a_case(
    session: Session,
    case: Case,
    application: Application,
    officer: Person,
    manager: Person,
    sign_in_as: SignInAs,
) -> None:
    page = f"/applications/{application.reference}"
    browser = sign_in_as(officer)
    base = f"/cases/application/{application.id}"
    browser.submit(f"{base}/owner", {"owner": officer.id, "before": ""}, page=page)
    said = {"text": "Call the referees.", "mention": [manager.id]}
    browser.submit(f"{base}/remarks", said, page=page)
    browser.submit(f"{base}/remarks", {"text": ""}, page=page)
    assert "Write a remark first." in browser.get(page).get_data(as_text=True)
    shown = browser.get(page).get_data(as_text=True)
    assert "Call the referees." in shown
    assert application.reference in browser.get("/my-cases").get_data(as_text=True)
    other = sign_in_as(manager)
    inbox = other.get("/inbox").get_data(as_text=True)
    assert "Tomas Varga has mentioned you in a remark." in inbox
    other.submit("/inbox/mail", {"mail": "at_once"}, page="/inbox")
    number = queries.remarks_on(session, case)[0].id
    assert other.get(f"/remarks/{number}").location.endswith(f"{page}#remark-{number}")
    other.submit("/inbox/read", {"until": 10**9}, page="/inbox")
    assert "You have read everything." in other.get("/inbox").get_data(as_text=True)
    other.submit(f"{base}/follow", {"stop": 1}, page=page)
    browser = sign_in_as(officer)
    browser.submit(f"/remarks/{number}/withdraw", page=page)
    assert "Call the referees." not in browser.get(page).get_data(as_text=True)


def test_an_auditor_reads_what_was_withdrawn_and_writes_nothing(
    session: Session,
    case: Case,
    application: Application,
    officer: Person,
    sign_in_as: SignInAs,
) -> None:
    remark = service.write_remark(session, case, "Not for paper.", (), act_of(session, officer))
    service.withdraw_remark(session, remark, case, act_of(session, officer))
    session.commit()
    auditor: StrictClient = sign_in_as(staff(session, Role.AUDITOR))
    page = auditor.get(f"/applications/{application.reference}").get_data(as_text=True)
    assert "Not for paper." in page
    assert "Add the remark" not in page
    assert auditor.get("/inbox").status_code == 403


def test_the_organisation_reads_nothing_of_it(
    session: Session, case: Case, application: Application, officer: Person, sign_in_as: SignInAs
) -> None:
    act = act_of(session, officer)
    remark = service.write_remark(session, case, "Not for paper.", (), act)
    service.assign(session, case, officer.id, None, act)
    session.commit()
    browser = sign_in_as(member(session, application.organisation))
    for address in (
        f"/applying/{application.reference}",
        f"/organisations/{application.organisation.code}",
        f"/remarks/{remark.id}",
    ):
        page = browser.get(address).get_data(as_text=True)
        assert "Not for paper." not in page
        assert "Owner and remarks" not in page


def test_a_list_is_filtered_by_the_owner_of_its_cases(
    session: Session, fund: Fund, officer: Person, manager: Person, sign_in_as: SignInAs
) -> None:
    donors = (a_donor(session, name) for name in ("Republic of One", "Republic of Two"))
    first, second = (a_pledge(session, fund, donor=donor) for donor in donors)
    act = act_of(session, manager)
    service.assign(session, case_numbered(session, "pledge", first.id), manager.id, None, act)
    service.assign(session, case_numbered(session, "pledge", second.id), officer.id, None, act)
    browser = sign_in_as(officer)
    mine = browser.get("/pledges?owner=mine").get_data(as_text=True)
    assert second.reference in mine
    assert first.reference not in mine
    theirs = browser.get(f"/pledges?owner={manager.id}").get_data(as_text=True)
    assert first.reference in theirs
    assert second.reference not in theirs
    for page in ("applications", "donors", "bank", "awards", "organisations/all"):
        assert browser.get(f"/{page}?owner=mine").status_code == 200


def test_a_person_hands_over_some_or_all_of_their_cases(
    session: Session, fund: Fund, case: Case, officer: Person, sign_in_as: SignInAs
) -> None:
    finance = staff(session, Role.FINANCE_OFFICER, "Meilin Tan")
    pledge = case_numbered(session, "pledge", a_pledge(session, fund).id)
    act = act_of(session, officer)
    for each in (case, pledge):
        service.assign(session, each, officer.id, None, act)
    ticked = {"case": [f"pledge-{pledge.id}", f"application-{case.id}"], "successor": finance.id}
    browser = sign_in_as(officer)
    browser.submit("/my-cases/hand-over", {}, page="/my-cases")
    browser.submit("/my-cases/hand-over", ticked, page="/my-cases")
    session.expire_all()
    owners = [queries.owner_of(session, each) for each in (pledge, case)]
    assert owners == [finance, officer]
    page = browser.get(f"/my-cases?of={finance.id}").get_data(as_text=True)
    assert pledge.reference in page
    assert case.reference not in page


def one_of(session: Session, fund: Fund, name: str, role: Role = Role.PROGRAMME_OFFICER) -> Person:
    """A person with a role in this fund alone."""
    person = a_person(session, name)
    appoint(session, person, role, fund_id=fund.id)
    return person


@pytest.fixture
def other_fund(session: Session) -> Fund:
    return establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))


def test_names_of_people_of_other_funds_are_not_told(
    session: Session, fund: Fund, other_fund: Fund, case: Case, sign_in_as: SignInAs
) -> None:
    names = ("Ana Lind", "Bo Berg", "Cy Dahl")
    reader, colleague, trustee = (one_of(session, fund, name) for name in names)
    stranger = one_of(session, other_fund, "Sten Ulv")
    appoint(session, trustee, Role.TRUSTEE, fund_id=other_fund.id)
    organisation = an_organisation(session, "Casa Una")
    cases = (
        (colleague, case),
        (stranger, case_numbered(session, "pledge", a_pledge(session, other_fund).id)),
        (stranger, case_numbered(session, "organisation", organisation.id)),
    )
    for owner, owned in cases:
        service.assign(session, owned, owner.id, None, act_of(session, owner))
    session.commit()
    applicant = member(session, organisation, name="Rosa Lima")
    session.commit()
    for person, closed in ((reader, (applicant,)), (trustee, (applicant, stranger))):
        browser = sign_in_as(person)
        assert "Bo Berg" in browser.get("/my-cases").get_data(as_text=True)
        assert browser.get(f"/my-cases?of={colleague.id}").status_code == 200
        for address in ("/my-cases", "/applications", "/pledges", "/organisations/all"):
            assert "Sten Ulv" not in browser.get(address).get_data(as_text=True)
        for other in closed:
            answer = browser.get(f"/my-cases?of={other.id}")
            assert answer.status_code == 404
            assert other.name not in answer.get_data(as_text=True)


def test_the_list_of_donors_names_owners_to_nobody_who_sits_on_a_board(
    session: Session, fund: Fund, other_fund: Fund, sign_in_as: SignInAs
) -> None:
    reader, owner, trustee = (
        one_of(session, fund, name) for name in ("An One", "Bo Two", "Cy Tri")
    )
    appoint(session, trustee, Role.TRUSTEE, fund_id=other_fund.id)
    donor = case_numbered(session, "donor", a_donor(session, "Republic of One").id)
    service.assign(session, donor, owner.id, None, act_of(session, owner))
    session.commit()
    for person, is_told in ((reader, True), (trustee, False)):
        page = sign_in_as(person).get("/donors").get_data(as_text=True)
        assert "Republic of One" in page
        assert ("Bo Two" in page) == is_told


def test_who_hands_over_all_cases_of_a_colleague_comes_back_to_their_own(
    session: Session, case: Case, officer: Person, manager: Person, sign_in_as: SignInAs
) -> None:
    service.assign(session, case, officer.id, None, act_of(session, officer))
    session.commit()
    browser, address = sign_in_as(manager), f"/my-cases?of={officer.id}"
    ticked = {"case": f"application-{case.id}", "successor": manager.id}
    answer = browser.submit(f"/my-cases/hand-over?of={officer.id}", ticked, page=address)
    assert answer.location.endswith("/my-cases")
    assert browser.get(address).status_code == 404


def test_the_panel_of_an_organisation_says_that_all_funds_read_it_and_offers_ones_own_colleagues(
    session: Session, fund: Fund, other_fund: Fund, sign_in_as: SignInAs
) -> None:
    reader = one_of(session, fund, "Ana Lind")
    for each, name in ((fund, "Bo Berg"), (other_fund, "Sten Ulv")):
        one_of(session, each, name)
    organisation = an_organisation(session, "Casa Dos")
    session.commit()
    page = sign_in_as(reader).get(f"/organisations/{organisation.code}").get_data(as_text=True)
    assert "Colleagues and auditors of all funds can read the remark." in page
    assert "Bo Berg" in page
    assert "Sten Ulv" not in page


def test_remarks_before_the_newest_are_read_and_withdrawn_too(
    session: Session,
    case: Case,
    application: Application,
    officer: Person,
    sign_in_as: SignInAs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "REMARKS", 2)
    words = ("The first word.", "The second word.", "The third word.")
    act = act_of(session, officer)
    first, second, _third = (service.write_remark(session, case, text, (), act) for text in words)
    session.commit()
    page = f"/applications/{application.reference}"
    browser = sign_in_as(officer)
    shown = browser.get(page).get_data(as_text=True)
    assert [text in shown for text in words] == [False, True, True]
    assert f"{page}?remark={first.id}#casework" in shown
    assert browser.get(f"/remarks/{second.id}").location.endswith(f"{page}#remark-{second.id}")
    assert browser.get(f"{page}?_scheme=x&endpoint=y").status_code == 200
    earlier = f"{page}?remark={first.id}"
    assert browser.get(f"/remarks/{first.id}").location.endswith(f"{earlier}#remark-{first.id}")
    shown = browser.get(earlier).get_data(as_text=True)
    assert [text in shown for text in words] == [True, False, False]
    assert "Earlier remarks" not in shown
    assert f'{page}#casework">Newest remarks' in shown
    browser.submit(f"/remarks/{first.id}/withdraw", page=earlier)
    session.refresh(first)
    assert first.withdrawn_at
