"""An instalment is certified by one, released by another, confirmed by its own grantee only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry
from grants.books.ledger.queries import balances
from grants.books.ledger.receipts import book_bank_charge
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError, Missing
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.deciding.awards.models import Award
from grants.desk.dashboards.figures import standing_and_gap
from grants.granting.payments.checks import checklist
from grants.granting.payments.models import GrantRefund
from grants.granting.payments.queries import instalment_for_viewer, instalments_of
from grants.granting.payments.receipts import confirm_receipt
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.service import approve, certify, release, send_back
from grants.granting.payments.todo import to_approve, to_certify, to_confirm, to_release
from grants.granting.payments.workflow import InstalmentState, name_of
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle, voucher
from tests.factories import act_of, an_organisation, member, staff
from tests.grants import (
    GrantPeople,
    Scene,
    a_running_grant,
    an_accepted_report,
    an_approved_award,
    approved,
    cash,
    grant_people,
    paid_to,
    pay,
)
from tests.platform.web.client import SignInAs

REFERENCE = "TT 26 0001"


@pytest.fixture
def payable(running: Scene) -> Scene:
    """Certified, and approved: it may be paid."""
    session, first = running.session, running.instalments[0]
    certify(session, first, act_of(session, running.people.certifier))
    approve(session, first, act_of(session, running.people.approver))
    return running


def let_go(scene: Scene, at: int = 0, reference: str = REFERENCE, days: int = 0) -> None:
    release(
        scene.session,
        scene.instalments[at],
        clock.today() - timedelta(days),
        reference,
        act_of(scene.session, scene.people.finance),
    )


def test_a_released_instalment_is_expense_and_leaves_the_commitment(payable: Scene) -> None:
    let_go(payable)
    settle(payable.session)
    standing = balances(payable.session, payable.fund)
    assert standing.grant_expense == usd(800_000)
    assert standing.programme_support_cost == usd(104_000)
    assert standing.commitments == usd(2_260_000 - 904_000)
    first = payable.instalments[0]
    assert (first.state, first.bank_reference) == (InstalmentState.PAID, REFERENCE)


def test_the_grantee_is_told_of_a_payment_once(payable: Scene) -> None:
    let_go(payable)
    let_go(payable)
    told = payable.session.scalars(
        select(Message).where(Message.event.contains("instalment:"))
    ).all()
    assert [message.recipient for message in told] == ["luz.casa-segura@example.org"]
    assert "8,000.00" in told[0].text
    assert REFERENCE in told[0].text


def test_whoever_certified_cannot_release_even_with_both_roles(running: Scene) -> None:
    session, people = running.session, running.people
    appoint(session, people.certifier, Role.FINANCE_OFFICER)
    first = running.instalments[0]
    approved(session, first, people)
    with pytest.raises(Forbidden, match="A different person"):
        release(
            session,
            running.instalments[0],
            clock.today(),
            REFERENCE,
            act_of(session, people.certifier),
        )
    let_go(running)


@pytest.mark.parametrize("role", list(Role))
def test_only_the_right_role_takes_each_step(running: Scene, role: Role) -> None:
    session = running.session
    outside = role in OUTSIDE
    person = (
        member(session, running.organisation, role, "Any Body")
        if outside
        else staff(session, role, "Any Body")
    )
    act = act_of(session, person, "A reason.")
    first = running.instalments[0]
    refund = (running.award, usd(100), clock.today(), "RF-9", act)
    steps: list[tuple[set[Role], Callable[[], object], Callable[[], object]]] = [
        (
            {Role.CERTIFYING_OFFICER},
            lambda: certify(session, first, act),
            lambda: certify(session, first, act_of(session, running.people.certifier)),
        ),
        (
            {Role.APPROVING_OFFICER},
            lambda: approve(session, first, act),
            lambda: approve(session, first, act_of(session, running.people.approver)),
        ),
        (
            {Role.FINANCE_OFFICER},
            lambda: release(session, first, clock.today(), REFERENCE, act),
            lambda: let_go(running),
        ),
        (
            {Role.ORGANISATION_ADMIN, Role.ORGANISATION_SIGNATORY},
            lambda: confirm_receipt(session, first, act),
            lambda: confirm_receipt(session, first, act_of(session, running.people.grantee)),
        ),
        (
            {Role.FINANCE_OFFICER},
            lambda: record_refund(session, *refund),
            lambda: None,
        ),
    ]
    for allowed, attempt, by_the_right_one in steps:
        if role in allowed:
            attempt()
        else:
            with pytest.raises(Forbidden):
                attempt()
            by_the_right_one()


def test_a_later_instalment_waits_for_receipt_and_report(running: Scene) -> None:
    session, people = running.session, running.people
    first, second, _third = running.instalments
    second.due_on = clock.today() + timedelta(1)
    act = act_of(session, people.certifier, "Needed now.")
    with pytest.raises(DomainError, match="earlier instalments"):
        certify(session, second, act)
    approved(session, first, people)
    let_go(running)
    with pytest.raises(DomainError, match="earlier instalments"):
        certify(session, second, act)
    confirm_receipt(session, first, act_of(session, people.grantee))
    with pytest.raises(DomainError, match="reports due before it"):
        certify(session, second, act)
    an_accepted_report(session, running.reports[0], people)
    with pytest.raises(DomainError, match="Not due until"):
        certify(session, second, act_of(session, people.certifier))
    certify(session, second, act)
    assert trail_of(session, "instalment", second.id)[-1].reason == "Needed now."


def test_the_checklist_says_how_each_check_stands(running: Scene) -> None:
    first, second, third = running.instalments
    met = [check.met for check in checklist(running.session, first, clock.today())]
    assert met == [True] * 10
    checks = checklist(running.session, third, clock.today())
    assert [check.met for check in checks] == [True] * 4 + [False] * 2 + [True] * 4 + [False]
    assert "1, 2" in checks[4].note
    assert "1, 2" in checks[5].note
    assert [check.by_reason for check in checks] == [False] * 10 + [True]
    assert second.number == 2


def test_a_certified_instalment_can_go_back_with_a_reason(payable: Scene) -> None:
    first = payable.instalments[0]
    finance = payable.people.finance
    with pytest.raises(DomainError, match="reason"):
        send_back(payable.session, first, act_of(payable.session, finance))
    send_back(payable.session, first, act_of(payable.session, finance, "Wrong account."))
    assert first.state is InstalmentState.DUE
    with pytest.raises(Conflict):
        let_go(payable)


def test_days_that_cannot_be_are_refused(payable: Scene) -> None:
    with pytest.raises(DomainError, match="in the future"):
        let_go(payable, days=-1)
    with pytest.raises(DomainError, match="before the agreement is signed"):
        let_go(payable, days=400)
    with pytest.raises(DomainError, match="bank’s reference"):
        let_go(payable, reference="  ")


def test_no_instalment_is_dated_before_the_one_before_it(running: Scene) -> None:
    session, people = running.session, running.people
    pay(session, running.instalments[0], people, clock.today())
    an_accepted_report(session, running.reports[0], people)
    approved(session, running.instalments[1], people)
    with pytest.raises(DomainError, match="cannot be paid earlier"):
        let_go(running, 1, "TT2", days=1)
    with pytest.raises(Conflict, match="already recorded on this grant"):
        let_go(running, 1, f"TT-{running.award.id}-1")


def test_a_payment_repeated_word_for_word_has_one_effect(payable: Scene) -> None:
    for _time in range(3):
        let_go(payable)
    for changed in ({"reference": "Other"}, {"days": 1}):
        with pytest.raises(Conflict, match="already paid"):
            let_go(payable, **changed)
    assert balances(payable.session, payable.fund).grant_expense == usd(800_000)


def starting(scene: Scene, in_days: int) -> Scene:
    """The award, whose grant starts in so many days, with its agreement signed."""
    award, today = scene.award, clock.today()
    award.approved_on = today
    award.starts_on = today + timedelta(in_days)
    award.ends_on = months_after(award.starts_on, 8)
    return scene.run()


def test_no_reason_replaces_the_due_date_before_the_grant_starts(scene: Scene) -> None:
    first = starting(scene, 1).instalments[0]
    certifier = act_of(scene.session, scene.people.certifier, "They need it now.")
    with pytest.raises(DomainError, match=r"Not due until .* The grant starts on"):
        certify(scene.session, first, certifier)


def test_a_reason_replaces_the_due_date_once_the_grant_runs(scene: Scene) -> None:
    first = starting(scene, 0).instalments[0]
    first.due_on = clock.today() + timedelta(20)
    certify(scene.session, first, act_of(scene.session, scene.people.certifier, "Needed now."))


def test_the_last_instalment_is_not_paid_before_the_grant_ends(running: Scene) -> None:
    session, people = running.session, running.people
    first, second, last = running.instalments
    pay(session, first, people, clock.today())
    an_accepted_report(session, running.reports[0], people)
    pay(session, second, people, clock.today())
    an_accepted_report(session, running.reports[1], people)
    running.award.ends_on = clock.today() + timedelta(1)
    with pytest.raises(DomainError, match="this is the last instalment"):
        certify(session, last, act_of(session, people.certifier, "They need it now."))
    running.award.ends_on = clock.today()
    certify(session, last, act_of(session, people.certifier, "The report is in."))


def test_nothing_is_paid_beyond_the_cash(session: Session, fund: Fund) -> None:
    cash(session, fund, "22600")
    organisation = an_organisation(session)
    people = grant_people(session, organisation)
    award = a_running_grant(
        session, an_approved_award(session, fund, organisation, people.approver), people.manager
    )
    paid_to(session, fund, organisation, people)
    first = instalments_of(session, award.id)[0]
    approved(session, first, people)
    book_bank_charge(session, voucher(fund, clock.today(), subject="charge"), usd(1_400_000))
    with pytest.raises(DomainError, match="in cash"):
        release(session, first, clock.today(), "TT", act_of(session, people.finance))
    session.refresh(first)
    assert first.state is InstalmentState.APPROVED


def test_a_stale_page_pays_nothing(payable: Scene) -> None:
    session, first = payable.session, payable.instalments[0]
    seen = first.version
    send_back(session, first, act_of(session, payable.people.finance, "Wait."))
    certify(session, first, act_of(session, payable.people.certifier))
    with pytest.raises(Conflict):
        release(
            session,
            first,
            clock.today(),
            REFERENCE,
            act_of(session, payable.people.finance),
            version=seen,
        )


def test_a_stale_page_returns_no_payment(payable: Scene) -> None:
    session, first = payable.session, payable.instalments[0]
    seen = first.version
    send_back(session, first, act_of(session, payable.people.finance, "Wait."))
    certify(session, first, act_of(session, payable.people.certifier))
    with pytest.raises(Conflict):
        send_back(session, first, act_of(session, payable.people.finance, "Wait."), version=seen)
    assert first.state is InstalmentState.CERTIFIED


def test_one_grantee_neither_sees_nor_confirms_anothers_payment(payable: Scene) -> None:
    let_go(payable)
    session, first = payable.session, payable.instalments[0]
    stranger = member(session, an_organisation(session, "Nova Vita", "MD"), name="Iva Munteanu")
    viewer = viewer_of(session, stranger.id)
    assert viewer is not None
    with pytest.raises(Missing):
        instalment_for_viewer(session, payable.award.reference, 1, viewer)
    with pytest.raises(Forbidden):
        confirm_receipt(session, first, act_of(session, stranger))
    own = viewer_of(session, payable.people.grantee.id)
    assert own is not None
    assert instalment_for_viewer(session, payable.award.reference, 1, own) is first


def test_the_to_do_list_counts_what_waits_for_each(running: Scene) -> None:
    def counts(person: Person) -> tuple[int, ...]:
        viewer = viewer_of(running.session, person.id)
        assert viewer is not None
        counted = (
            running.session.scalar(each(viewer))
            for each in (to_certify, to_approve, to_release, to_confirm)
        )
        return tuple(count or 0 for count in counted)

    session, people = running.session, running.people
    assert counts(people.certifier) == (2, 0, 0, 0)
    assert counts(people.grantee) == (0, 0, 0, 0)
    first = running.instalments[0]
    certify(session, first, act_of(session, people.certifier))
    assert (counts(people.certifier), counts(people.approver)) == ((1, 0, 0, 0), (0, 1, 0, 0))
    approve(session, first, act_of(session, people.approver))
    assert (counts(people.approver), counts(people.finance)) == ((0, 0, 0, 0), (0, 0, 1, 0))
    let_go(running)
    assert (counts(people.finance), counts(people.grantee)) == ((0, 0, 0, 0), (0, 0, 0, 1))
    stranger = member(session, an_organisation(session, "Nova Vita", "MD"), name="Iva Munteanu")
    assert counts(stranger) == (0, 0, 0, 0)


def refund(scene: Scene, amount: str = "1000", reference: str = "RF-1", days: int = 0) -> object:
    return record_refund(
        scene.session,
        scene.award,
        Money.parse(amount, "USD"),
        clock.today() - timedelta(days),
        reference,
        act_of(scene.session, scene.people.finance),
    )


def test_a_refund_lowers_expense_and_support_cost_and_commits_nothing(payable: Scene) -> None:
    let_go(payable)
    before = balances(payable.session, payable.fund)
    refund(payable)
    after = balances(payable.session, payable.fund)
    assert before.grant_expense - after.grant_expense == usd(100_000)
    assert before.programme_support_cost - after.programme_support_cost == usd(13_000)
    assert after.cash - before.cash == usd(113_000)
    assert after.commitments == before.commitments


def test_a_refund_repeated_word_for_word_has_one_effect(payable: Scene) -> None:
    let_go(payable)
    assert refund(payable) is refund(payable)
    with pytest.raises(Conflict):
        refund(payable, "1000.01")
    assert payable.session.scalar(select(func.count()).select_from(GrantRefund)) == 1


def test_no_more_comes_back_than_was_paid(payable: Scene) -> None:
    with pytest.raises(DomainError, match="No payment is left"):
        refund(payable, "0.01")
    let_go(payable)
    with pytest.raises(DomainError, match=r"8000\.00 USD remains"):
        refund(payable, "8000.01")
    with pytest.raises(DomainError, match="above 0"):
        refund(payable, "0")
    refund(payable, "8000")
    with pytest.raises(DomainError, match="No payment is left"):
        refund(payable, "0.01", "RF-2")


def test_a_refund_stands_between_the_first_payment_and_today(payable: Scene) -> None:
    let_go(payable)
    with pytest.raises(DomainError, match="before the first payment"):
        refund(payable, days=1)
    with pytest.raises(DomainError, match="in the future"):
        refund(payable, days=-1)


def test_what_was_disbursed_is_told_by_year(payable: Scene) -> None:
    let_go(payable)
    refund(payable)
    figures, *_others = standing_and_gap(payable.session, payable.fund)
    (year,) = [year for year in figures.years if year.disbursed]
    assert (year.year, year.disbursed) == (clock.today().year, usd(700_000))
    assert figures.disbursed == year.disbursed


class Stage:
    """A real database with one certified instalment, for races."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            fund = fund_by_code(session, "UNVTF")
            cash(session, fund)
            organisation = an_organisation(session)
            self.people: GrantPeople = grant_people(session, organisation)
            award = a_running_grant(
                session,
                an_approved_award(session, fund, organisation, self.people.approver),
                self.people.manager,
            )
            paid_to(session, fund, organisation, self.people)
            self.award_id = award.id
            first = instalments_of(session, award.id)[0]
            approved(session, first, self.people)

    def release(self, reference: str) -> str:
        try:
            with self.database.transaction() as session:
                first = instalments_of(session, self.award_id)[0]
                act = act_of(session, self.people.finance)
                release(session, first, clock.today(), reference, act)
        except FundError as refusal:
            return type(refusal).__name__
        return "paid"

    def refund(self, reference: str) -> str:
        try:
            with self.database.transaction() as session:
                award = session.get_one(Award, self.award_id)
                act = act_of(session, self.people.finance)
                record_refund(session, award, usd(300_000), clock.today(), reference, act)
        except FundError as refusal:
            return type(refusal).__name__
        return "refunded"


