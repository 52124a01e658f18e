"""The command line: what runs the installation. Each room adds its own group at assembly."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from grants.banking.bank.commands import import_bank_statement
from grants.books.periods.commands import import_rates, ledger
from grants.config import Settings
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock, schema
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.core.people import credentials
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_person
from grants.deciding.portfolio.commands import portfolio
from grants.desk.moving_in.history.commands import import_history, write_templates
from grants.giving.reminders.commands import remind
from grants.granting.payments.commands import payments
from grants.granting.results.commands import suppress_tables
from grants.integrity.sanctions.commands import import_sanctions
from grants.papers.certification.commands import document
from grants.papers.printing.press.commands import donors
from grants.papers.statements.commands import statement
from grants.papers.statements.issuing import render_by_name
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.post import PostOffice
from grants.platform.web.database import database

moving_in = AppGroup("import", help="Move in from files: all of a file, or nothing of it.")
moving_in.add_command(import_rates)
moving_in.add_command(import_history)
moving_in.add_command(import_sanctions)
moving_in.add_command(write_templates)
moving_in.add_command(import_bank_statement)
statement.add_command(donors)


GROUPS = (ledger, statement, document, moving_in, payments, portfolio, suppress_tables)
"""Commands that rooms bring with them, by what they are about."""


def install(app: Flask) -> None:
    for command in (setup, demo, serve, worker, admin, remind, *GROUPS):
        app.cli.add_command(command)


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
    """Plant the demonstration into an empty database, and tell who can sign in."""
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
@click.option("--prepare", is_flag=True, help="First do setup, and demo where it has a place.")
@with_appcontext
def serve(*, prepare: bool) -> None:
    """Serve the pages, with a worker for e-mails and documents beside them."""
    here = settings()
    host = "0.0.0.0" if here.production else "127.0.0.1"  # noqa: S104 - a proxy stands before it
    _refuse_taken_port(host, here.port)
    if prepare:
        _prepare(click.get_current_context())
    background = _started("-m", "flask", "worker")
    web = _started(
        *("-m", "gunicorn", "app:app", "--bind", f"{host}:{here.port}"),
        *("--workers", "2", "--threads", "4", "--worker-class", "gthread"),
        *("--log-level", "warning", "--max-requests", "5000"),
    )
    click.echo(_("Paragraph 20 is at %(url)s (stop it with Ctrl-C).", url=here.base_url))
    _wait_for(web, background)


def _prepare(context: click.Context) -> None:
    context.invoke(setup)
    if not settings().production:
        context.invoke(demo, scale=1)


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise DomainError(
                _("Port %(port)s is taken. Choose another: PORT=5001 make run", port=port)
            ) from taken


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    """Python with these arguments, out of reach of the terminal's Ctrl-C.

    That goes to us alone, and we end the others once: a worker of gunicorn that is told to stop
    by the terminal and by its master at the same time waits for itself for ever.
    """
    return subprocess.Popen([sys.executable, *arguments], process_group=0)


def _wait_for(*processes: subprocess.Popen[bytes]) -> None:
    """Until one ends or somebody stops us; then end the others too."""

    def stop(*_signal: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # which a shell's background jobs inherit as ignored
    signal.signal(signal.SIGHUP, stop)
    try:
        while all(process.poll() is None for process in processes):
            try:
                processes[0].wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
    except KeyboardInterrupt:
        click.echo(_("Stopping."))
    _end(processes)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Let each finish what it does; after 20 seconds, or when asked again, at once."""
    for process in processes:
        process.terminate()
    try:
        for process in processes:
            process.wait(timeout=20)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


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
