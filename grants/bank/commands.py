"""`flask import bank-statement`: what the bank sends, from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from grants.audit.act import Act
from grants.bank.importing import import_statements, in_words
from grants.kernel.terminal import FundCommand
from grants.web.database import database


@click.command("bank-statement", cls=FundCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_bank_statement(*, file: Path) -> None:
    """Take in the statements of FILE (camt.053 or MT940), all or none. Safe to repeat."""
    with database().transaction() as session:
        taken = import_statements(session, file.name, file.read_bytes(), Act.by_system("import"))
        told = [in_words(each) for each in taken]
    for line in told:
        click.echo(line)
