"""A paper goes out, and both sides sign it in the order of the fund."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.service import describe
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.period import change_period
from grants.granting.agreements.queries import schedule_of
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.agreements.to_sign import to_send
from grants.granting.closure.queries import refunds_to_ask, refunds_to_make
from grants.granting.payments.queries import accounts_to_give
from grants.granting.payments.refunds import record_refund
from grants.granting.recovery.service import withdraw
from grants.granting.signing import service
from grants.granting.signing.queries import (
    signing_for_viewer,
    to_clear,
    to_sign_for_fund,
    to_sign_for_grantee,
    with_grantees,
)
from grants.granting.signing.rules import Rules, set_rules
from grants.granting.signing.workflow import Side, SigningState
from grants.platform.documents.service import content_of
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import act_of, an_organisation, member
from tests.granting.recovery.test_requests import ask
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import (
    by,
    counted,
    go_by,
    quick,
    sent,
    sign_for_fund,
    sign_for_grantee,
    steps,
    told,
)
from tests.grants import Scene, a_file, an_accepted_report, pay


@quick
def test_the_grantee_signs_then_the_fund_and_the_grant_begins_to_run(scene: Scene) -> None:
    signing = sent(scene)
    assert (signing.state, signing.turn) == (SigningState.OUT, Side.GRANTEE)
    assert told(scene, "to_sign") == [scene.people.grantee.email]
    sign_for_grantee(scene, signing)
    assert told(scene, "to_sign_for_fund") == [scene.people.manager.email]
    assert scene.award.state is AwardState.APPROVED
    sign_for_fund(scene, signing)
    award = scene.award
    assert (signing.state, award.state) == (SigningState.SIGNED, AwardState.AGREED)
    assert award.agreement_document == signing.signed_document
    assert award.agreement_signed_on == clock.today()
    assert signing.signed_document is not None
    whole = content_of(signing.signed_document)
    assert b"Luz Reyes, Director; Mina Berg, Fund Manager" in whole
    assert len(scene.instalments) > 1
    assert {each.sha256 for each in signing.signatures} == {signing.document.sha256}


@quick
def test_a_fund_may_sign_first_and_the_signatory_puts_the_agreement_in_force(scene: Scene) -> None:
    go_by(scene, first=Side.FUND)
    signing = sent(scene)
    assert told(scene, "to_sign") == []
    with pytest.raises(Conflict, match="the status is"):
        service.require_turn(signing, Side.GRANTEE, by(scene, "grantee"))
    sign_for_fund(scene, signing)
    sign_for_grantee(scene, signing)
    assert scene.award.state is AwardState.AGREED
    rows = trail_of(scene.session, "award", scene.award.id)
    assert rows[-1].action == "countersign" or "countersign" in {row.action for row in rows}


@quick
def test_a_copy_that_no_one_would_check_does_not_put_an_agreement_in_force(scene: Scene) -> None:
    go_by(scene, first=Side.FUND)
    signing = sent(scene)
    sign_for_fund(scene, signing)
    paper = a_file(scene.session, scene.people.grantee)
    how = Signed("Luz Reyes", "Director", Way.UPLOAD, paper)
    with pytest.raises(DomainError, match="Sign online with a code"):
        service.sign(scene.session, signing, how, by(scene, "grantee"))


@quick
def test_nobody_of_the_wrong_side_signs_and_nobody_of_another_organisation(scene: Scene) -> None:
    signing = sent(scene)
    stranger = member(scene.session, an_organisation(scene.session, "BLUE"), name="Ada Stone")
    editor = member(scene.session, scene.organisation, Role.ORGANISATION_EDITOR, "Rosa Diaz")
    for person in (scene.people.manager, scene.people.certifier, stranger, editor):
        with pytest.raises(Forbidden):
            sign_for_grantee(scene, signing, act_of(scene.session, person))
    viewer = viewer_of(scene.session, stranger.id)
    assert viewer is not None
    with pytest.raises(Missing):
        signing_for_viewer(scene.session, scene.award.reference, signing.id, viewer)
    sign_for_grantee(scene, signing)
    for person in (scene.people.grantee, scene.people.approver, scene.people.officer):
        with pytest.raises(Forbidden):
            sign_for_fund(scene, signing, act_of(scene.session, person))


@quick
def test_what_was_sent_out_is_not_changed_and_only_that_is_signed(scene: Scene) -> None:
    session, award = scene.session, scene.award
    paper = a_file(session, scene.people.manager)
    signing = sent(scene)
    for change in (
        lambda: settle_terms(session, award, schedule_of(session, award), by(scene, "manager")),
        lambda: change_period(
            session,
            award,
            award.starts_on,
            award.ends_on + timedelta(9),
            by(scene, "approver", "More time."),
        ),
        lambda: sent(scene),
        lambda: sign_agreement(session, award, clock.today(), paper, by(scene, "manager")),
    ):
        with pytest.raises(Conflict, match="has been sent for signature"):
            change()
    profile = replace(profile_of(scene.organisation), name="Casa Nueva")
    describe(session, scene.organisation, profile, by(scene, "grantee"))
    with pytest.raises(Conflict, match="have changed since it was sent"):
        sign_for_grantee(scene, signing)


@quick
def test_the_database_itself_keeps_what_is_signed(scene: Scene) -> None:
    signing = sent(scene)
    sign_for_grantee(scene, signing)
    for statement in (
        "UPDATE signing SET facts_sha256 = 'x'",
        "DELETE FROM signing",
        "UPDATE signature SET name = 'Another'",
        "DELETE FROM signature",
    ):
        with pytest.raises(DBAPIError, match="never changed"), scene.session.begin_nested():
            scene.session.execute(text(statement))


@quick
def test_legal_clearance_is_a_second_person_s_and_may_be_refused(scene: Scene) -> None:
    go_by(scene, needs_clearance=True)
    signing = sent(scene)
    assert signing.state is SigningState.CLEARANCE
    assert told(scene, "to_clear") == [scene.people.certifier.email]
    assert counted(scene, scene.people.certifier, to_clear) == (1,)
    assert steps(scene)[0] == ("Give legal clearance: agreement", False)
    with pytest.raises(Forbidden):
        service.clear(scene.session, signing, by(scene, "manager"))
    with pytest.raises(Conflict):
        sign_for_grantee(scene, signing)
    why = by(scene, "certifier", "Article 3 names another fund.")
    service.refuse_clearance(scene.session, signing, why)
    assert told(scene, "not_cleared") == [scene.people.manager.email]
    again = sent(scene)
    service.clear(scene.session, again, by(scene, "certifier"))
    assert (again.state, again.turn) == (SigningState.OUT, Side.GRANTEE)


def test_the_rules_of_a_fund_are_its_managers_to_set(scene: Scene) -> None:
    with pytest.raises(DomainError, match="between 0 and 365"):
        go_by(scene, days_to_sign=400)
    with pytest.raises(Forbidden):
        set_rules(scene.session, scene.fund, Rules(), by(scene, "finance"))
    set_rules(scene.session, scene.fund, Rules(), by(scene, "manager"), version=0)
    with pytest.raises(Conflict, match="changed this while"):
        set_rules(scene.session, scene.fund, Rules(), by(scene, "manager"), version=0)


@quick
def test_each_side_sees_whose_turn_it_is(scene: Scene) -> None:
    people = scene.people
    theirs, ours = (
        (to_sign_for_grantee, accounts_to_give),
        (to_send, to_sign_for_fund, with_grantees),
    )
    assert steps(scene) == [
        ("Accept the award", True),
        ("Prepare the agreement and send it for signature", False),
        ("Give the bank details", True),
    ]
    assert counted(scene, people.grantee, *theirs) == (0, 1)
    assert counted(scene, people.manager, *ours) == (1, 0, 0)
    signing = sent(scene)
    assert steps(scene)[0] == ("Sign the agreement", True)
    assert counted(scene, people.grantee, *theirs) == (1, 1)
    assert counted(scene, people.manager, *ours) == (0, 0, 1)
    sign_for_grantee(scene, signing)
    assert steps(scene)[0] == ("Sign the agreement for the fund", False)
    assert counted(scene, people.grantee, *theirs) == (0, 1)
    assert counted(scene, people.manager, *ours) == (0, 1, 0)
    sign_for_fund(scene, signing)
    assert steps(scene)[0] == ("Give the bank details", True)


def test_what_a_grantee_owes_is_told_until_the_grant_is_closed(scene: Scene) -> None:
    session, people = scene.session, scene.people
    theirs = to_sign_for_grantee, accounts_to_give
    scene.run()
    assert counted(scene, people.grantee, *theirs) == (0, 0)
    first, *others = scene.instalments
    pay(session, first, people, clock.today())
    for report, instalment in zip(scene.reports, others, strict=True):
        an_accepted_report(session, report, people, "9000")
        pay(session, instalment, people, clock.today())
    assert steps(scene) == [("Refund USD\N{NO-BREAK SPACE}2,000.00 that was not spent", True)]
    letter = ask(scene, 200_000)
    assert steps(scene) == [("Refund USD\N{NO-BREAK SPACE}2,000.00", True)]
    withdraw(session, letter, act_of(session, people.officer, "Asked too early."))
    assert counted(scene, people.grantee, refunds_to_make) == (1,)
    assert counted(scene, people.officer, refunds_to_ask) == (1,)
    finance = act_of(session, people.finance)
    record_refund(session, scene.award, usd(200_000), clock.today(), "RF-1", finance)
    assert counted(scene, people.grantee, refunds_to_make) == (0,)
    assert counted(scene, people.officer, refunds_to_ask) == (0,)
    assert steps(scene) == [
        ("Close the grant. Nothing more is needed from the organisation.", False)
    ]
