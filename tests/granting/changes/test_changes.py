"""Changes of a grant: who may do what, and what is true once one is in force."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import total, usd
from grants.core.people.permissions import Role
from grants.granting.agreements.verify import CHECKS
from grants.granting.changes.queries import signed_terms, terms_of
from grants.granting.changes.service import (
    approve,
    approve_at_once,
    ask_again,
    begin_change,
    decline,
    draw_up_again,
    drop,
    lift,
    recommend,
    reject,
    send_back,
    withdraw,
)
from grants.granting.changes.signing import put_in_force, return_signed, send_copy_back
from grants.granting.changes.workflow import ChangeKind, ChangeState
from grants.granting.payments.service import certify, hold
from grants.granting.reporting.queries import budget_of
from tests.factories import act_of, staff
from tests.granting.changes.scenes import (
    LATER,
    approved,
    asked_for,
    begun,
    in_force,
    running_longer,
)
from tests.grants import Scene, a_file, an_accepted_report, once_ended, pay, scene

__all__ = ["scene"]

S = ChangeState
K = ChangeKind


def ties(scene: Scene) -> None:
    """The instalments are the award, and what is committed is what is unpaid, to the cent."""
    terms = terms_of(scene.session, scene.award)
    unpaid = [part.amount for part in scene.instalments if not part.is_paid]
    assert sum(part.amount.minor for part in terms.instalments) == scene.award.amount_minor
    committed = balances(scene.session, scene.fund).commitments
    assert committed == with_support_cost(unpaid, scene.award.psc_percent)
    assert [sentence for check in CHECKS for sentence in check(scene.session)] == []


def test_an_extension_makes_the_schedule_anew_once_both_have_signed(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    ended, due = scene.award.ends_on, [part.due_on for part in scene.instalments]
    change = asked_for(scene)
    assert scene.award.ends_on == ended
    in_force(scene, change)
    assert (change.state, change.amendment, scene.award.ends_on) == (S.IN_FORCE, 1, ended + LATER)
    assert scene.instalments[0].due_on == due[0]
    assert scene.instalments[-1].due_on >= scene.award.ends_on
    assert scene.reports[-1].covers_to == scene.award.ends_on
    assert signed_terms(scene.session, scene.award).ends_on == ended
    ties(scene)


def test_more_money_needs_money_and_is_committed_to_the_cent(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    before = balances(scene.session, scene.fund)
    asked = {"ends_on": scene.award.ends_on.isoformat(), "amount": "3333.33", "from": _today()}
    change = approved(scene, asked_for(scene, K.TOP_UP, **asked))
    assert balances(scene.session, scene.fund).reserved == usd(376666)
    drop(scene.session, change, act_of(scene.session, scene.people.officer, "No longer needed."))
    assert balances(scene.session, scene.fund) == before
    in_force(scene, asked_for(scene, K.TOP_UP, **asked))
    after = balances(scene.session, scene.fund)
    assert (scene.award.amount, after.reserved) == (usd(2333333), usd(0))
    assert before.available.minor - after.available.minor in range(376660, 376670)
    budget = terms_of(scene.session, scene.award).budget
    assert sum(line.amount.minor for line in budget) in {0, 2333333}
    ties(scene)


def test_more_money_than_there_is_cannot_be_approved(scene: Scene) -> None:
    running_longer(scene)
    asked = {"ends_on": scene.award.ends_on.isoformat(), "amount": "2000000", "from": _today()}
    with pytest.raises(DomainError, match="is available"):
        approved(scene, asked_for(scene, K.TOP_UP, **asked))


def test_more_money_needs_as_many_officers_as_an_award(scene: Scene) -> None:
    running_longer(scene)
    scene.fund.approval_tiers = [
        {"from_usd": "0.00", "approvers": 1},
        {"from_usd": "21000.00", "approvers": 2},
    ]
    asked = {"ends_on": scene.award.ends_on.isoformat(), "amount": "2000", "from": _today()}
    change = approved(scene, asked_for(scene, K.TOP_UP, **asked))
    assert change.state is S.RECOMMENDED
    approve(scene.session, change, act_of(scene.session, scene.people.approver))
    assert change.state is S.RECOMMENDED, "one officer counts once"
    another = staff(scene.session, Role.APPROVING_OFFICER, "Second Officer")
    assert approve(scene.session, change, act_of(scene.session, another))
    assert change.amendment == 1


def test_a_suspended_grant_pays_nothing_until_it_is_lifted(scene: Scene) -> None:
    running_longer(scene)
    change = begun(scene, K.SUSPENSION, **{"from": _today()})
    with pytest.raises(Forbidden):
        approve_at_once(scene.session, change, act_of(scene.session, scene.people.officer))
    approve_at_once(scene.session, change, act_of(scene.session, scene.people.approver))
    first, certifier = scene.instalments[0], act_of(scene.session, scene.people.certifier, "Now.")
    with pytest.raises(DomainError, match="not suspended"):
        certify(scene.session, first, certifier)
    lift(
        scene.session, change, act_of(scene.session, scene.people.approver, "Papers are complete.")
    )
    certify(scene.session, first, certifier)
    assert change.state is S.LIFTED
    with pytest.raises(Conflict):
        lift(scene.session, change, act_of(scene.session, scene.people.approver, "Again."))


def test_a_termination_frees_what_is_not_paid(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    paid = scene.instalments[0].amount
    change = begun(scene, K.TERMINATION, ends_on=_today(), amount=str(paid))
    approve_at_once(scene.session, change, act_of(scene.session, scene.people.approver))
    assert (scene.award.amount, len(scene.instalments)) == (paid, 1)
    assert balances(scene.session, scene.fund).commitments == usd(0)
    assert scene.reports[-1].covers_to == clock.today()
    ties(scene)


def test_a_termination_before_anything_was_paid_leaves_nothing_to_do(scene: Scene) -> None:
    running_longer(scene)
    change = begun(scene, K.TERMINATION, ends_on=_today(), amount="0.00")
    approve_at_once(scene.session, change, act_of(scene.session, scene.people.approver))
    assert (scene.award.amount, scene.instalments, scene.reports) == (usd(0), [], [])
    ties(scene)


def test_a_termination_with_less_than_was_paid_is_refused(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    with pytest.raises(DomainError, match="cannot be less"):
        begun(scene, K.TERMINATION, ends_on=_today(), amount="1.00")


def test_what_a_grant_did_not_cost_is_not_paid(scene: Scene) -> None:
    """The last instalment is certified for a reason alone, or reduced to the accepted cost."""
    running_longer(scene)
    first, *others = scene.instalments
    pay(scene.session, first, scene.people, clock.today())
    cost, last = scene.award.amount - usd(700_00), others[-1]
    with once_ended(scene.reports[-1]):
        for report, part in zip(scene.reports, others, strict=True):
            final = report is scene.reports[-1]
            amount = cost.minor // 100 - 1_000 * (len(others) - 1) if final else 1_000
            an_accepted_report(scene.session, report, scene.people, str(amount))
            if not final:
                pay(scene.session, part, scene.people, clock.today())
        with pytest.raises(DomainError, match="Reduce the award"):
            certify(scene.session, last, act_of(scene.session, scene.people.certifier))
        change = begun(scene, K.REDUCTION, amount=str(cost))
        approve_at_once(scene.session, change, act_of(scene.session, scene.people.approver))
        assert (scene.award.amount, total(part.amount for part in scene.instalments)) == (
            cost,
            cost,
        )
        ties(scene)
        pay(scene.session, last, scene.people, clock.today())
    assert balances(scene.session, scene.fund).commitments == usd(0)


def test_a_reduction_is_below_the_award_and_not_below_what_was_paid(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    for amount, why in (
        (str(scene.award.amount), "Enter an amount"),
        ("0.00", "Enter an amount"),
        ("1.00", "cannot be less"),
    ):
        with pytest.raises(DomainError, match=why):
            begun(scene, K.REDUCTION, amount=amount)


def test_a_budget_is_revised_by_notice_within_the_tolerance_alone(scene: Scene) -> None:
    running_longer(scene)
    with_budget(scene)
    codes = [line.category for line in terms_of(scene.session, scene.award).budget]
    notice = asked_for(scene, K.BUDGET, lines={codes[0]: "10900.00", codes[1]: "9100.00"})
    assert (notice.state, notice.by_notice) == (S.IN_FORCE, True)
    more = asked_for(scene, K.BUDGET, lines={codes[0]: "11800.00", codes[1]: "8200.00"})
    assert (more.state, more.by_notice) == (S.REQUESTED, False), "measured from what was approved"
    in_force(scene, more)
    again = asked_for(scene, K.BUDGET, lines={codes[0]: "11000.00", codes[1]: "9000.00"})
    assert again.by_notice
    with pytest.raises(DomainError, match="must be equal"):
        asked_for(scene, K.BUDGET, lines={codes[0]: "1.00", codes[1]: "2.00"})


def with_budget(scene: Scene) -> None:
    first, second, *others = budget_of(scene.session, scene.award.id)
    first.amount_minor = second.amount_minor = 1_000_000
    for line in others:
        line.amount_minor = 0
    scene.session.flush()


def test_partner_place_and_signatory_are_remembered(scene: Scene) -> None:
    running_longer(scene)
    in_force(scene, asked_for(scene, K.PARTNER, partner="Red de Refugios, legal aid"))
    in_force(scene, asked_for(scene, K.PLACE, country="GT", place="Quetzaltenango"))
    in_force(scene, asked_for(scene, K.SIGNATORY, name="Ana Paz", title="Director"))
    terms = terms_of(scene.session, scene.award)
    assert (terms.partner, terms.place, terms.country, terms.signatory) == (
        "Red de Refugios, legal aid",
        "Quetzaltenango",
        "GT",
        "Ana Paz, Director",
    )
    assert scene.award.country == "GT"
    ties(scene)


def test_a_request_goes_back_and_forth_and_is_withdrawn(scene: Scene) -> None:
    running_longer(scene)
    session, people, change = scene.session, scene.people, asked_for(scene)
    send_back(session, change, act_of(session, people.officer, "Say until when."))
    until = (scene.award.ends_on + timedelta(30)).isoformat()
    ask_again(session, change, {"ends_on": until}, act_of(session, people.grantee, "Until March."))
    assert (change.state, change.after["ends_on"]) == (S.REQUESTED, until)
    with pytest.raises(Conflict, match="not finished"):
        asked_for(scene)
    withdraw(session, change, act_of(session, people.grantee, "Not needed."))
    decline(session, asked_for(scene), act_of(session, people.officer, "There is time enough."))
    change = asked_for(scene)
    recommend(session, change, act_of(session, people.officer))
    reject(session, change, act_of(session, people.approver, "The fund needs the money back."))
    assert change.state is S.REJECTED


def test_a_change_is_asked_for_in_time(scene: Scene) -> None:
    running_longer(scene, days=29)
    with pytest.raises(DomainError, match="30 days before the grant ends"):
        asked_for(scene)
    asked_for(scene, K.SIGNATORY, name="Ana Paz", title="Director")


def test_each_side_does_its_own_part(scene: Scene) -> None:
    running_longer(scene)
    session, people, change = scene.session, scene.people, asked_for(scene)
    for person in (people.grantee, people.approver, people.finance):
        with pytest.raises(Forbidden):
            recommend(session, change, act_of(session, person))
    recommend(session, change, act_of(session, people.officer))
    for person in (people.grantee, people.officer, people.manager):
        with pytest.raises(Forbidden):
            approve(session, change, act_of(session, person))
    approve(session, change, act_of(session, people.approver))
    for person in (people.officer, people.approver, people.grantee):
        with pytest.raises(Forbidden):
            put_in_force(
                session, change, clock.today(), a_file(session, person), act_of(session, person)
            )
    stopped_by = act_of(session, people.grantee, "We stop.")
    with pytest.raises(Forbidden):
        begin_change(session, scene.award, K.SUSPENSION, {"from": _today()}, stopped_by)
    with pytest.raises(Forbidden):
        asked_for(scene, K.SUSPENSION, **{"from": _today()})


def test_the_organisation_returns_the_amendment_and_the_fund_records_it(scene: Scene) -> None:
    running_longer(scene)
    session, people, change = scene.session, scene.people, approved(scene, asked_for(scene))
    manager = act_of(session, people.manager, "The second page is missing.")
    with pytest.raises(DomainError, match="Add the signed copy"):
        put_in_force(session, change, clock.today(), None, manager)
    return_signed(session, change, a_file(session, people.grantee), act_of(session, people.grantee))
    send_copy_back(session, change, manager)
    assert (change.state, change.returned_document) == (S.APPROVED, None)
    paper = a_file(session, people.grantee)
    return_signed(session, change, paper, act_of(session, people.grantee))
    with pytest.raises(DomainError, match="or in the future"):
        put_in_force(session, change, clock.today() + timedelta(1), None, manager)
    put_in_force(session, change, clock.today(), None, manager)
    assert (change.state, change.document) == (S.IN_FORCE, paper)


def test_an_amendment_that_no_longer_tells_the_truth_is_drawn_up_again(scene: Scene) -> None:
    running_longer(scene)
    session, people = scene.session, scene.people
    asked = {"ends_on": scene.award.ends_on.isoformat(), "amount": "3000", "from": _today()}
    change = approved(scene, asked_for(scene, K.TOP_UP, **asked))
    pay(session, scene.instalments[0], people, clock.today())
    manager = act_of(session, people.manager)
    with pytest.raises(Conflict, match="Draw it up again"):
        put_in_force(session, change, clock.today(), a_file(session, people.manager), manager)
    draw_up_again(session, change, act_of(session, people.officer))
    assert balances(session, scene.fund).reserved == usd(0)
    in_force(scene, change)
    assert (scene.award.amount, change.amendment) == (usd(2300000), 1)
    ties(scene)


def test_only_an_active_grant_is_changed(session: Session, fund: Fund, scene: Scene) -> None:
    with pytest.raises(Conflict, match="Only an active grant"):
        asked_for(scene)


def _today() -> str:
    return clock.today().isoformat()


def test_an_instalment_on_hold_falls_away_with_a_termination(scene: Scene) -> None:
    running_longer(scene)
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    finance = act_of(scene.session, scene.people.finance, "A visit found gaps.")
    hold(scene.session, scene.instalments[1], finance)
    paid = scene.instalments[0].amount
    change = begun(scene, K.TERMINATION, ends_on=_today(), amount=str(paid))
    approve_at_once(scene.session, change, act_of(scene.session, scene.people.approver))
    assert [part.number for part in scene.instalments] == [1]
    ties(scene)
