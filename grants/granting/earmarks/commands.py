"""Earmarked contributions on the command line."""

import json
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from grants.core.funds.queries import fund_by_code
from grants.core.kernel.terminal import FundCommand
from grants.granting.earmarks.queries import earmark_balances


@click.command("earmarks", cls=FundCommand)
@click.option("--fund", default="UNVTF", show_default=True, help="Code of the fund.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="At the end of this date.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@with_appcontext
def earmarks(*, fund: str, on: datetime | None, as_json: bool) -> None:
    """What of each earmarked contribution was received, is set apart, spent and left, in USD."""
    with current_app.extensions["database"]().session() as session:
        day = on.date() if on else None
        balances = earmark_balances(session, fund_by_code(session, fund), day)
        if as_json:
            click.echo(json.dumps([balance.as_json() for balance in balances]))
            return
        for balance in balances:
            figures = (balance.received, balance.set_apart, balance.spent, balance.left)
            click.echo("  ".join([f"{balance.pledge.reference:24}", *map(_in_column, figures)]))


def _in_column(amount: object) -> str:
    return f"{amount!s:>16}"
