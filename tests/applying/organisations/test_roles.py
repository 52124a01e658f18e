"""What each role within an organisation may do: read, write, submit and sign, look after people."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.drafts import service as drafts
from grants.applying.organisations import service
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import OF_APPLICANTS, Permission, Role
from grants.core.people.queries import members, viewer_of
from grants.platform.messages.models import Message
from tests.factories import a_call, act_of, an_organisation, member
from tests.grants import Scene, a_running_grant
from tests.platform.web.client import SignInAs

READER, SIGNATORY = Role.ORGANISATION_READER, Role.ORGANISATION_SIGNATORY


@pytest.fixture
def house(session: Session) -> Organisation:
    return an_organisation(session)


@pytest.fixture
def people(session: Session, house: Organisation) -> dict[Role, Person]:
    """One person of each role."""
    return {role: member(session, house, role, f"As {role.value}") for role in OF_APPLICANTS}


def test_each_role_may_do_what_the_one_before_it_may_and_more(
    session: Session, people: dict[Role, Person]
) -> None:
    asked = (
        Permission.APPLICATION_READ,
        Permission.APPLICATION_WRITE,
        Permission.APPLICATION_SUBMIT,
        Permission.ORGANISATION_EDIT,
    )
    may = {role: [act_of(session, one).actor.may(p) for p in asked] for role, one in people.items()}
    assert may == {
        Role.ORGANISATION_READER: [True, False, False, False],
        Role.ORGANISATION_EDITOR: [True, True, False, False],
        Role.ORGANISATION_SIGNATORY: [True, True, True, False],
        Role.ORGANISATION_ADMIN: [True, True, True, True],
    }


def test_a_reader_reads_a_draft_and_can_change_nothing(
    session: Session,
    house: Organisation,
    people: dict[Role, Person],
    fund: Fund,
    sign_in_as: SignInAs,
) -> None:
    call = a_call(session, fund)
    draft = drafts.start(session, call, house, act_of(session, people[Role.ORGANISATION_ADMIN]))
    browser = sign_in_as(people[READER])
    assert draft.reference in browser.get("/applying").text
    page = browser.get(f"/applying/{draft.reference}")
    assert page.status_code == 200
    for text in ('/sections/organisation"', "/check", "/withdraw", "was not submitted"):
        assert text not in page.text
    section = call.questionnaire.sections[0].key
    written = f"/applying/{draft.reference}/sections/{section}"
    for address in (written, f"/applying/{draft.reference}/check"):
        assert browser.get(address).status_code == 403
    for address in (f"{written}/autosave", f"/applying/{draft.reference}/submit", written):
        assert browser.post(address).status_code in (400, 403)
    reader = act_of(session, people[READER])
    with pytest.raises(Forbidden):
        drafts.save_section(session, draft, section, {}, 0, reader)
    with pytest.raises(Forbidden):
        drafts.start(session, call, house, reader)
    for path in ("profile", "invite", "papers/new", "verification/ask"):
        assert browser.get(f"/organisations/{house.code}/{path}").status_code == 403


def test_a_reader_reads_a_grant_but_no_bank_details_and_writes_no_report(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    a_running_grant(scene.session, scene.award, scene.people.manager)
    browser = sign_in_as(member(scene.session, scene.organisation, READER, "Rosa Reads"))
    page = browser.get(f"/grants/{scene.award.reference}")
    assert page.status_code == 200
    assert "Write the report" not in page.text
    assert scene.award.reference in browser.get("/grants").text
    details = browser.get(f"/grants/{scene.award.reference}/bank-details")
    assert scene.organisation.name not in details.text or "…" not in details.text
    write = f"/grants/{scene.award.reference}/reports/1/write"
    assert browser.get(write).status_code in (403, 404)


def test_a_signatory_states_bank_details_and_does_not_look_after_people(
    session: Session, house: Organisation, people: dict[Role, Person], sign_in_as: SignInAs
) -> None:
    assert act_of(session, people[SIGNATORY]).actor.may(Permission.PAYEE_REQUEST)
    browser = sign_in_as(people[SIGNATORY])
    assert browser.get(f"/organisations/{house.code}/invite").status_code == 403
    with pytest.raises(Forbidden):
        service.invite(
            session,
            house,
            "Eva",
            "eva@example.org",
            Role.ORGANISATION_EDITOR,
            act_of(session, people[SIGNATORY]),
        )


def test_an_administrator_hands_over_and_a_reader_leaves(
    session: Session, house: Organisation, people: dict[Role, Person]
) -> None:
    admin = act_of(session, people[Role.ORGANISATION_ADMIN])
    row = {one.role: one for one in members(session, house.id)}
    service.change_role(session, house, row[SIGNATORY].id, Role.ORGANISATION_ADMIN, admin)
    service.change_role(session, house, row[Role.ORGANISATION_ADMIN].id, READER, admin)
    told = {letter.recipient: letter for letter in session.scalars(select(Message))}
    assert people[Role.ORGANISATION_ADMIN].email not in told, "who hands over knows it"
    letter = told[people[SIGNATORY].email]
    assert "this role: Administrator of the organisation." in letter.text
    assert f"/organisations/{house.code}\n" in letter.text
    successor = act_of(session, people[SIGNATORY])
    with pytest.raises(DomainError, match="Choose a role within"):
        service.change_role(session, house, row[READER].id, Role.REVIEWER, successor)
    service.end_membership(session, house, row[READER].id, act_of(session, people[READER]))
    gone = viewer_of(session, people[READER].id)
    assert gone is not None
    assert house.id not in gone.organisation_ids
    former = act_of(session, people[Role.ORGANISATION_ADMIN])
    assert not former.actor.may(Permission.ORGANISATION_EDIT)


def test_one_person_has_another_role_in_another_organisation(
    session: Session, house: Organisation, people: dict[Role, Person], fund: Fund
) -> None:
    other = an_organisation(session, "Dom nadezhdy", "UA")
    name = f"As {Role.ORGANISATION_READER.value}"
    assert member(session, other, Role.ORGANISATION_EDITOR, name) == people[READER]
    both = act_of(session, people[READER])
    call = a_call(session, fund)
    assert drafts.start(session, call, other, both).organisation_id == other.id
    with pytest.raises(Forbidden):
        drafts.start(session, call, house, both)