def test_twenty_identical_releases_at_once_pay_once(real_database: Database) -> None:
    stage = Stage(real_database)
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: stage.release(REFERENCE), range(20)))
    assert outcomes == ["paid"] * 20
    _paid_once(real_database)


def test_twenty_different_releases_at_once_pay_once_and_tell_the_others(
    real_database: Database,
) -> None:
    stage = Stage(real_database)
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda at: stage.release(f"TT-{at}"), range(20)))
    assert sorted(outcomes) == ["Conflict"] * 19 + ["paid"]
    _paid_once(real_database)


def _paid_once(database: Database) -> None:
    with database.session() as session:
        fund = fund_by_code(session, "UNVTF")
        entries = session.scalar(
            select(func.count()).select_from(Entry).where(Entry.event == "instalment_paid")
        )
        assert entries == 1
        assert balances(session, fund).grant_expense == usd(800_000)
        told = select(Message.recipient).where(Message.event.startswith("instalment:"))
        assert len(session.scalars(told).all()) == 1


def test_refunds_at_once_never_exceed_what_was_paid(real_database: Database) -> None:
    stage = Stage(real_database)
    assert stage.release(REFERENCE) == "paid"
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda at: stage.refund(f"RF-{at}"), range(10)))
    assert sorted(outcomes) == ["DomainError"] * 8 + ["refunded"] * 2


