"""`flask mail`: a test of the mail server."""

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
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
