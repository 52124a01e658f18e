"""Commands of the installation itself: set it up, plant the demonstration, run the worker."""

import os
from contextlib import suppress
from functools import partial

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from grants.config import Settings
from grants.core.audit import chain, rules, sealing
from grants.core.database import schema
from grants.core.funds.house import follow_funds
from grants.core.funds.queries import all_funds
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import tracing
from grants.core.kernel.apart import own_helpers
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.core.proofs import renewing as second_factors
from grants.granting.bank_details import renewing as bank_details
from grants.granting.earmarks import service as earmarks
from grants.operations.owner import limit_application, owned_database
from grants.operations.upgrades import plan
from grants.papers.statements.issuing import render_by_name
from grants.papers.typesetting.installation import get_ready, load_for_helpers
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.post import PostOffice
from grants.platform.signing_key.installed import settle_key
from grants.platform.web.database import database
from grants.publishing.webhooks import renewing as webhooks


def settings() -> Settings:
    current: Settings = current_app.extensions["settings"]
    return current


SEALED_SINCE = "0115_seals"
"""The migration before which rows that let a person in had no seal."""


@click.command(cls=FundCommand)
@with_appcontext
def setup() -> None:
    """Migrate the database and enter what the fund starts with. Safe to repeat."""
    with owned_database() as owned:
        with owned.begin() as connection:
            was = schema.revision_of(connection)
            schema.upgrade(connection)
            moved = was != schema.revision_of(connection)
        limit_application(owned)
        with owned.transaction() as session:
            renewed = sum(room.renew(session) for room in (bank_details, second_factors, webhooks))
            sealing.renew(session, every=(was or SEALED_SINCE) < SEALED_SINCE)
    with database().transaction() as session:
        establish(session, UNVTF)
        for fund in all_funds(session) if moved else ():
            earmarks.take_over(session, fund)
        chain.bind_what_is_there(session)
        if moved or rules.bound(session) is None:
            chain.note(session, rules.bind(session))
        signing = settle_key(session, settings())
    _tell_of_keys(renewed, signing)
    click.echo(_("Ready: the database is up to date and the fund UNVTF has been set up."))


@click.command(cls=FundCommand)
@click.option("--check", is_flag=True, help="Only say what would happen.")
@click.pass_context
@with_appcontext
def upgrade(context: click.Context, *, check: bool) -> None:
    """Say which migrations are to run, and run them as setup does.

    Each with the tables on which others wait, and whether the running version works with it. With
    --check exit 1 where that has to be stopped first.
    """
    with owned_database() as owned, owned.connect() as connection:
        migrations, sizes = plan.pending(connection), plan.sizes(connection)
    for migration in migrations:
        _describe_migration(migration, sizes)
    is_safe = all(migration.is_safe for migration in migrations)
    if not migrations:
        click.echo(_("There are no migrations to run."))
    elif is_safe:
        click.echo(_("The running version works with all of them."))
    else:
        click.echo(_("Stop the running version first: it may not work with all of them."))
    if check:
        context.exit(0 if is_safe else 1)
    context.invoke(setup)


def _describe_migration(migration: plan.Migration, sizes: dict[str, int]) -> None:
    phase = migration.phase or _("not marked")
    click.echo(f"{migration.revision} ({phase}): {migration.subject}")
    for demand in migration.demands:
        click.echo(f"  ! {demand}")
    for table, wait in sorted(migration.waits.items()):
        size = sizes.get(table, 0)
        if wait is plan.Wait.EVERYONE:
            click.echo(_("  all wait for: %(table)s (%(size)s bytes)", table=table, size=size))
        else:
            click.echo(_("  writers wait for: %(table)s (%(size)s bytes)", table=table, size=size))


def _tell_of_keys(renewed: int, signing: str) -> None:
    if signing:
        click.echo(signing, err=True)
    if renewed:
        click.echo(_("Records encrypted with the present SECRET_KEY: %(number)s.", number=renewed))
    if line := unreadable_bank_details():
        click.echo(line, err=True)


def unreadable_bank_details() -> str:
    """What to do about bank details of another SECRET_KEY; empty if all can be read, or if the
    database is away or not migrated.
    """
    number = 0
    with suppress(DBAPIError), database().reading() as session:
        number = bank_details.under_unknown_keys(session)
    if not number:
        return ""
    return _(
        "Bank details that another SECRET_KEY encrypted and that cannot be read: %(number)s. "
        "Nothing is lost: put that key into FORMER_SECRET_KEYS and run flask setup.",
        number=number,
    )


@click.command(cls=FundCommand)
@click.option(
    "--scale",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Multiply the size by this number.",
)
@with_appcontext
def demo(*, scale: int) -> None:
    """Create demonstration data in an empty database, and print who can sign in."""
    from seeds.cast import APP_SECRET, PASSPHRASE
    from seeds.company import sign_ins

    if settings().production:
        raise DomainError(_("Demonstration data cannot be installed in production."))
    try:
        planted = _plant_demonstration(scale)
    except Exception as trouble:
        why = " ".join(str(trouble).split()) or type(trouble).__name__
        refusal = _(
            "The demonstration data could not be created, and nothing was kept: %(why)s", why=why
        )
        raise DomainError(refusal) from trouble
    if not planted:
        click.echo(
            _("The database already contains data, so no demonstration data has been created.")
        )
        return
    click.echo(_("Sign in with the passphrase “%(words)s” as", words=PASSPHRASE))
    for role, email in sign_ins():
        click.echo(f"  {role:38} {email}")
    click.echo(
        _(
            "Fund staff also need a code: add the secret %(secret)s to an authenticator app, "
            "or open %(url)s, which signs you in as any of them.",
            secret=APP_SECRET,
            url=f"{settings().base_url}/demonstration",
        )
    )


def _plant_demonstration(scale: int) -> bool:
    """Whether the demonstration stands, planted now or before. What stops its planting leaves
    records and files as they were.
    """
    from seeds import story
    from seeds.files import all_or_none

    with database().transaction() as session:
        if not story.is_empty(session):
            return story.is_planted(session)
        click.echo(_("Creating the demonstration data. This takes about half a minute."))
        fund = establish(session, UNVTF)
        follow_funds(session, now=True)
        with all_or_none():
            story.plant(session, fund.today(), scale)
            session.flush()
    return True


BEHIND_PAGES = 10
"""Added to the niceness of the worker: a person who waits for a page goes first, an e-mail soon
after. With 5 a fourth of the machine went to it while hundreds submitted.
"""
HELPERS = min(max((os.cpu_count() or 1) // 2, 1), 4)
"""Processes that print for the worker: on half of the cores, so that the others answer pages."""


@click.command(cls=FundCommand)
@click.option("--once", is_flag=True, help="Stop when nothing is left to do.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Deliver e-mails and render documents as they come."""
    if once:
        work_through_jobs(wait=False)
        return
    os.nice(BEHIND_PAGES)
    database().dispose()  # processes that are forked open connections of their own
    load_for_helpers()
    with own_helpers(HELPERS, get_ready):
        work_through_jobs(wait=True)


def work_through_jobs(*, wait: bool) -> None:
    """The life of the worker; without `wait` it ends when nothing is left to do."""
    here = settings()
    office = PostOffice(
        database=database(),
        folder=here.data_dir / "mail",
        sender=here.sender,
        render=partial(render_by_name, database()),
        mail_url=here.mail_url,
    )
    tracing.begin(here.collector, database().pools)
    try:
        run_worker(database().url, office, wait=wait, database=database(), settings=here)
    finally:
        tracing.end()
