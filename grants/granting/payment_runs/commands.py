"""Payment files on the command line: reads a file, writes nothing."""

from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_file
from grants.granting.payment_runs.pain_faults import payment_file_faults

payments = AppGroup("payments", help="Payments to grantees.")


@payments.command("check", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    """Check that FILE is a valid pain.001.001.09 file. Exit 0, or 1 with a line for each error."""
    faults = payment_file_faults(read_file(file))
    for fault in faults:
        click.echo(fault)
    if faults:
        context.exit(1)
    click.echo(_("The payment file is valid."))
