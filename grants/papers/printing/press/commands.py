"""Every donor's statement from the command line."""

import os
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from grants.config import Settings
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.apart import own_helpers
from grants.core.kernel.language import OFFERED
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.papers.printing.press.order import Order, Tally
from grants.papers.printing.press.progress import progress
from grants.papers.printing.press.run import Works
from grants.papers.statements.commands import statement
from grants.papers.typesetting.installation import get_ready, load_for_helpers
from grants.papers.typesetting.paper import Span

DAY = click.DateTime(["%Y-%m-%d"])
INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended."""


@statement.command(cls=FundCommand)
@click.option("--from", "since", type=DAY, required=True, help="First day.")
@click.option("--to", "until", type=DAY, required=True, help="Last day.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the PDFs.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    show_default="one for each core",
    help="Number of processes that produce documents.",
)
@click.option(
    "--language",
    type=click.Choice(OFFERED),
    help="Language of all statements; default: each donor's own.",
)
@click.option("--fund", help="Only this fund, and the donors that pledged to it.")
@click.pass_context
@with_appcontext
def donors(
    context: click.Context,
    *,
    since: datetime,
    until: datetime,
    out: Path,
    workers: int,
    language: str | None,
    fund: str | None,
) -> None:
    """Every donor's statement for a period, with a manifest. Run it again to continue."""
    database, settings = _database_and_settings()
    if fund:
        with database.session() as session:
            fund = fund_by_code(session, fund).code
    order = Order(Span(since.date(), until.date()), fund, language)
    try:
        with progress() as watch, _own_helpers(settings, database, workers):
            tally = Works(database, settings, workers).run(order, out, watch)
    except KeyboardInterrupt:
        click.echo(_("Stopped. Run the same command again to continue."), err=True)
        context.exit(INTERRUPTED)
    _report_tally(tally, out)
    context.exit(1 if tally.failures else 0)


def _report_tally(tally: Tally, out: Path) -> None:
    there = {"number": len(tally.lines), "folder": out, "fresh": tally.fresh}
    if tally.fresh or tally.failures:
        click.echo(
            _("%(number)s statements in %(folder)s, %(fresh)s of them newly produced.", **there)
        )
    else:
        click.echo(
            _("Nothing to do: the %(number)s statements in %(folder)s are up to date.", **there)
        )
    click.echo(_("Manifest: %(file)s", file=tally.manifest))
    for failed in tally.failures:
        click.echo(f"{failed.donor}: {failed.why}", err=True)


def _own_helpers(
    settings: Settings, database: Database, number: int
) -> AbstractContextManager[None]:
    if settings.testing:
        return nullcontext()
    database.dispose()  # processes that are forked open no connection
    load_for_helpers()
    return own_helpers(number, get_ready)


def _database_and_settings() -> tuple[Database, Settings]:
    database: Database = current_app.extensions["database"]()
    settings: Settings = current_app.extensions["settings"]
    return database, settings
