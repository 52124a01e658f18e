"""Terms are settled, the agreement is signed by another than the approver, the grant is closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.models import Agreement
from grants.granting.agreements.queries import progress_of, schedule_of
from grants.granting.agreements.schedule import PlannedInstalment, Schedule
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.closure.queries import finished_count
from grants.granting.closure.service import close_grant, to_close
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import approve, certify, hold, let_go, release
from grants.granting.reporting.service import accept, send_back, submit
from grants.granting.reporting.workflow import ReportPart
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import act_of, member, staff
from tests.grants import Scene, a_file, an_accepted_report, pay, report_content


def sign(scene: Scene, **changed: object) -> None:
    manager = scene.people.manager
    told = {
        "signed_on": clock.today(),
        "document": a_file(scene.session, manager),
        "act": act_of(scene.session, manager),
    } | changed
    sign_agreement(scene.session, scene.award, **told)  # type: ignore[arg-type]
    settle(scene.session)


def other_terms(scene: Scene, *amounts: str) -> Schedule:
    schedule = schedule_of(scene.session, scene.award)
    later = [clock.today() + timedelta(30 * at) for at in range(1, len(amounts))]
    days = [scene.award.starts_on, *later]
    parts = [
        PlannedInstalment(Money.parse(amount, "USD"), day)
        for amount, day in zip(amounts, days, strict=True)
    ]
    return replace(schedule, instalments=tuple(parts))


def test_signing_commits_the_award_and_its_support_cost_in_place_of_the_reservation(
    scene: Scene,
) -> None:
    before = balances(scene.session, scene.fund)
    assert (before.reserved, before.commitments) == (usd(2_260_000), usd(0))
    sign(scene)
    after = balances(scene.session, scene.fund)
    assert (after.reserved, after.commitments) == (usd(0), usd(2_260_000))
    assert after.available == before.available


def test_signing_makes_the_terms_instalments_and_reports(scene: Scene) -> None:
    planned = schedule_of(scene.session, scene.award)
    sign(scene)
    assert scene.award.state is AwardState.AGREED
    assert [(part.amount, part.due_on) for part in scene.instalments] == [
        (part.amount, part.due_on) for part in planned.instalments
    ]
    assert [(r.kind, r.covers_from, r.covers_to, r.due_on) for r in scene.reports] == [
        (r.kind, r.covers_from, r.covers_to, r.due_on) for r in planned.reports
    ]
    assert schedule_of(scene.session, scene.award) == planned


def test_everybody_who_acts_for_the_grantee_is_told_of_the_signature(scene: Scene) -> None:
    member(scene.session, scene.organisation, Role.ORGANISATION_EDITOR, "Rosa Diaz")
    sign(scene)
    told = scene.session.scalars(
        select(Message).where(Message.event.startswith(f"award:{scene.award.id}:signed"))
    ).all()
    assert {message.recipient.split("@")[0] for message in told} == {"luz.casa-segura", "rosa.diaz"}
    assert f"/grants/{scene.award.reference}" in told[0].text
    assert "20,000.00" in told[0].text


def test_a_history_is_told_to_nobody_and_needs_no_signed_copy(scene: Scene) -> None:
    sign(scene, document=None, act=Act.by_system("import"))
    assert scene.session.scalars(select(Message)).all() == []


def test_whoever_approved_the_award_cannot_sign_its_agreement(scene: Scene) -> None:
    both = scene.people.approver
    appoint(scene.session, both, Role.FUND_MANAGER)
    with pytest.raises(Forbidden, match="A different person"):
        sign(scene, act=act_of(scene.session, both))
    assert scene.award.state is AwardState.APPROVED


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FUND_MANAGER])
def test_nobody_but_the_fund_manager_signs(scene: Scene, role: Role) -> None:
    if role in OUTSIDE:
        person = member(scene.session, scene.organisation, role, "Somebody Else")
    else:
        person = staff(scene.session, role, "Somebody Else")
    with pytest.raises(Forbidden):
        sign(scene, act=act_of(scene.session, person))


def test_the_signed_copy_and_a_possible_day_are_asked_for(scene: Scene) -> None:
    for changed, match in (
        ({"document": None}, "signed copy"),
        ({"signed_on": clock.today() + timedelta(1)}, "in the future"),
        ({"signed_on": scene.award.approved_on - timedelta(1)}, "cannot have been signed before"),
    ):
        with pytest.raises(DomainError, match=match):
            sign(scene, **changed)
    assert scene.award.state is AwardState.APPROVED
    assert scene.instalments == []


def test_a_second_signature_is_a_conflict(scene: Scene) -> None:
    sign(scene)
    with pytest.raises(Conflict):
        sign(scene)
    assert len(scene.instalments) == 3


def test_a_page_that_has_grown_stale_signs_nothing(scene: Scene) -> None:
    seen = scene.award.version
    scene.award.title = "Another title"
    scene.session.flush()
    with pytest.raises(Conflict):
        sign(scene, version=seen)


def test_terms_can_be_changed_until_they_are_signed(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.manager)
    terms = other_terms(scene, "15000.01", "4999.99")
    settle_terms(scene.session, scene.award, terms, act, version=0)
    assert schedule_of(scene.session, scene.award) == terms
    sign(scene)
    assert [str(part.amount) for part in scene.instalments] == ["15000.01", "4999.99"]
    assert trail_of(scene.session, "award", scene.award.id)[1].action == "settle_terms"
    with pytest.raises(Conflict, match="its terms can no longer be changed"):
        settle_terms(scene.session, scene.award, terms, act)


def test_terms_that_do_not_add_up_are_refused_and_the_last_ones_stand(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.manager)
    good = other_terms(scene, "20000")
    settle_terms(scene.session, scene.award, good, act)
    with pytest.raises(DomainError, match="add up"):
        settle_terms(scene.session, scene.award, other_terms(scene, "20000.01"), act)
    assert schedule_of(scene.session, scene.award) == good


def test_of_two_people_who_change_the_terms_the_second_looks_again(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.manager)
    first = settle_terms(scene.session, scene.award, other_terms(scene, "20000"), act, version=0)
    version = first.version
    with pytest.raises(Conflict):
        settle_terms(scene.session, scene.award, other_terms(scene, "20000"), act, version=0)
    settle_terms(scene.session, scene.award, other_terms(scene, "1", "19999"), act, version=version)


def test_an_auditor_settles_no_terms(scene: Scene) -> None:
    auditor = staff(scene.session, Role.AUDITOR)
    with pytest.raises(Forbidden):
        settle_terms(
            scene.session,
            scene.award,
            other_terms(scene, "20000"),
            act_of(scene.session, auditor),
        )


def waiting_to_be_closed(scene: Scene) -> int:
    reader = viewer_of(scene.session, scene.people.officer.id)
    assert reader is not None
    return scene.session.scalar(finished_count(reader)) or 0


def test_a_grant_is_closed_when_all_is_paid_reported_and_nothing_is_left(scene: Scene) -> None:
    scene.run()
    session, people = scene.session, scene.people
    officer = act_of(session, people.officer)
    with pytest.raises(DomainError, match="Instalment 1 has not been paid"):
        close_grant(session, scene.award, officer)
    first, second, third = scene.instalments
    interim, final = scene.reports
    pay(session, first, people, clock.today())
    an_accepted_report(session, interim, people, "8000")
    pay(session, second, people, clock.today())
    an_accepted_report(session, final, people, "11500.50")
    pay(session, third, people, clock.today())
    assert to_close(session, scene.award) == [
        "USD\N{NO-BREAK SPACE}499.50 was not spent and must be refunded."
    ]
    assert waiting_to_be_closed(scene) == 0, "as to_close says"
    record_refund(
        session,
        scene.award,
        Money.parse("499.50", "USD"),
        clock.today(),
        "RF-1",
        act_of(session, people.finance),
    )
    assert waiting_to_be_closed(scene) == 1
    close_grant(session, scene.award, officer)
    settle(session)
    standing = progress_of(session, scene.award)
    assert (standing.paid, standing.to_pay) == (usd(2_000_000), usd(0))
    assert (standing.reported, standing.refunded) == (usd(1_950_050), usd(49_950))
    assert standing.balance == usd(0)
    assert balances(session, scene.fund).commitments == usd(0)
    with pytest.raises(Conflict):
        close_grant(session, scene.award, officer)


def test_a_grant_is_not_closed_before_its_end(scene: Scene) -> None:
    scene.run()
    session, people = scene.session, scene.people
    first, *others = scene.instalments
    pay(session, first, people, clock.today())
    for report, instalment in zip(scene.reports, others, strict=True):
        an_accepted_report(session, report, people, "10000")
        pay(session, instalment, people, clock.today())
    assert (to_close(session, scene.award), waiting_to_be_closed(scene)) == ([], 1)
    scene.award.ends_on = clock.today() + timedelta(1)
    session.flush()
    assert waiting_to_be_closed(scene) == 0, "as to_close says"
    with pytest.raises(DomainError, match="It can be closed from that day"):
        close_grant(session, scene.award, act_of(session, people.officer))


def test_the_last_of_several_instalments_cannot_be_due_before_the_end(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.manager)
    early = PlannedInstalment(usd(1_000_000), scene.award.ends_on - timedelta(1))
    terms = schedule_of(scene.session, scene.award)
    with pytest.raises(DomainError, match="when the grant has ended"):
        settle_terms(scene.session, scene.award, replace(terms, instalments=(early, early)), act)
    whole = PlannedInstalment(scene.award.amount, scene.award.starts_on)
    settle_terms(scene.session, scene.award, replace(terms, instalments=(whole,)), act)


def refused_by_the_database(
    session: Session, attack: str, match: str = "cents|paid|never|agreement"
) -> None:
    def run() -> None:
        with session.begin_nested():
            session.execute(text(attack))
            settle(session)

    with pytest.raises(DBAPIError, match=match):
        run()


def a_refund_by_hand(cents: int, reference: str) -> str:
    return (
        "INSERT INTO grant_refund"
        " (award_id, refunded_on, amount_minor, bank_reference, recorded_at)"
        f" SELECT id, approved_on, {cents}, '{reference}', now() FROM award"
    )


def paid_by_hand(number: int) -> str:
    return (
        "UPDATE instalment SET state = 'paid', paid_on = due_on, bank_reference = 'X'"
        f" WHERE number = {number}"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE instalment SET amount_minor = amount_minor + 1 WHERE number = 3",
        "DELETE FROM instalment WHERE number = 3",
        "UPDATE award SET amount_minor = amount_minor - 1",
        "UPDATE award SET state = 'approved'",
        "UPDATE instalment SET state = 'certified', paid_on = due_on WHERE number = 2",
        paid_by_hand(2),
        "UPDATE instalment SET paid_on = due_on WHERE number = 1",
        a_refund_by_hand(1, "X"),
        "UPDATE agreement SET instalments = '[]'",
        "DELETE FROM agreement",
    ],
)
def test_the_database_itself_keeps_a_grant_whole(scene: Scene, attack: str) -> None:
    scene.run()
    settle(scene.session)
    refused_by_the_database(scene.session, attack)


def test_the_database_keeps_what_was_paid_and_refunded(scene: Scene) -> None:
    scene.run()
    finance = act_of(scene.session, scene.people.finance)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    record_refund(scene.session, scene.award, usd(100), clock.today(), "RF", finance)
    settle(scene.session)
    for attack in (
        "UPDATE instalment SET bank_reference = 'X' WHERE number = 1",
        "UPDATE instalment SET state = 'due', paid_on = NULL WHERE number = 1",
        "DELETE FROM instalment WHERE number = 1",
        "UPDATE grant_refund SET amount_minor = 1",
        "DELETE FROM grant_refund",
        a_refund_by_hand(800_000, "Y"),
    ):
        refused_by_the_database(scene.session, attack)


def test_an_award_that_is_not_signed_has_no_instalments(session: Session, scene: Scene) -> None:
    attack = (
        "INSERT INTO instalment (award_id, number, amount_minor, due_on, state, version)"
        " SELECT id, 1, amount_minor, starts_on, 'due', 1 FROM award"
    )
    refused_by_the_database(session, attack, "without an agreement")
    assert session.scalars(select(Agreement)).all() == []


def test_nobody_decides_on_a_grant_of_an_organisation_they_act_for(scene: Scene) -> None:
    session, organisation = scene.session, scene.organisation
    people = scene.people
    for person in (people.manager, people.certifier, people.finance, people.officer):
        appoint(session, person, Role.ORGANISATION_EDITOR, organisation=organisation)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        sign(scene)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        settle_terms(
            session,
            scene.award,
            schedule_of(session, scene.award),
            act_of(session, people.manager),
        )
    sign(scene, document=None, act=Act.by_system("import"))
    first, report = scene.instalments[0], scene.reports[0]
    system = Act.by_system("import", "From records.")
    refused: list[Callable[[], object]] = [
        lambda: certify(session, first, act_of(session, people.certifier)),
        lambda: hold(session, first, act_of(session, people.certifier, "A visit found a doubt.")),
        lambda: let_go(session, first, act_of(session, people.certifier)),
        lambda: accept(session, report, ReportPart.NARRATIVE, act_of(session, people.officer)),
        lambda: send_back(session, report, {"story": "More."}, act_of(session, people.officer)),
    ]
    submit(session, report, report_content(session, report), act_of(session, people.grantee))
    for attempt in refused:
        with pytest.raises(Forbidden, match="you act for this organisation"):
            attempt()
    certify(session, first, system)
    approve(session, first, system)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        release(session, first, clock.today(), "TT", act_of(session, people.finance))
    release(session, first, clock.today(), "TT", system)
    finance = act_of(session, people.finance)
    with pytest.raises(Forbidden, match="you act for this organisation"):
        record_refund(session, scene.award, usd(1), clock.today(), "RF", finance)