def test_two_raw_refunds_at_once_cannot_exceed_what_was_paid(real_database: Database) -> None:
    stage = Stage(real_database)
    stage.release(REFERENCE)
    with real_database.connect() as one, real_database.connect() as other:
        insert = text(
            "INSERT INTO grant_refund"
            " (award_id, refunded_on, amount_minor, bank_reference, recorded_at)"
            " VALUES (:award, now(), 500000, :reference, now())"
        )
        one.execute(insert, {"award": stage.award_id, "reference": "A"})
        other.execute(insert, {"award": stage.award_id, "reference": "B"})
        one.commit()
        with pytest.raises(Exception, match="refunded 1000000"):
            other.commit()


@pytest.mark.parametrize(
    ("state", "days", "word", "tone"),
    [
        (InstalmentState.DUE, 1, "Not due yet", "neutral"),
        (InstalmentState.DUE, 0, "Awaiting certification", "waiting"),
        (InstalmentState.CERTIFIED, 1, "Awaiting approval", "waiting"),
    ],
)
def test_an_instalment_asks_for_nothing_before_its_day(
    state: InstalmentState, days: int, word: str, tone: str
) -> None:
    today = clock.today()
    name = name_of(state, today + timedelta(days), today)
    assert (str(name.staff), name.tone) == (word, tone)


def test_the_lists_of_instalments_mark_only_what_is_due(
    running: Scene, sign_in_as: SignInAs
) -> None:
    award = running.award
    later = max(instalments_of(running.session, award.id), key=lambda part: part.due_on)
    assert later.due_on > clock.today()
    running.session.commit()
    browser = sign_in_as(running.people.manager)
    for page in ("/disbursements", f"/grants/{award.reference}"):
        assert "Not due yet" in browser.get(page).get_data(as_text=True), page
