"""Donors are reminded by rule, once, in their language; and not where there is nothing to pay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import use_language
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.contributions.verify import TRIGGERS
from grants.giving.pledges.dates.service import ask
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.giving.pledges.schedule import Due
from grants.giving.pledges.service import Agreement, acknowledge, meet_condition, sign_agreement
from grants.giving.reminders.models import Reminder
from grants.giving.reminders.queries import rules_of
from grants.giving.reminders.rules import USUAL, Letter, Rule
from grants.giving.reminders.service import hold, remind, resume, set_rules
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import data_of
from grants.platform.messages.models import Message
from tests.books.ledger.books import publish_rates
from tests.factories import (
    a_deposit,
    a_donor,
    a_person,
    a_pledge,
    act_of,
    an_approved_change,
    member,
    staff,
)
from tests.integrity.diligence.examined import a_company, approver, recommended

TODAY = clock.today()
BY = Act.by_system("test")


@pytest.fixture
def arcadia(session: Session) -> Organisation:
    donor = a_donor(session)
    member(session, donor, Role.DONOR)
    return donor


def promised(session: Session, fund: Fund, donor: Organisation, days: int = -15) -> Pledge:
    """A pledge of 1,000 USD to be paid so many days from today."""
    due = Due(TODAY + timedelta(days=days), usd(100_000))
    return a_pledge(session, fund, donor=donor, payments=(due,))


def letters(session: Session) -> list[str]:
    return [message.subject for message in session.query(Message).order_by(Message.id)]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (40, ""),
        (29, "due soon"),
        (5, "due soon"),
        (0, "due soon"),
        (-5, ""),
        (-14, "overdue"),
        (-46, "Second reminder"),
        (-100, ""),
    ],
)
def test_a_payment_is_reminded_of_by_rule(
    session: Session, fund: Fund, arcadia: Organisation, days: int, said: str
) -> None:
    promised(session, fund, arcadia, days)
    remind(session, TODAY, BY)
    assert [said in subject for subject in letters(session)] == ([True] if said else [])


def test_repeating_it_sends_nothing_anew(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    promised(session, fund, arcadia)
    assert len(remind(session, TODAY, BY)) == 1
    assert remind(session, TODAY, BY) == remind(session, TODAY + timedelta(days=3), BY) == []
    again = remind(session, TODAY + timedelta(days=31), BY)
    assert [call.rule.letter for call in again] == [Letter.AGAIN]
    assert len(letters(session)) == 2


def test_a_rehearsal_only_tells(session: Session, fund: Fund, arcadia: Organisation) -> None:
    promised(session, fund, arcadia)
    assert len(remind(session, TODAY, BY, rehearse=True)) == 1
    assert letters(session) == []
    assert len(remind(session, TODAY, BY)) == 1


def test_nobody_is_reminded_of_what_came_was_given_up_or_withdrawn(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    a_deposit(session, fund, promised(session, fund, arcadia), usd(100_000))
    an_approved_change(session, promised(session, fund, arcadia), ChangeKind.WITHDRAWAL)
    given_up = promised(session, fund, arcadia)
    a_deposit(session, fund, given_up, usd(40_000))
    an_approved_change(session, given_up, ChangeKind.REDUCTION)
    assert remind(session, TODAY, BY) == []


def test_a_part_payment_is_reminded_of_for_the_rest(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    a_deposit(session, fund, promised(session, fund, arcadia), usd(40_000))
    (call,) = remind(session, TODAY, BY)
    assert call.payment.left == usd(60_000)
    assert session.scalars(select(Reminder)).one().left == usd(60_000)


def test_no_reminder_while_the_donor_s_question_is_open(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    pledge = promised(session, fund, arcadia)
    donor = act_of(session, a_person(session, "Luz Reyes"), "Our budget is late.")
    ask(session, pledge, 1, TODAY + timedelta(days=60), donor)
    assert remind(session, TODAY, BY) == []


def test_a_pledge_is_spared_until_a_day_or_until_somebody_ends_it(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    pledge = promised(session, fund, arcadia)
    manager = staff(session, Role.FUND_MANAGER)
    with pytest.raises(DomainError, match="reason"):
        hold(session, pledge, TODAY, act_of(session, manager))
    hold(session, pledge, TODAY, act_of(session, manager, "They called."))
    assert remind(session, TODAY, BY) == []
    assert len(remind(session, TODAY + timedelta(days=1), BY, rehearse=True)) == 1
    hold(session, pledge, None, act_of(session, manager, "They called again."))
    assert remind(session, TODAY + timedelta(days=1), BY) == []
    resume(session, pledge, act_of(session, manager))
    assert len(remind(session, TODAY, BY)) == 1
    with pytest.raises(Forbidden):
        hold(session, pledge, None, act_of(session, staff(session, Role.AUDITOR), "No."))


def test_a_donor_without_anybody_to_write_to_is_told_of_and_reminded_later(
    session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "Northland")
    promised(session, fund, donor)
    assert [call.recipients for call in remind(session, TODAY, BY)] == [()]
    assert session.scalar(select(func.count()).select_from(Reminder)) == 0
    member(session, donor, Role.DONOR)
    assert len(remind(session, TODAY, BY)[0].recipients) == 1


def test_each_reads_it_in_their_own_language(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    person = member(session, arcadia, Role.DONOR, "Noura Al Kuwari")
    person.language = "ar-XB"
    promised(session, fund, arcadia)
    remind(session, TODAY, BY)
    messages = {message.recipient: message for message in session.query(Message)}
    assert messages["noura.al.kuwari@example.org"].language == "ar-XB"
    assert "⟦" in messages["noura.al.kuwari@example.org"].text
    assert "⟦" not in messages["luz.reyes@example.org"].text


def test_the_letter_says_what_the_log_says_and_stays_so(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    pledge = promised(session, fund, arcadia)
    remind(session, TODAY, BY)
    reference = f"{pledge.reference}/1"
    said = data_of(paper_of(session, "payment-reminder", reference))
    a_deposit(session, fund, pledge, usd(100_000))
    assert data_of(paper_of(session, "payment-reminder", reference)) == said
    assert '"outstanding": "1000.00"' in said
    assert f'"pledge": "{pledge.reference}"' in said
    reminder = session.query(Message).order_by(Message.id).first()
    assert reminder is not None
    assert reminder.attachments == [{"document": "payment-reminder", "reference": reference}]


def test_an_undated_gift_is_reminded_once_it_is_accepted(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    gift = a_pledge(session, fund, donor=arcadia)
    assert not gift.instalments
    acknowledge(session, gift, act_of(session, staff(session, Role.FUND_MANAGER)))
    (due,) = gift.instalments
    assert (due.due_on, due.amount) == (TODAY + timedelta(days=45), usd(100_000))
    assert remind(session, TODAY + timedelta(days=10), BY) == []
    calls = remind(session, TODAY + timedelta(days=15), BY)
    assert [(call.pledge, call.payment.due_on) for call in calls] == [(gift, due.due_on)]


def test_an_undated_pledge_is_due_once_its_condition_is_met(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    signed_on = TODAY - timedelta(days=80)
    pledge = a_pledge(session, fund, donor=arcadia, pledged_on=signed_on)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(signed_on, conditional=True), manager)
    assert remind(session, TODAY, BY) == []
    assert not pledge.instalments
    meet_condition(session, pledge, TODAY, manager)
    assert [part.due_on for part in pledge.instalments] == [TODAY + timedelta(days=45)]


def test_undated_pledges_that_were_accepted_before_get_their_day_with_the_reminders(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    signed_on = TODAY - timedelta(days=59)
    pledge, paid, offered = (
        a_pledge(session, fund, donor=arcadia, pledged_on=signed_on) for _number in range(3)
    )
    for taken_over in (pledge, paid):
        sign_agreement(session, taken_over, Agreement(signed_on), BY)
    a_deposit(session, fund, paid, usd(100_000))
    assert not pledge.instalments, "a history is read without days"
    assert remind(session, TODAY, BY, rehearse=True) == []
    calls = remind(session, TODAY, BY)
    assert [(call.pledge, call.rule.days) for call in calls] == [(pledge, 14)]
    assert [part.due_on for part in pledge.instalments] == [signed_on + timedelta(days=45)]
    assert not paid.instalments
    assert not offered.instalments
    assert remind(session, TODAY, BY) == []


def test_a_fund_s_own_rules_take_the_place_of_the_usual_ones(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    assert rules_of(session, fund.id) == USUAL
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    own = [Rule(3, Letter.OVERDUE), Rule(20, Letter.AGAIN, active=False)]
    set_rules(session, fund, own, 30, manager)
    set_rules(session, fund, own, 30, manager)
    assert rules_of(session, fund.id) == tuple(own)
    assert fund.payment_days == 30
    promised(session, fund, arcadia, -21)
    promised(session, fund, arcadia, -3)
    assert [call.rule.days for call in remind(session, TODAY, BY)] == [3]
    with pytest.raises(DomainError, match="same day"):
        set_rules(session, fund, [own[0], own[0]], 30, manager)
    with pytest.raises(Forbidden):
        set_rules(session, fund, own, 30, act_of(session, staff(session, Role.FINANCE_OFFICER)))


def test_the_database_alone_keeps_the_log_and_refuses_a_second_one(
    session: Session, fund: Fund, arcadia: Organisation
) -> None:
    promised(session, fund, arcadia)
    remind(session, TODAY, BY)
    twice = (
        "INSERT INTO reminder SELECT id + 1, fund_id, pledge_id, 2, number, due_on, days, letter,"
        " left_minor, told, sent_on, sent_at FROM reminder"
    )
    with pytest.raises(IntegrityError, match="uq_reminder"), session.begin_nested():
        session.execute(text(twice))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE reminder SET told = 9"))
    assert TRIGGERS["reminder_append_only"] == "reminder"


def test_ten_runs_at_once_remind_once(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund, donor = session.get_one(Fund, 1), a_donor(session)
        member(session, donor, Role.DONOR)
        for _number in range(5):
            promised(session, fund, donor)

    def run(_number: int) -> int:
        with real_database.transaction() as session:
            return len(remind(session, TODAY, BY))

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(run, range(10))) == [0] * 9 + [5]
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 5


def test_the_command_tells_and_sends(
    app: Flask, session: Session, fund: Fund, arcadia: Organisation
) -> None:
    publish_rates(session)
    pledge = a_pledge(
        session,
        fund,
        Money.parse("5000", "EUR"),
        arcadia,
        payments=(Due(date(2026, 9, 1), Money.parse("5000", "EUR")),),
    )
    session.commit()
    runner = app.test_cli_runner()
    with use_language("en"):
        told = runner.invoke(args=["remind", "--on", "2026-09-16", "--dry-run"])
        assert "1 reminder to send." in told.output
        assert pledge.reference in told.output
        assert "luz.reyes@example.org" in told.output
        assert "1 reminder sent." in runner.invoke(args=["remind", "--on", "2026-09-16"]).output
        assert "0 reminders sent." in runner.invoke(args=["remind", "--on", "2026-09-17"]).output


def test_nobody_is_asked_for_money_that_due_diligence_does_not_let_in(
    session: Session, fund: Fund
) -> None:
    company = a_company(session)
    member(session, company, Role.DONOR)
    pledge = promised(session, fund, company)
    assert remind(session, TODAY, BY) == []
    decide(session, recommended(session, fund, company), Outcome.CLEAR, approver(session))
    assert [call.pledge for call in remind(session, TODAY, BY, rehearse=True)] == [pledge]
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    settled = recommended(session, fund, company, outcome=Outcome.REFUSE)
    decide(session, settled, Outcome.REFUSE, approver(session, "It sells tobacco."))
    assert remind(session, TODAY, BY) == []
