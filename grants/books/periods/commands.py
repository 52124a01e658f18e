"""The ledger on the command line: verify, balances, periods, and rates from a file."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from grants.books.ledger import periods
from grants.books.ledger.queries import balances
from grants.books.ledger.rates import UNORE
from grants.books.ledger.rates_file import rates_table, take_rates
from grants.books.ledger.verify import CHECKS, breaches
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.kernel.terminal import FundCommand

ledger = AppGroup("ledger", help="The fund's ledger.")
period = AppGroup("period", help="Months of the ledger.")
ledger.add_command(period)

fund_option = click.option("--fund", default="UNVTF", show_default=True, help="Code of the fund.")


def _open_database() -> Database:
    database: Database = current_app.extensions["database"]()
    return database


@ledger.command("verify", cls=FundCommand)
def verify_books() -> None:
    """Check all invariants on the live data: exit 0, or 1 with a line for each breach."""
    with _open_database().session() as session:
        faults = breaches(session)
    for breach in faults:
        click.echo(breach)
    if faults:
        sys.exit(1)
    number = len(CHECKS)
    click.echo(
        _n(
            "The ledger is in order: %(num)s check passed.",
            "The ledger is in order: %(num)s checks passed.",
            number,
        )
    )


@ledger.command("balances", cls=FundCommand)
@fund_option
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this date.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def show_balances(*, fund: str, on: datetime | None, as_json: bool) -> None:
    """Show a fund's balances in USD, each positive on its normal side."""
    until: date | None = on.date() if on else None
    with _open_database().session() as session:
        figures = balances(session, fund_by_code(session, fund), until).as_json()
    if as_json:
        click.echo(json.dumps(figures))
        return
    width = max(map(len, figures.values()))
    for name, amount in figures.items():
        click.echo(f"{name.replace('_', ' '):26} {amount:>{width}} USD")


@period.command("close", cls=FundCommand)
@click.argument("month")
@fund_option
def close_period(*, month: str, fund: str) -> None:
    """Close MONTH (YYYY-MM): no more entries can be posted to it."""
    first = periods.parse_month(month)
    with _open_database().transaction() as session:
        periods.close(session, fund_by_code(session, fund), first, Act.by_system("command line"))
    click.echo(_("%(month)s is closed in the ledger of %(fund)s.", month=month, fund=fund))


@period.command("reopen", cls=FundCommand)
@click.argument("month")
@fund_option
@click.option(
    "--reason",
    default="Opened again on the command line.",
    show_default=True,
    help="For the record.",
)
def reopen_period(*, month: str, fund: str, reason: str) -> None:
    """Reopen MONTH (YYYY-MM)."""
    first = periods.parse_month(month)
    with _open_database().transaction() as session:
        act = Act.by_system("command line", reason)
        periods.reopen(session, fund_by_code(session, fund), first, act)
    click.echo(_("%(month)s has been reopened in the ledger of %(fund)s.", month=month, fund=fund))


@click.command("rates", cls=FundCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default=UNORE, show_default=True, help="Publisher of the rates.")
@with_appcontext
def import_rates(*, file: Path, source: str) -> None:
    """Import the exchange rates in FILE (CSV: currency, effective_on, rate), all or none."""
    table = rates_table(file.name).read(file.read_bytes())
    with _open_database().transaction() as session:
        new = take_rates(session, table, Act.by_system("import"), source)
    click.echo(
        _(
            "%(file)s: %(rows)s rates read, %(new)s new.",
            file=file.name,
            rows=len(table.rows),
            new=new,
        )
    )
