"""Rules, what was sent, and the payments of which a person might be reminded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.donors.models import ContactRole
from grants.giving.donors.queries import contacts_of
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.queries import may_be_paid, received_so_far
from grants.giving.pledges.recipients import whom_to_tell
from grants.giving.pledges.workflow import ACCEPTED
from grants.giving.reminders.models import Reminder, ReminderHold, ReminderRule
from grants.giving.reminders.rules import LATEST, USUAL, Rule
from grants.platform.messages.service import Recipient


def rules_of(session: Session, fund_id: int) -> tuple[Rule, ...]:
    """The fund's own rules, else the usual ones; the earliest first."""
    rows = session.scalars(
        select(ReminderRule).where(ReminderRule.fund_id == fund_id).order_by(ReminderRule.days)
    ).all()
    return tuple(row.rule for row in rows) or USUAL


def to_remind(session: Session, fund_id: int, rules: Sequence[Rule], day: date) -> Sequence[Pledge]:
    """Pledges that may be paid and are not on hold, and have a payment near enough to the day."""
    days = [rule.days for rule in rules if rule.active]
    if not days:
        return []
    first = day - timedelta(days=max(days) + LATEST)
    last = day + timedelta(days=-min(days)) if min(days) < 0 else day
    near = exists().where(
        PledgeInstalment.pledge_id == Pledge.id,
        PledgeInstalment.revision == Pledge.revision,
        PledgeInstalment.due_on.between(first, last),
    )
    spared = exists().where(
        ReminderHold.pledge_id == Pledge.id,
        or_(ReminderHold.until.is_(None), ReminderHold.until >= day),
    )
    return session.scalars(
        select(Pledge)
        .where(
            Pledge.fund_id == fund_id,
            may_be_paid(),
            near,
            ~spared,
        )
        .order_by(Pledge.id)
        .options(joinedload(Pledge.donor), joinedload(Pledge.fund))
    ).all()


def undated(session: Session) -> Sequence[tuple[Pledge, int]]:
    """Accepted pledges without a payment date or a condition, and the minor units that came of
    each.
    """
    planned = exists().where(
        PledgeInstalment.pledge_id == Pledge.id, PledgeInstalment.revision == Pledge.revision
    )
    came = received_so_far()
    rows = session.execute(
        select(Pledge, came)
        .where(
            Pledge.state.in_(ACCEPTED),
            Pledge.donor_id.is_not(None),
            ~Pledge.conditional,
            ~planned,
            came < Pledge.amount_minor - Pledge.given_up_minor,
        )
        .order_by(Pledge.id)
        .options(joinedload(Pledge.fund))
    )
    return [(pledge, int(minor)) for pledge, minor in rows]


Sent = Mapping[tuple[int, int, date], set[int]]
"""(pledge, number of the payment, due day) → the days of the rules that were followed."""


def sent_for(session: Session, pledges: Sequence[Pledge]) -> Sent:
    """What has been sent for the payments of these pledges."""
    days_sent: dict[tuple[int, int, date], set[int]] = defaultdict(set)
    for pledge_id, number, due_on, days in session.execute(
        select(Reminder.pledge_id, Reminder.number, Reminder.due_on, Reminder.days).where(
            Reminder.pledge_id.in_([pledge.id for pledge in pledges])
        )
    ):
        days_sent[pledge_id, number, due_on].add(days)
    return days_sent


def whom_to_remind(session: Session, pledge: Pledge) -> list[Recipient]:
    """Everyone who acts for the donor here, and its contacts for payments."""
    people = whom_to_tell(session, pledge)
    recipients = {recipient.email.lower(): recipient for recipient in people}
    if pledge.donor_id is None:
        return people
    for contact in contacts_of(session, pledge.donor_id):
        if contact.role is ContactRole.FINANCE and contact.email and contact.left_on is None:
            recipient = Recipient(contact.email, contact.name, contact.language)
            recipients.setdefault(contact.email.lower(), recipient)
    return list(recipients.values())


def _of_the_funds(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.PLEDGE_SEE, Reminder.fund_id)


def reminders_for_viewer(viewer: Viewer) -> Select[Reminder]:
    """What was sent, for the fund's people."""
    return (
        select(Reminder)
        .join(Reminder.pledge)
        .where(_of_the_funds(viewer))
        .options(
            contains_eager(Reminder.pledge).joinedload(Pledge.donor),
            contains_eager(Reminder.pledge).joinedload(Pledge.fund),
        )
    )


def reminders_of(session: Session, pledge: Pledge) -> Sequence[Reminder]:
    """What was sent about a pledge, the first one first."""
    return session.scalars(
        select(Reminder).where(Reminder.pledge_id == pledge.id).order_by(Reminder.serial)
    ).all()


def reminder_called(session: Session, reference: str) -> Reminder:
    """The reminder of a reference such as UNVTF-P-2026-0001-K/2, or Missing."""
    of, _slash, serial = reference.rpartition("/")
    number = int(serial) if serial.isdecimal() and len(serial) < 6 else 0
    reminder = session.scalar(
        select(Reminder)
        .join(Reminder.pledge)
        .where(Pledge.reference == of, Reminder.serial == number)
        .options(contains_eager(Reminder.pledge))
    )
    if reminder is None:
        raise Missing(_("Reminder %(reference)s not found.", reference=reference))
    return reminder
