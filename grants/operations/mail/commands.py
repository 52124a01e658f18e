"""`flask mail`: a test of the mail server, and what it sends back."""

from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.giving.donors.undelivered import take_back
from grants.platform.messages.trying import try_server

mail = AppGroup("mail", help="The mail server.")


@mail.command("test", cls=FundCommand)
@click.argument("email")
@click.pass_context
def send_test(context: click.Context, email: str) -> None:
    """Send a test e-mail to EMAIL and print what the mail server answers; exit 1 if it refuses."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.mail_url:
        raise DomainError(_("No mail server is set: MAIL_URL is empty."))
    answers = list(try_server(settings.mail_url, settings.sender, email))
    for answer in answers:
        click.echo(f"{answer.step}: {answer.words}", err=not answer.good)
    context.exit(0 if answers[-1].good else 1)


@mail.command("returned", cls=FundCommand)
@click.argument("reports", nargs=-1, required=True, type=click.File("rb"))
def note_returned(reports: tuple[BinaryIO, ...]) -> None:
    """Read REPORTS, e-mails (.eml) in which a mail server says what it could not deliver; - is
    standard input, so that an alias of the mail server can hand over each one.

    The address is then sent no more appeals, and who looks after the donor is told. An e-mail that
    is no such report changes nothing.
    """
    database = current_app.extensions["database"]()
    for report in reports:
        content = report.read(LARGEST + 1)
        with database.transaction() as session:
            row = (
                take_back(session, content, Act.by_system("mail"))
                if len(content) <= LARGEST
                else None
            )
            words = row.words or row.status if row else ""
        if row:
            click.echo(_("Returned: %(why)s", why=words))
        else:
            click.echo(_("This is not a report about an e-mail that we sent. Nothing has changed."))


LARGEST = 20 * 1024 * 1024
"""Bytes of a report, which may carry the whole e-mail."""
