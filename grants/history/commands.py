"""`flask import history`: moving in from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from grants.history.plan import folder_contents, strangers
from grants.history.service import take_over
from grants.kernel.language import gettext as _
from grants.kernel.terminal import FundCommand
from grants.web.database import database


@click.command("history", cls=FundCommand)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--fund", default="UNVTF", show_default=True, help="Code of the fund.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@with_appcontext
def import_history(*, folder: Path, fund: str, dry_run: bool) -> None:
    """Replay the CSV files of FOLDER through the fund's own acts, all or nothing."""
    contents = folder_contents(folder)
    with database().rehearsal() if dry_run else database().transaction() as session:
        lines = take_over(session, fund, contents)
    for name in strangers(folder):
        click.echo(
            _("%(file)s is none of the files of a history: left alone.", file=name), err=True
        )
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo(_("Checked. Nothing was written."))
