"""Reminding donors of the payments they promised."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.donors.senders import is_confirmed
from grants.giving.pledges.dates.queries import asked_about
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import due_dates
from grants.giving.pledges.recipients import page_for
from grants.giving.pledges.schedule import Payment, set_due_day
from grants.giving.pledges.swiss_bill import slip_attached
from grants.giving.pledges.workflow import ACCEPTED
from grants.giving.reminders.models import Reminder, ReminderHold, ReminderRule
from grants.giving.reminders.queries import (
    Sent,
    rules_of,
    sent_for,
    to_remind,
    undated,
    whom_to_remind,
)
from grants.giving.reminders.rules import Rule, rule_on
from grants.integrity.diligence.gate import payable
from grants.integrity.diligence.queries import clearances
from grants.platform.messages.service import Recipient, send


@dataclass(frozen=True, slots=True)
class Call:
    """A reminder that goes out: about which payment, by which rule, to whom."""

    pledge: Pledge
    payment: Payment
    rule: Rule
    recipients: tuple[Recipient, ...]


def remind(session: Session, day: date, act: Act, *, rehearse: bool = False) -> list[Call]:
    """Send every reminder that is due on a day; with `rehearse` only list them.

    Repeating it sends nothing again. No reminder is sent for a payment that was received, for
    a pledge that is no longer in force or on hold, while a request for another date is open, or if
    due diligence does not allow the fund to accept the money. A donor without a contact is in the
    list and is reminded once there is one.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("reminders", 20))))
    if not rehearse:
        _set_due_days(session, act)
    calls = [call for fund in all_funds(session) for call in _of_fund(session, fund, day)]
    if not rehearse:
        for call in calls:
            if call.recipients:
                _send_reminder(session, call, day, act)
    return calls


def _set_due_days(session: Session, act: Act) -> None:
    """Accepted pledges that still have no payment date, such as those of a history."""
    for pledge, came in undated(session):
        accepted_on = pledge.agreement_signed_on or clock.today()
        set_due_day(session, pledge, accepted_on, Money(came, pledge.currency), act)


def _of_fund(session: Session, fund: Fund, day: date) -> Iterator[Call]:
    rules = rules_of(session, fund.id)
    pledges = _only_payable(session, fund, to_remind(session, fund.id, rules, day))
    sent, waiting = sent_for(session, pledges), asked_about(session, [p.id for p in pledges])
    dues = due_dates(session, pledges)
    for pledge in pledges:
        for payment in dues[pledge.id]:
            if payment.paid or (pledge.id, payment.number) in waiting:
                continue
            if rule := _due_rule(pledge, payment, rules, sent, day):
                yield Call(pledge, payment, rule, tuple(whom_to_remind(session, pledge)))


def _only_payable(session: Session, fund: Fund, pledges: Sequence[Pledge]) -> list[Pledge]:
    """The pledges on which the fund would take money today."""
    checks = clearances(session, {pledge.donor_id or 0 for pledge in pledges}, fund)
    return [
        pledge
        for pledge in pledges
        if pledge.donor is None
        or (
            payable(checks[pledge.donor.id], accepted=pledge.state in ACCEPTED or pledge.express)
            and is_confirmed(session, pledge.donor)
        )
    ]


def _due_rule(
    pledge: Pledge, payment: Payment, rules: Collection[Rule], sent: Sent, day: date
) -> Rule | None:
    days_sent = sent.get((pledge.id, payment.number, payment.due_on), set())
    return rule_on(day, payment.due_on, rules, days_sent)


def _send_reminder(session: Session, call: Call, day: date, act: Act) -> Reminder:
    pledge, payment = call.pledge, call.payment
    earlier = select(func.count()).where(Reminder.pledge_id == pledge.id)
    reminder = Reminder(
        fund_id=pledge.fund_id,
        pledge=pledge,
        serial=(session.scalar(earlier) or 0) + 1,
        number=payment.number,
        due_on=payment.due_on,
        days=call.rule.days,
        letter=call.rule.letter,
        left_minor=payment.left.minor,
        recipients=len(call.recipients),
        sent_on=day,
        sent_at=act.at,
    )
    session.add(reminder)
    session.flush()
    facts = {"serial": reminder.serial, "number": payment.number, "letter": reminder.letter.value}
    record(session, pledge, "remind", act, **facts)
    attached = [{"document": "payment-reminder", "reference": reminder.reference}]
    for recipient in call.recipients:
        send(
            session,
            recipient,
            "giving/reminders/due",
            event=f"reminder:{reminder.id}",
            attachments=slip_attached(session, pledge) if pledge.awaits_transfer else attached,
            pledge=pledge,
            reminder=reminder,
            url=absolute(page_for(pledge, recipient)),
        )
    return reminder


def set_rules(
    session: Session, fund: Fund, rules: Sequence[Rule], payment_days: int, act: Act
) -> None:
    """The fund reminds by these rules from now on; what was sent stays on record. Pledges without
    a payment date that it accepts from now on are due after `payment_days`.
    """
    act.demand(Permission.PLEDGE_REMIND, Scope(fund.id))
    days = [rule.days for rule in rules]
    if not rules:
        raise DomainError(_("Keep at least one rule. It can be switched off."))
    if len(set(days)) != len(days):
        raise DomainError(_("Two rules are for the same day."))
    for row in session.scalars(select(ReminderRule).where(ReminderRule.fund_id == fund.id)):
        session.delete(row)
    session.flush()
    for rule in rules:
        session.add(
            ReminderRule(fund_id=fund.id, days=rule.days, letter=rule.letter, active=rule.active)
        )
    fund.payment_days = payment_days
    facts = {"rules": [_as_facts(rule) for rule in rules], "payment_days": payment_days}
    record(session, fund, "set_reminders", act, **facts)


def _as_facts(rule: Rule) -> Mapping[str, object]:
    return {"days": rule.days, "letter": rule.letter.value, "active": rule.active}


def hold(session: Session, pledge: Pledge, until: date | None, act: Act) -> None:
    """Stop reminders of a pledge for a while; the act says why."""
    act.demand(Permission.PLEDGE_REMIND, Scope(pledge.fund_id))
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    pause = session.get(ReminderHold, pledge.id) or ReminderHold(pledge_id=pledge.id)
    pause.reason, pause.until, pause.held_at = act.reason or "", until, act.at
    session.add(pause)
    record(session, pledge, "hold_reminders", act, until=until.isoformat() if until else None)


def resume(session: Session, pledge: Pledge, act: Act) -> None:
    """Remind by the rules again."""
    act.demand(Permission.PLEDGE_REMIND, Scope(pledge.fund_id))
    pause = session.get(ReminderHold, pledge.id)
    if pause is None:
        return
    session.delete(pause)
    record(session, pledge, "resume_reminders", act)
