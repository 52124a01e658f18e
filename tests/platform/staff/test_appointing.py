"""Who may give and end a role of the fund, with a second person where money is decided on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import RegionalGroup, Service
from grants.core.people.duties import KEPT_APART
from grants.core.people.models import Expertise, Membership, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_fund, people_with, person_by_email, viewer_of
from grants.core.people.role_permissions import GRANTED
from grants.core.people.service import Tenure
from grants.core.people.service import appoint as give
from grants.platform.messages.models import Message
from grants.platform.staff.expertise import Knowledge, describe_expertise
from grants.platform.staff.models import Appointment
from grants.platform.staff.queries import kept_apart, to_confirm
from grants.platform.staff.service import (
    Invitee,
    Office,
    appoint,
    confirm,
    decline,
    end,
    withdraw,
)
from grants.platform.staff.workflow import AppointmentState
from tests.books.ledger.test_concurrency import all_at_once
from tests.factories import a_person, act_of, an_organisation, member, staff

WHY = "Letter of appointment of 2 March."
ADA = Invitee("ada@example.org", "Ada Lovelace")


@pytest.fixture
def first(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR, "First Administrator")


@pytest.fixture
def second(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR, "Second Administrator")


def proposed(session: Session, by: Person, role: Role, fund: Fund | None = None) -> Appointment:
    made = appoint(session, ADA, Office(role, fund), act_of(session, by, WHY))
    assert isinstance(made, Appointment)
    return made


def roles(session: Session, email: str) -> set[Role]:
    person = person_by_email(session, email)
    viewer = viewer_of(session, person.id) if person else None
    return {standing.role for standing in viewer.standings} if viewer else set()


def letters(session: Session, email: str) -> list[str]:
    found = select(Message.subject).where(Message.recipient == email).order_by(Message.id)
    return list(session.scalars(found))


def test_a_role_that_decides_is_held_once_a_second_administrator_has_confirmed_it(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    appointment = proposed(session, first, Role.APPROVING_OFFICER, fund)
    assert roles(session, ADA.email) == set()
    assert letters(session, second.email) == ["Please confirm an appointment: Ada Lovelace"]
    assert session.scalar(to_confirm(act_of(session, second).actor)) == 1
    confirm(session, appointment, act_of(session, second))
    assert roles(session, ADA.email) == {Role.APPROVING_OFFICER}
    assert letters(session, ADA.email) == ["You are appointed: Approving officer"]
    assert session.scalar(to_confirm(act_of(session, second).actor)) == 0


def test_the_person_who_proposed_an_appointment_cannot_confirm_or_decline_it(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    appointment = proposed(session, first, Role.FINANCE_OFFICER, fund)
    for decide in (confirm, decline):
        with pytest.raises(Forbidden, match="different person"):
            decide(session, appointment, act_of(session, first, WHY))
    assert roles(session, ADA.email) == set()
    assert session.scalar(to_confirm(act_of(session, first).actor)) == 0


def test_nobody_gives_themselves_a_role_nor_confirms_their_own(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    own = Invitee(first.email.upper(), "Another name")
    with pytest.raises(Forbidden, match="yourself"):
        appoint(session, own, Office(Role.OBSERVER, fund), act_of(session, first, WHY))
    staff(session, Role.ADMINISTRATOR, "Third Administrator")
    to_second = Invitee(second.email, second.name)
    made = appoint(session, to_second, Office(Role.FUND_MANAGER), act_of(session, first, WHY))
    assert isinstance(made, Appointment)
    with pytest.raises(Forbidden, match="yourself"):
        confirm(session, made, act_of(session, second))


def test_a_fund_manager_gives_roles_of_their_fund_but_makes_no_administrator(
    session: Session, fund: Fund, first: Person
) -> None:
    manager = a_person(session, "Mara Manager")
    give(session, manager, Role.FUND_MANAGER, fund_id=fund.id)
    act = act_of(session, manager, WHY)
    assert isinstance(appoint(session, ADA, Office(Role.REVIEWER, fund), act), Membership)
    for office in (Office(Role.ADMINISTRATOR), Office(Role.REVIEWER)):
        with pytest.raises(Forbidden):
            appoint(session, ADA, office, act)
    officer = appoint(
        session, Invitee("eve@example.org", "Eve"), Office(Role.FINANCE_OFFICER, fund), act
    )
    assert isinstance(officer, Appointment)
    confirm(session, officer, act_of(session, first))
    assert roles(session, "eve@example.org") == {Role.FINANCE_OFFICER}


def test_a_person_without_the_permission_appoints_nobody(session: Session, fund: Fund) -> None:
    for role in Role:
        if Permission.PEOPLE_INVITE in GRANTED[role] or role.value.startswith(("donor", "org")):
            continue
        with pytest.raises(Forbidden):
            appoint(
                session, ADA, Office(Role.OBSERVER, fund), act_of(session, staff(session, role))
            )


def test_without_a_second_administrator_nothing_is_proposed_and_the_way_out_is_named(
    session: Session, fund: Fund, first: Person
) -> None:
    with pytest.raises(DomainError, match="flask admin invite"):
        proposed(session, first, Role.CERTIFYING_OFFICER, fund)
    appoint(
        session,
        Invitee("second@example.org", "Second"),
        Office(Role.ADMINISTRATOR),
        Act.by_system("owner of the installation"),
    )
    assert proposed(session, first, Role.CERTIFYING_OFFICER, fund).state == "proposed"


@pytest.mark.parametrize(("one", "other", "words"), KEPT_APART)
def test_duties_that_are_kept_apart_are_not_joined_in_one_person(
    session: Session, fund: Fund, one: Permission, other: Permission, words: str
) -> None:
    pairs = [
        (a, b)
        for a in Role
        for b in Role
        if one in GRANTED[a] and other in GRANTED[b] and a is not b
    ]
    assert pairs, "no two roles hold these"
    for a, b in pairs:
        assert kept_apart(a, [b]) is not None
        assert kept_apart(b, [a]) is not None


def test_the_refusal_of_a_second_role_says_why(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    confirm(
        session, proposed(session, first, Role.CERTIFYING_OFFICER, fund), act_of(session, second)
    )
    with pytest.raises(DomainError, match="certify a payment and make it") as refusal:
        proposed(session, first, Role.FINANCE_OFFICER, fund)
    assert "Ada Lovelace already has the role “Certifying officer”" in refusal.value.message
    assert isinstance(
        appoint(session, ADA, Office(Role.OBSERVER, fund), act_of(session, first, WHY)), Membership
    )


def test_a_clash_that_arose_after_the_proposal_is_found_at_the_confirmation(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    certifier = proposed(session, first, Role.CERTIFYING_OFFICER, fund)
    payer = proposed(session, first, Role.FINANCE_OFFICER, fund)
    confirm(session, certifier, act_of(session, second))
    with pytest.raises(DomainError, match="certify a payment and make it"):
        confirm(session, payer, act_of(session, second))


def test_a_person_who_acts_for_an_applicant_does_not_screen_applications(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    luz = member(session, an_organisation(session))
    with pytest.raises(DomainError, match="write an application and screen it"):
        appoint(
            session,
            Invitee(luz.email, luz.name),
            Office(Role.PROGRAMME_OFFICER, fund),
            act_of(session, first, WHY),
        )


def test_a_role_gives_nothing_before_its_first_day_nor_after_its_last(
    session: Session, fund: Fund, first: Person
) -> None:
    with clock.at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        tenure = Tenure(date(2026, 4, 1), date(2026, 4, 30))
        appoint(session, ADA, Office(Role.REVIEWER, fund, tenure), act_of(session, first, WHY))
    person = person_by_email(session, ADA.email)
    assert person is not None
    for moment, held in (
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), False),  # still March in Vienna
        (datetime(2026, 3, 31, 22, 1, tzinfo=UTC), True),
        (datetime(2026, 4, 30, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 30, 22, 1, tzinfo=UTC), False),
    ):
        with clock.at(moment):
            viewer = viewer_of(session, person.id)
            assert viewer is not None
            assert viewer.may(Permission.REVIEW_WRITE) is held
            found = people_of_fund(session, Permission.REVIEW_WRITE, fund.id)
            assert (person in found) is held


def test_days_in_the_wrong_order_or_past_are_refused(
    session: Session, fund: Fund, first: Person
) -> None:
    today = clock.today()
    for tenure in (
        Tenure(today + timedelta(2), today + timedelta(1)),
        Tenure(None, today - timedelta(1)),
    ):
        with pytest.raises(DomainError, match="last day"):
            appoint(session, ADA, Office(Role.AUDITOR, fund, tenure), act_of(session, first, WHY))


def test_a_role_whose_last_day_has_passed_can_be_given_again(
    session: Session, fund: Fund, first: Person
) -> None:
    tenure = Tenure(until_on=date(2026, 4, 30))
    with clock.at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        appoint(session, ADA, Office(Role.OBSERVER, fund, tenure), act_of(session, first, WHY))
    appoint(session, ADA, Office(Role.OBSERVER, fund), act_of(session, first, WHY))
    assert roles(session, ADA.email) == {Role.OBSERVER}


def test_only_a_trustee_has_a_regional_group(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    tenure = Tenure(regional_group=RegionalGroup.AFRICAN)
    act = act_of(session, first, WHY)
    with pytest.raises(DomainError, match="regional group"):
        appoint(session, ADA, Office(Role.OBSERVER, fund, tenure), act)
    appointment = appoint(session, ADA, Office(Role.TRUSTEE, fund, tenure), act)
    assert isinstance(appointment, Appointment)
    held = confirm(session, appointment, act_of(session, second))
    assert held.regional_group is RegionalGroup.AFRICAN


def test_an_ended_role_is_gone_at_once_with_its_reason_on_the_trail_and_by_e_mail(
    session: Session, fund: Fund, first: Person
) -> None:
    held = appoint(session, ADA, Office(Role.OBSERVER, fund), act_of(session, first, WHY))
    assert isinstance(held, Membership)
    with pytest.raises(DomainError, match="reason"):
        end(session, held, act_of(session, first))
    end(session, held, act_of(session, first, "Moved to another office."))
    assert roles(session, ADA.email) == set()
    assert letters(session, ADA.email)[-1] == "Your role has ended: Observer"
    row = session.scalars(select(TrailRow).where(TrailRow.action == "end_role")).one()
    assert (row.reason, row.facts["role"], row.actor) == (
        "Moved to another office.",
        "observer",
        first.name,
    )
    with pytest.raises(Conflict):
        end(session, held, act_of(session, first, WHY))


def test_the_last_administrator_stays(session: Session, first: Person) -> None:
    held = first.memberships[0]
    with pytest.raises(DomainError, match="another administrator"):
        end(session, held, act_of(session, first, "Leaving."))
    system = Act.by_system("owner of the installation", "They left.")
    leaving = Tenure(until_on=clock.today() + timedelta(10))
    appoint(session, ADA, Office(Role.ADMINISTRATOR, None, leaving), system)
    with pytest.raises(DomainError, match="another administrator"):
        end(session, held, system)
    appoint(session, ADA, Office(Role.ADMINISTRATOR), system)
    end(session, held, system)
    assert roles(session, ADA.email) == {Role.ADMINISTRATOR}


def test_two_administrators_who_end_each_other_at_once_do_not_both_go(
    real_database: Database,
) -> None:
    with real_database.transaction() as session:
        people = [staff(session, Role.ADMINISTRATOR, name) for name in ("Ann One", "Bob Two")]
        held = [person.memberships[0].id for person in people]
        by = [act_of(session, person, "A quarrel.") for person in people]

    with real_database.transaction() as session:
        proposals = []
        for number in (0, 1):
            proposal = end(session, session.get_one(Membership, held[number]), by[1 - number])
            assert isinstance(proposal, Appointment)
            proposals.append(proposal.id)

    def ending(number: int) -> Callable[[Session], object]:
        """Both were administrators when they agreed to their own end."""
        return lambda session: confirm(
            session, session.get_one(Appointment, proposals[number]), by[number]
        )

    outcomes = all_at_once(real_database, [ending(0), ending(1)])
    assert len({*outcomes}) == 2, outcomes
    with real_database.session() as session:
        assert len(people_with(session, Permission.PEOPLE_CONFIRM)) == 1


@pytest.mark.parametrize("role", [Role.TRUSTEE, Role.AUDITOR, Role.APPROVING_OFFICER])
def test_who_advises_audits_or_decides_is_appointed_and_ended_by_two_persons(
    session: Session, fund: Fund, first: Person, second: Person, role: Role
) -> None:
    manager = staff(session, Role.FUND_MANAGER, "One Manager")
    appointment = proposed(session, manager, role, fund)
    assert roles(session, ADA.email) == set()
    with pytest.raises(Forbidden):
        confirm(session, appointment, act_of(session, manager))
    held = confirm(session, appointment, act_of(session, second))
    assert roles(session, ADA.email) == {role}
    proposal = end(session, held, act_of(session, manager, "No longer wanted."))
    assert isinstance(proposal, Appointment)
    assert roles(session, ADA.email) == {role}
    assert session.execute(to_confirm(act_of(session, first).actor)).scalar() == 1
    with pytest.raises(Conflict, match="awaiting confirmation"):
        end(session, held, act_of(session, first, "Once more."))
    with pytest.raises(Forbidden):
        confirm(session, proposal, act_of(session, manager))
    confirm(session, proposal, act_of(session, first))
    assert roles(session, ADA.email) == set()
    row = session.scalars(select(TrailRow).where(TrailRow.action == "end_role")).one()
    assert (row.reason, row.actor) == ("No longer wanted.", first.name)


def test_a_role_whose_end_is_declined_is_kept(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    held = confirm(session, proposed(session, first, Role.AUDITOR, fund), act_of(session, second))
    proposal = end(session, held, act_of(session, first, "Asks too much."))
    assert isinstance(proposal, Appointment)
    decline(session, proposal, act_of(session, second, "That is what auditors do."))
    assert roles(session, ADA.email) == {Role.AUDITOR}
    assert letters(session, first.email)[-1] == "Role not ended: Ada Lovelace"


def test_an_end_that_was_overtaken_by_the_owner_cannot_be_confirmed(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    held = confirm(session, proposed(session, first, Role.AUDITOR, fund), act_of(session, second))
    proposal = end(session, held, act_of(session, first, "Leaves in May."))
    assert isinstance(proposal, Appointment)
    end(session, held, Act.by_system("owner of the installation", "Left at once."))
    with pytest.raises(Conflict, match="already ended"):
        confirm(session, proposal, act_of(session, second))


def test_declined_and_withdrawn_appointments_give_nothing_and_may_be_proposed_again(
    session: Session, fund: Fund, first: Person, second: Person
) -> None:
    appointment = proposed(session, first, Role.FINANCE_OFFICER, fund)
    with pytest.raises(Conflict):
        proposed(session, first, Role.FINANCE_OFFICER, fund)
    decline(session, appointment, act_of(session, second, "Not cleared yet."))
    with pytest.raises(Conflict):
        confirm(session, appointment, act_of(session, second))
    again = proposed(session, first, Role.FINANCE_OFFICER, fund)
    withdraw(session, again, act_of(session, first, "A typing error."))
    assert again.state is AppointmentState.WITHDRAWN
    assert roles(session, ADA.email) == set()


def test_a_reviewers_expertise_is_noted_on_the_trail(session: Session, first: Person) -> None:
    person = staff(session, Role.REVIEWER)
    knowledge = Knowledge(("fr", "ar"), (RegionalGroup.AFRICAN,), (Service.LEGAL,))
    describe_expertise(session, person, knowledge, act_of(session, first))
    known = session.get_one(Expertise, person.id)
    assert (known.languages, known.regions, known.aid) == (["fr", "ar"], ["african"], ["legal"])
    assert session.scalars(select(TrailRow).where(TrailRow.action == "describe_expertise")).one()
