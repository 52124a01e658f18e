"""`flask import history`: moving in from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.desk.moving_in.history import templates
from grants.desk.moving_in.history.replay import Progress
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in, unknown_files
from grants.desk.moving_in.history.template_book import as_workbook
from grants.platform.web.database import database


@click.command("history", cls=FundCommand)
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--fund", default="UNVTF", show_default=True, help="Code of the fund.")
@click.option("--dry-run", is_flag=True, help="Check everything and write nothing.")
@with_appcontext
def import_history(*, folder: Path, fund: str, dry_run: bool) -> None:
    """Import past records from the CSV files in FOLDER (or a .zip, or the sheets of an .xlsx),
    all or none.
    """
    files = given_in(folder)
    with (
        database().rolled_back() if dry_run else database().transaction() as session,
        _progress_bar() as report,
    ):
        lines = take_over(session, fund, files, report)
    for name in unknown_files(folder):
        click.echo(
            _("%(file)s is not one of the files to import. It has been ignored.", file=name),
            err=True,
        )
    for line in lines:
        click.echo(str(line))
    if dry_run:
        click.echo(_("Checked. Nothing was written."))


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """How far the import is, as a bar on a terminal; nothing in a file."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    with click.progressbar(length=1, label=_("Rows"), file=sys.stderr) as bar:

        def report(done: int, of_all: int) -> None:
            bar.length = of_all
            bar.update(done - bar.pos)

        yield report


@click.command("template", cls=FundCommand)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write them to."
)
def write_templates(*, out: Path) -> None:
    """Write template files to fill in: CSV files and a workbook."""
    files = {**templates.csv_files(), templates.WORKBOOK: as_workbook()}
    if existing := [name for name in files if (out / name).exists()]:
        raise DomainError(
            _("%(files)s already exists; choose another folder.", files=", ".join(existing))
        )
    try:
        for name, content in files.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(content)
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=out, why=trouble.strerror)
        ) from trouble
    click.echo(_("Templates written to %(folder)s. Fill in what you have.", folder=out))
