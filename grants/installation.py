"""Commands of the installation itself: set it up, plant the demonstration, run the worker."""

from functools import partial

import click
from flask import current_app
from flask.cli import with_appcontext

from grants.config import Settings
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock, schema
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.core.people import credentials
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.papers.statements.issuing import render_by_name
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.post import PostOffice
from grants.platform.web.database import database


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@click.command(cls=FundCommand)
@with_appcontext
def setup() -> None:
    """Migrate the database and enter what the fund starts with. Safe to repeat."""
    with database().begin() as connection:
        schema.upgrade(connection)
    with database().transaction() as session:
        establish(session, UNVTF)
    click.echo(_("Ready: the database is up to date and the fund UNVTF is there."))


@click.command(cls=FundCommand)
@click.option(
    "--scale",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="So many times the size.",
)
@with_appcontext
def demo(*, scale: int) -> None:
    """Plant the demonstration into an empty database, and print who can sign in."""
    from seeds import story
    from seeds.cast import PASSPHRASE
    from seeds.company import sign_ins

    if settings().production:
        raise DomainError(_("A demonstration has no place in production."))
    with database().transaction() as session:
        if story.is_empty(session):
            click.echo(_("Planting the demonstration: this takes some fifteen seconds."))
            story.plant(session, clock.today(), scale)
        elif not story.is_planted(session):
            click.echo(_("The database holds other data: no demonstration was planted."))
            return
    click.echo(_("Sign in with the passphrase “%(words)s” as", words=PASSPHRASE))
    for role, email in sign_ins():
        click.echo(f"  {role:38} {email}")


@click.command(cls=FundCommand)
@click.option("--once", is_flag=True, help="Stop when nothing is left to do.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Deliver e-mails and render documents as they come."""
    here = settings()
    office = PostOffice(
        database=database(),
        folder=here.data_dir / "mail",
        sender=f"fund@{here.host.split(':')[0]}",
        render=partial(render_by_name, database()),
        mail_url=here.mail_url,
    )
    run_worker(database().url, office, wait=not once, database=database(), settings=here)


@click.group()
def admin() -> None:
    """The first administrator."""


@admin.command(cls=FundCommand)
@click.argument("email")
@with_appcontext
def invite(email: str) -> None:
    """Print a one-time link with which EMAIL becomes an administrator."""
    with database().transaction() as session:
        person = enter_person(session, email, email.split("@", maxsplit=1)[0])
        appoint(session, person, Role.ADMINISTRATOR)
        token = credentials.make_link(session, "passphrase", person.email)
    click.echo(f"{settings().base_url}/sign-in/passphrase/{token}")
