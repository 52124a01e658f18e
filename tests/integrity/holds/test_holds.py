"""A fund holds payments and applications of an organisation, until another person lifts it."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.drafts.eligibility import obstacles
from grants.applying.submissions.service import submit
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Organisation, Person
from grants.core.people.queries import viewer_of
from grants.deciding.awards.service import approve
from grants.granting.changes.later import take_effect
from grants.granting.changes.models import GrantChange
from grants.granting.changes.service import draw_up_again
from grants.granting.changes.signing import put_in_force
from grants.granting.changes.to_sign import send_amendment
from grants.granting.changes.workflow import ChangeKind, ChangeState
from grants.granting.payments.models import Instalment
from grants.granting.payments.service import approve as approve_payment
from grants.granting.payments.service import certify
from grants.integrity.holds.models import HoldCoverage, OrganisationHold
from grants.integrity.holds.queries import holds_of, to_review
from grants.integrity.holds.service import Terms, lift, place_hold, require_no_hold, review
from grants.integrity.holds.workflow import HoldState
from grants.platform.messages.models import Message
from tests.factories import (
    a_call,
    a_closed_call,
    a_complete_draft,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    money_for_awards,
    terms_for,
    writer_of,
)
from tests.granting.changes.scenes import (
    approved,
    asked_for,
    asked_for_later,
    in_force,
    running_longer,
)
from tests.granting.changes.test_at_once import a_scene, at_once
from tests.granting.changes.test_pages import day, follow, text_of
from tests.granting.changes.test_pages import submit as send
from tests.grants import Scene, a_file, pay, scene
from tests.platform.web.client import SignInAs

__all__ = ["scene"]

REMEDY = "Send the audited accounts of 2025."


def terms(coverage: HoldCoverage = HoldCoverage.BOTH, *, notified: bool = True) -> Terms:
    return Terms(coverage, REMEDY if notified else "", notified, clock.today() + timedelta(30))


def placed(
    scene: Scene, coverage: HoldCoverage = HoldCoverage.BOTH, *, notified: bool = True
) -> OrganisationHold:
    act = act_of(scene.session, scene.people.officer, "The audit is a year late.")
    return place_hold(
        scene.session, scene.organisation, scene.fund, terms(coverage, notified=notified), act
    )


def certified(scene: Scene) -> None:
    certify(scene.session, scene.instalments[0], act_of(scene.session, scene.people.certifier))


@pytest.mark.parametrize("coverage", [HoldCoverage.PAYMENTS, HoldCoverage.BOTH])
def test_nothing_is_certified_while_payments_are_held(scene: Scene, coverage: HoldCoverage) -> None:
    scene.run()
    hold = placed(scene, coverage)
    with pytest.raises(DomainError, match="Send the audited accounts"):
        certified(scene)
    lift(scene.session, hold, act_of(scene.session, scene.people.approver, "They have come."))
    assert hold.state is HoldState.LIFTED
    pay(scene.session, scene.instalments[0], scene.people, clock.today())


def test_a_hold_that_comes_later_stops_the_payment_of_what_was_certified(scene: Scene) -> None:
    scene.run()
    certified(scene)
    placed(scene)
    approver = act_of(scene.session, scene.people.approver)
    with pytest.raises(DomainError, match="Send the audited accounts"):
        approve_payment(scene.session, scene.instalments[0], approver)


def test_a_hold_on_applications_alone_pays_what_was_promised(scene: Scene) -> None:
    scene.run()
    placed(scene, HoldCoverage.APPLICATIONS)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())


def test_who_placed_a_hold_does_not_lift_it(scene: Scene) -> None:
    hold = placed(scene)
    with pytest.raises(Forbidden):
        lift(scene.session, hold, act_of(scene.session, scene.people.officer, "Enough."))
    with pytest.raises(Forbidden):
        lift(scene.session, hold, act_of(scene.session, scene.people.grantee, "Enough."))


def test_the_organisation_reads_what_it_has_to_do(scene: Scene) -> None:
    placed(scene)
    (letter,) = scene.session.scalars(
        select(Message).where(Message.event.startswith("organisation_hold:"))
    )
    assert letter.recipient == scene.people.grantee.email
    assert REMEDY in letter.text
    assert "a year late" not in letter.text


def test_an_untold_hold_is_read_of_nowhere_by_the_organisation(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    placed(scene, HoldCoverage.PAYMENTS, notified=False)
    events = select(Message).where(Message.event.startswith("organisation_hold:"))
    assert not scene.session.scalars(events).all()
    grantee, grant = sign_in_as(scene.people.grantee), f"/grants/{scene.award.reference}"
    for page in (grant, f"{grant}/instalments/1"):
        text = text_of(grantee.get(page))
        assert "on hold since" not in text
        assert "a year late" not in text
    with pytest.raises(DomainError, match="Payments are stopped"):
        certified(scene)


def test_a_hold_on_applications_is_always_told(scene: Scene) -> None:
    with pytest.raises(DomainError, match="Notify the organisation"):
        placed(scene, HoldCoverage.BOTH, notified=False)


def test_a_hold_is_of_one_fund(session: Session, scene: Scene) -> None:
    hold = placed(scene)
    outsider = viewer_of(session, scene.people.grantee.id)
    assert outsider is not None
    assert holds_of(session, scene.organisation.id, outsider) == []
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    act = act_of(session, scene.people.officer)
    require_no_hold(session, scene.organisation, other, act)
    with pytest.raises(DomainError, match="on hold"):
        require_no_hold(session, scene.organisation, hold.fund, act)


def test_no_award_to_an_organisation_on_hold(session: Session, fund: Fund) -> None:
    team = a_team(session)
    money_for_awards(session, fund)
    application = advised(
        session, a_submitted_application(session, a_closed_call(session, fund)), team
    )
    act = act_of(session, team.officer, "Its accounts are late.")
    hold = place_hold(session, application.organisation, fund, terms(), act)
    asked, approver = terms_for(session, application), act_of(session, team.approver)
    with pytest.raises(DomainError, match="on hold"):
        approve(session, application, asked, approver)
    lift(session, hold, act_of(session, team.approver, "They have come."))
    assert approve(session, application, asked, approver)


@pytest.mark.parametrize("coverage", [HoldCoverage.APPLICATIONS, HoldCoverage.BOTH])
def test_no_application_of_an_organisation_on_hold(
    session: Session, fund: Fund, coverage: HoldCoverage
) -> None:
    application = a_complete_draft(session, a_call(session, fund))
    act = act_of(session, a_team(session).officer, "Its accounts are late.")
    place_hold(session, application.organisation, fund, terms(coverage), act)
    with pytest.raises(DomainError, match="Send the audited accounts"):
        submit(session, application, writer_of(session, application))
    (obstacle,) = obstacles(session, application.call, application.organisation, None, application)
    assert obstacle.remedy == REMEDY


def more_money(scene: Scene, day: date) -> GrantChange:
    running_longer(scene)
    ends_on = scene.award.ends_on.isoformat()
    asked = {"amount": "1000.00", "ends_on": ends_on, "from": day.isoformat()}
    return asked_for_later(scene, day, ChangeKind.TOP_UP, **asked)


def test_no_more_money_to_an_organisation_on_hold(scene: Scene) -> None:
    session, manager = scene.session, scene.people.manager
    change = more_money(scene, clock.today() + timedelta(30))
    hold = placed(scene)
    with pytest.raises(DomainError, match="on hold"):
        approved(scene, change)
    lifted = act_of(session, scene.people.approver, "They have come.")
    lift(session, hold, lifted)
    approved(scene, change)
    hold = placed(scene)
    with pytest.raises(DomainError, match="on hold"):
        send_amendment(session, change, "en", act_of(session, manager))
    paper = a_file(session, manager)
    with pytest.raises(DomainError, match="on hold"):
        put_in_force(session, change, clock.today(), paper, act_of(session, manager))
    lift(session, hold, lifted)
    put_in_force(session, change, clock.today(), paper, act_of(session, manager))


def test_money_agreed_for_later_waits_until_the_hold_is_lifted(scene: Scene) -> None:
    session, day = scene.session, clock.today() + timedelta(30)
    change = in_force(scene, more_money(scene, day))
    hold, lifted = placed(scene), act_of(scene.session, scene.people.approver, "They have come.")
    with clock.at(datetime.combine(day, time(12), clock.zone())):
        with pytest.raises(DomainError, match="on hold"):
            take_effect(session, change, Act.by_system("changes"))
        with pytest.raises(DomainError, match="on hold"):
            draw_up_again(session, change, act_of(session, scene.people.officer, "Stuck."))
        lift(session, hold, lifted)
        take_effect(session, change, Act.by_system("changes"))
    assert change.state is ChangeState.IN_FORCE


def test_a_hold_leaves_changes_without_more_money(scene: Scene) -> None:
    running_longer(scene)
    change = asked_for(scene)
    placed(scene)
    assert in_force(scene, change).state is ChangeState.IN_FORCE


def test_a_hold_is_looked_at_again_and_stays_for_a_reason(scene: Scene) -> None:
    hold = placed(scene)
    approver = viewer_of(scene.session, scene.people.approver.id)
    assert approver is not None
    assert scene.session.scalar(to_review(approver)) == 0
    hold.review_on = clock.today()
    scene.session.flush()
    assert scene.session.scalar(to_review(approver)) == 1
    later = clock.today() + timedelta(10)
    review(scene.session, hold, later, act_of(scene.session, scene.people.officer, "Promised."))
    assert (hold.state, hold.review_on) == (HoldState.PLACED, later)
    act = act_of(scene.session, scene.people.officer, "Again.")
    with pytest.raises(DomainError, match="future"):
        review(scene.session, hold, clock.today(), act)


def test_a_hold_is_placed_and_lifted_by_links(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    officer, page = (
        sign_in_as(scene.people.officer),
        f"/due-diligence/organisations/{scene.organisation.code}",
    )
    form = follow(officer, page, "Place a hold")
    typed = {
        "coverage": "both",
        "reason": "The audit is late.",
        "notified": "yes",
        "remedy": REMEDY,
    }
    due = day("review_on", clock.today() + timedelta(9))
    assert send(officer, form, **typed, **due).status_code == 302
    grant = f"/grants/{scene.award.reference}"
    grantee = sign_in_as(scene.people.grantee)
    text = text_of(grantee.get(grant))
    assert REMEDY in text
    assert "The audit is late." not in text
    assert REMEDY in text_of(grantee.get(f"{grant}/instalments/1"))
    assert "The audit is late." in text_of(officer.get(grant))
    approver = sign_in_as(scene.people.approver)
    step = follow(approver, page, "Lift the hold")
    assert send(approver, step, reason="They have come.").status_code == 302
    assert REMEDY not in text_of(grantee.get(grant))


def test_a_hold_and_a_certification_at_once_never_both_unseen(real_database: Database) -> None:
    with real_database.transaction() as session:
        scene = a_scene(session)
        officer, certifier = scene.people.officer.id, scene.people.certifier.id
        house, first = scene.organisation.id, scene.instalments[0].id

    def hold(session: Session) -> None:
        act = act_of(session, session.get_one(Person, officer), "Late.")
        fund = fund_by_code(session, "UNVTF")
        place_hold(session, session.get_one(Organisation, house), fund, terms(), act)

    def certify_first(session: Session) -> None:
        act = act_of(session, session.get_one(Person, certifier))
        certify(session, session.get_one(Instalment, first), act)

    assert at_once(real_database, hold, certify_first) in ([], ["DomainError"])
    with pytest.raises((DomainError, Conflict)), real_database.transaction() as session:
        certify_first(session)


def test_of_two_who_lift_a_hold_at_once_one_does(real_database: Database) -> None:
    with real_database.transaction() as session:
        scene = a_scene(session)
        number, approver = placed(scene).id, scene.people.approver.id

    def end(session: Session) -> None:
        act = act_of(session, session.get_one(Person, approver), "Done.")
        lift(session, session.get_one(OrganisationHold, number), act)

    assert len(at_once(real_database, end, end)) == 1
