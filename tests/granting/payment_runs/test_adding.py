"""A run that is being put together: payments come and go, and what leaves the fund is totalled."""

from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Role
from grants.granting.payment_runs.files import FileKind, Order, Payer
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.pain_faults import NAMESPACE
from grants.granting.payment_runs.pain_file import code_in, sound_file
from grants.granting.payment_runs.service import (
    begin_run,
    cancel,
    put_in,
    record_paid,
    require_candidates,
    send_file,
    take_out,
)
from grants.granting.payment_runs.totals import cover_of, totals_of
from grants.granting.payments.models import Instalment
from grants.granting.payments.service import hold
from tests.factories import act_of, staff
from tests.granting.payment_runs.test_runs import Office, a_payable, office
from tests.platform.web.client import SignInAs

__all__ = ["office"]


def a_run(office: Office, *instalments: Instalment) -> PaymentRun:
    account, day = office.account, clock.today()
    return begin_run(office.session, office.fund, account, day, instalments, office.finance)


def test_payments_come_into_a_run_and_leave_it_until_it_is_sent(office: Office) -> None:
    session, (first, second, third) = office.session, office.instalments
    run = a_run(office, first)
    put_in(session, run, [second.id, third.id], office.finance)
    assert [part.instalment for part in run.parts] == [first, second, third]
    assert run.version == 1
    take_out(session, run, second, office.finance)
    with pytest.raises(Conflict, match="not in this run"):
        take_out(session, run, second, office.finance)
    with pytest.raises(Conflict, match="in the run"):
        put_in(session, run, [third.id], office.finance)
    send_file(session, run, FileKind.PAIN, office.finance)
    with pytest.raises(Conflict):
        put_in(session, run, [second.id], office.finance)
    with pytest.raises(Conflict):
        take_out(session, run, third, office.finance)


def test_all_that_are_chosen_come_into_the_run_or_none(office: Office) -> None:
    session, (first, second, third) = office.session, office.instalments
    run = a_run(office, first)
    hold(session, third, act_of(session, office.people.approver, "A question."))
    session.commit()
    with pytest.raises(Conflict, match="Only approved"):
        put_in(session, run, [second.id, third.id], office.finance)
    session.rollback()
    session.expire_all()
    assert [part.instalment for part in run.parts] == [first]
    for none in ([], [0]):
        with pytest.raises(DomainError, match="Choose approved payments"):
            put_in(session, run, none, office.finance)


@pytest.mark.parametrize("role", [Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER, Role.AUDITOR])
def test_only_finance_adds_payments(office: Office, role: Role) -> None:
    run = a_run(office, office.instalments[0])
    act = act_of(office.session, staff(office.session, role, "Any Body"))
    with pytest.raises(Forbidden):
        put_in(office.session, run, [office.instalments[1].id], act)
    with pytest.raises(Forbidden):
        require_candidates(office.session, run, act)


def test_what_is_in_another_run_is_not_offered(office: Office) -> None:
    run = a_run(office, office.instalments[0])
    require_candidates(office.session, run, office.finance)
    other = a_run(office, *office.instalments[1:])
    with pytest.raises(DomainError, match="no other approved payments"):
        require_candidates(office.session, run, office.finance)
    cancel(office.session, other, act_of(office.session, office.people.finance, "Later."))
    require_candidates(office.session, run, office.finance)


def test_a_run_says_what_leaves_the_account_and_whether_it_covers_it(office: Office) -> None:
    session, (first, second, third) = office.session, office.instalments
    sent = a_run(office, first)
    send_file(session, sent, FileKind.PAIN, office.finance)
    run = a_run(office, second, third)
    (line,) = totals_of(office.session, run)
    assert (line.payments, line.amount) == (2, usd(1_600_000))
    cover = cover_of(session, run)
    assert cover is not None
    held = Money.parse("1000000", "USD")
    assert (cover.balance, cover.on_the_way, cover.needed) == (held, usd(800_000), usd(1_600_000))
    assert cover.remaining == held - usd(2_400_000)
    assert cover.is_enough
    record_paid(session, sent, clock.today(), "TT-1", office.finance)
    cover = cover_of(session, sent)
    assert cover is not None
    assert (cover.on_the_way, cover.needed) == (usd(0), usd(0))


def test_a_run_that_is_paid_elsewhere_takes_nothing_from_an_account(office: Office) -> None:
    run = office.run(elsewhere=True)
    assert cover_of(office.session, run) is None
    assert [line.amount for line in totals_of(office.session, run)] == [usd(2_400_000)]


def test_an_account_that_holds_too_little_is_pointed_out(session: Session, fund: Fund) -> None:
    office = Office(session, fund)
    day = clock.today() + timedelta(3)
    run = begin_run(session, fund, office.account, day, office.instalments, office.finance)
    cover = cover_of(session, run)
    assert cover is not None
    short = cover.__class__(cover.account, usd(2_399_999), cover.on_the_way, cover.needed)
    assert (short.is_enough, short.remaining) == (False, usd(-1))


def test_payments_are_added_by_the_page_of_the_run(office: Office, sign_in_as: SignInAs) -> None:
    session, (first, second, third) = office.session, office.instalments
    run = a_run(office, first)
    other, _people = a_payable(session, office.fund, "Zuflucht")
    session.commit()
    finance = sign_in_as(office.people.finance)
    here = f"/payment-runs/{run.reference}"
    shown = finance.get(here).text
    assert "What leaves the fund" in shown
    assert "Covered" in shown
    assert f"{here}/put-in" in shown
    chosen = {"instalments": [str(second.id), str(other.id)]}
    answer = finance.submit(f"{here}/put-in", chosen)
    assert answer.status_code == 302
    session.expire_all()
    assert {part.instalment for part in run.parts} == {first, second, other}
    assert str(third.id) in finance.get(f"{here}/put-in").text


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("Citibank N.A., New York, BIC CITIUS33, account 36012345", "CITIUS33"),
        ("Deutsche Bank (SWIFT code: DEUTDEFF500)", "DEUTDEFF500"),
        ("Citibank, New York", ""),
        ("BIC to be told", ""),
    ],
)
def test_an_intermediary_bank_is_named_in_the_file_for_the_bank(told: str, code: str) -> None:
    assert code_in(told) == code
    amount = usd(800_000)
    order = Order(
        *("UNVTF-1-R1", "UNVTF-1", 1, amount, amount, None, clock.today(), "Casa Segura", "HN"),
        *("0022334455", "BSOUHNTE", "Bank of the South", "1 Main Square", told),
    )
    payer = Payer("United Nations", "AT611904300234573201", "BKAUATWW", "USD")
    content = sound_file("UNVTF-R-0001", payer, [order], clock.now())
    root = etree.fromstring(content)
    agent = root.find(f".//{{{NAMESPACE}}}IntrmyAgt1/{{{NAMESPACE}}}FinInstnId")
    assert agent is not None
    (identity,) = agent
    assert identity.text == (code or told)
