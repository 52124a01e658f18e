"""No award, no agreement and no payment while a case about the grantee is open."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.profile import KeyPerson
from grants.applying.organisations.service import describe
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.deciding.awards import service as deciding
from grants.granting.agreements.service import sign_agreement
from grants.granting.payments.service import approve, certify, release
from grants.integrity.diligence.grantees import Integrity, integrity_of
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide, revoke
from grants.integrity.sanctions import matching
from grants.integrity.sanctions.models import SanctionsHit, SanctionsWatch
from grants.integrity.sanctions.queries import hits_of
from grants.integrity.sanctions.service import take_list
from tests.factories import (
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    an_organisation,
    member,
    money_for_awards,
    staff,
    terms_for,
)
from tests.grants import Scene, a_file
from tests.integrity.diligence.examined import approver, recommended
from tests.integrity.sanctions.deciding import told_apart
from tests.integrity.sanctions.lists import a_list, entity
from tests.platform.web.client import SignInAs

BY_SYSTEM = Act.by_system("test")
LISTED = "Black Meridian Front"


def _listed_is(session: Session, name: str) -> None:
    take_list(session, "list.xml", a_list(entities=[entity(7, name)]), BY_SYSTEM)


def _hit(session: Session, organisation: Organisation) -> SanctionsHit:
    (hit,) = hits_of(session, organisation.id)
    return hit


def _officer(session: Session, reason: str = "Founded by other people.") -> Act:
    return act_of(session, staff(session, Role.PROGRAMME_OFFICER, "An Examiner"), reason)


def test_no_award_while_a_match_is_open(session: Session, fund: Fund) -> None:
    money_for_awards(session, fund)
    team = a_team(session)
    organisation = an_organisation(session, LISTED)
    application = a_submitted_application(session, a_closed_call(session, fund), organisation)
    advised(session, application, team)
    _listed_is(session, LISTED)
    terms, act = terms_for(session, application), act_of(session, team.approver)
    with pytest.raises(DomainError, match="Possible match on the sanctions list"):
        deciding.approve(session, application, terms, act)
    matching.watch(session, organisation, BY_SYSTEM)
    told_apart(session, _hit(session, organisation))
    assert deciding.approve(session, application, terms, act).reference


def test_no_agreement_while_a_match_is_open(scene: Scene) -> None:
    session, manager = scene.session, scene.people.manager
    _listed_is(session, scene.award.organisation.name)
    told = (clock.today(), a_file(session, manager), act_of(session, manager))
    with pytest.raises(DomainError, match="Possible match"):
        sign_agreement(session, scene.award, *told)


def test_nothing_is_certified_while_a_match_is_open(scene: Scene) -> None:
    running = scene.run()
    _listed_is(running.session, running.award.organisation.name)
    with pytest.raises(DomainError, match="sanctions screening"):
        certify(
            running.session,
            running.instalments[0],
            act_of(running.session, running.people.certifier),
        )


def test_what_was_certified_is_not_released_after_a_new_list(scene: Scene) -> None:
    running = scene.run()
    session, instalment = running.session, running.instalments[0]
    certify(session, instalment, act_of(session, running.people.certifier))
    approve(session, instalment, act_of(session, running.people.approver))
    _listed_is(session, running.award.organisation.name)
    finance = act_of(session, running.people.finance)
    with pytest.raises(DomainError, match="sanctions screening"):
        release(session, instalment, clock.today(), "TT 26 0001", finance)
    organisation = running.award.organisation
    matching.watch(session, organisation, BY_SYSTEM)
    told_apart(session, _hit(session, organisation))
    release(session, instalment, clock.today(), "TT 26 0001", finance)


def test_key_persons_and_former_names_count(session: Session) -> None:
    _listed_is(session, LISTED)
    organisation = an_organisation(session)
    assert integrity_of(session, organisation) is Integrity.CLEAR
    organisation.key_persons = [{"name": "Marek Igor Dravenko", "role": "Treasurer"}]
    assert integrity_of(session, organisation) is Integrity.POSSIBLE
    organisation.key_persons = []
    organisation.other_names = ["Black Meridian Front"]
    assert integrity_of(session, organisation) is Integrity.POSSIBLE
    organisation.other_names = []
    assert integrity_of(session, organisation, ["Марек Дравенко"]) is Integrity.POSSIBLE


def test_without_a_list_the_gate_is_open_and_says_so(session: Session) -> None:
    assert integrity_of(session, an_organisation(session, LISTED)) is Integrity.NO_LIST


def test_a_confirmed_match_is_told_from_a_possible_one(session: Session) -> None:
    _listed_is(session, LISTED)
    organisation = an_organisation(session, LISTED)
    matching.watch(session, organisation, BY_SYSTEM)
    matching.confirm(session, _hit(session, organisation), _officer(session))
    assert integrity_of(session, organisation) is Integrity.LISTED


def test_an_examination_holds_up_a_grant_until_it_is_decided(session: Session, fund: Fund) -> None:
    organisation = an_organisation(session)
    examination = recommended(session, fund, organisation)
    assert integrity_of(session, organisation) is Integrity.EXAMINED
    decide(session, examination, Outcome.CLEAR, approver(session))
    assert integrity_of(session, organisation) is Integrity.CLEAR
    revoke(session, examination, approver(session, "They took part in trafficking."))
    assert integrity_of(session, organisation) is Integrity.REFUSED


def test_a_changed_profile_is_screened_by_the_worker(session: Session) -> None:
    _listed_is(session, LISTED)
    organisation = an_organisation(session)
    matching.watch(session, organisation, BY_SYSTEM)
    profile = profile_of(organisation)
    act = act_of(session, member(session, organisation))
    changed = replace(profile, key_persons=(KeyPerson("Marek Igor Dravenko", "Director"),))
    describe(session, organisation, changed, act)
    assert session.get_one(SanctionsWatch, organisation.id).list_id is None
    assert matching.compare_batch(session) == 1
    assert _hit(session, organisation).ours == "Marek Igor Dravenko"


def test_an_organisation_enters_its_key_persons_and_former_names(
    sign_in_as: SignInAs, session: Session
) -> None:
    organisation = an_organisation(session)
    browser = sign_in_as(member(session, organisation))
    path = f"/organisations/{organisation.code}"
    names = {"name": "Casa Segura", "other_names": "Casa Abierta\n"}
    persons = {"key_persons-0-name": "Luz Reyes", "key_persons-0-role": "Director"}
    browser.submit(f"{path}/profile/name", names)
    browser.submit(f"{path}/profile/people", persons)
    session.refresh(organisation)
    assert organisation.other_names == ["Casa Abierta"]
    assert organisation.key_persons == [{"name": "Luz Reyes", "role": "Director"}]
    page = browser.get(path).get_data(as_text=True)
    assert "Luz Reyes" in page
    assert "Casa Abierta" in page


def test_the_page_of_an_organisation_screens_it_again(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    _listed_is(session, LISTED)
    organisation = an_organisation(session, LISTED)
    session.commit()
    browser = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    path = f"/due-diligence/organisations/{organisation.code}"
    assert "Possible match on the sanctions list" in browser.get(path).get_data(as_text=True)
    assert path in browser.get(f"/organisations/{organisation.code}").get_data(as_text=True)
    browser.submit(path, {})
    assert session.scalars(select(SanctionsHit.organisation_id)).all() == [organisation.id]


def test_who_may_not_resolve_matches_does_not_screen(session: Session) -> None:
    organisation = an_organisation(session)
    with pytest.raises(Forbidden):
        matching.screen_again(session, organisation, act_of(session, staff(session, Role.OBSERVER)))
