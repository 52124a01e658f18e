"""`flask import bank-statement`: what the bank sends, from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from grants.banking.bank.importing import import_statements, in_words
from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.terminal import FundCommand
from grants.platform.web.database import database


@click.command("bank-statement", cls=FundCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fund", default="UNVTF", show_default=True, help="Whose account a new number is.")
@with_appcontext
def import_bank_statement(*, file: Path, fund: str) -> None:
    """Take in the statements of FILE (camt.053 or MT940), all or none. Safe to repeat.

    The first statement of an account brings its number.
    """
    with database().transaction() as session:
        moving_in = fund_by_code(session, fund)
        act = Act.by_system("import")
        taken = import_statements(session, file.name, file.read_bytes(), act, moving_in)
        told = [in_words(each) for each in taken]
    for line in told:
        click.echo(line)
