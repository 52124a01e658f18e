"""`flask import bank-statement`: what the bank sends, from the command line."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from grants.banking.bank.files.reading import read_statements
from grants.banking.bank.files.statement import ReadLine, ReadStatement, warnings_of
from grants.banking.bank.importing import import_statements, in_words, warned
from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.terminal import FundCommand
from grants.platform.web.database import database


@click.command("bank-statement", cls=FundCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fund", default="UNVTF", show_default=True, help="Fund whose account a new number belongs to."
)
@click.option("--dry-run", is_flag=True, help="Only read and check the file; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: print what was read.")
@with_appcontext
def import_bank_statement(*, file: Path, fund: str, dry_run: bool, as_json: bool) -> None:
    """Import the bank statements in FILE (camt.053 or MT940), all or none. Safe to repeat.

    The first statement of an account brings its number.
    """
    if dry_run:
        _print_read(read_statements(file.read_bytes()), as_json=as_json)
        return
    if as_json:
        raise click.UsageError("--json goes with --dry-run.")
    with database().transaction() as session:
        moving_in = fund_by_code(session, fund)
        act = Act.by_system("import")
        results = import_statements(session, file.name, file.read_bytes(), act, moving_in)
        lines = [in_words(result) for result in results]
        doubts = [doubt for result in results for doubt in warned(result)]
    for line in lines:
        click.echo(line)
    for line in doubts:
        click.echo(line, err=True)


def _print_read(statements: list[ReadStatement], *, as_json: bool) -> None:
    statement_facts = [_facts_of(statement) for statement in statements]
    if as_json:
        click.echo(json.dumps(statement_facts, ensure_ascii=False, indent=2))
        return
    for facts in statement_facts:
        title = f"{facts['account']} {facts['reference']}: {facts['opening']} → {facts['closing']}"
        click.echo(f"{title} {facts['currency']}, {len(facts['entries'])}")
        for warning in facts["warnings"]:
            click.echo(f"{facts['reference']}: {warning}", err=True)


def _facts_of(statement: ReadStatement) -> dict[str, Any]:
    return {
        "account": statement.account,
        "currency": statement.currency,
        "reference": statement.reference,
        "from": statement.from_on.isoformat(),
        "to": statement.to_on.isoformat(),
        "opening": str(statement.opening),
        "closing": str(statement.closing),
        "entries": [_entry_facts(line) for line in statement.lines],
        "warnings": list(warnings_of(statement)),
    }


def _entry_facts(line: ReadLine) -> dict[str, Any]:
    return {
        "booked_on": line.booked_on.isoformat(),
        "value_on": line.value_on.isoformat(),
        "amount": str(line.amount),
        "reference": line.bank_reference or line.end_to_end,
        "end_to_end": line.end_to_end,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "remittance": line.text,
    }
