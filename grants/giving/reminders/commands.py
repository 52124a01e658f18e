"""Reminders on the command line."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.terminal import FundCommand
from grants.core.texts.formats import plain_money
from grants.giving.reminders.service import Call
from grants.giving.reminders.service import remind as remind_all
from grants.platform.web.database import database


@click.command(cls=FundCommand)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Act as if on this date; default: today."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be sent.")
@with_appcontext
def remind(*, on: datetime | None, dry_run: bool) -> None:
    """Send the payment reminders that are due. Repeating it sends nothing twice."""
    day = on.date() if on else clock.today()
    with database().transaction() as session:
        calls = remind_all(session, day, Act.by_system("reminders"), rehearse=dry_run)
        lines = [_call_line(call) for call in calls]
    for line in lines:
        click.echo(line)
    sent = sum(bool(call.recipients) for call in calls)
    if dry_run:
        click.echo(ngettext("%(num)s reminder to send.", "%(num)s reminders to send.", sent))
    else:
        click.echo(ngettext("%(num)s reminder sent.", "%(num)s reminders sent.", sent))


def _call_line(call: Call) -> str:
    to = ", ".join(recipient.email for recipient in call.recipients)
    return _(
        "%(pledge)s, payment %(number)s, %(left)s due on %(day)s: %(letter)s → %(to)s",
        pledge=call.pledge.reference,
        number=call.payment.number,
        left=plain_money(call.payment.left),
        day=call.payment.due_on.isoformat(),
        letter=call.rule.letter.label,
        to=to or _("no recipients"),
    )
