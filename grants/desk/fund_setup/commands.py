"""A fund as a file, on the command line."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_text
from grants.desk.fund_setup.description import read_json, written
from grants.desk.fund_setup.service import import_fund
from grants.platform.web.database import database

fund = AppGroup("fund", help="Funds and their settings as files.")


@fund.command("export", cls=FundCommand)
@click.argument("code")
def export(code: str) -> None:
    """Print the fund CODE as JSON: its texts, settings, bank accounts and signatories."""
    with database().session() as session:
        description = written(session, fund_by_code(session, code))
    click.echo(json.dumps(description, ensure_ascii=False, indent=2))


@fund.command("import", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
def bring(file: Path) -> None:
    """Open or change the fund that FILE (JSON) describes, all or nothing. Safe to repeat.

    What the file does not mention remains unchanged.
    """
    description = read_json(read_text(file))
    act = Act.by_system("owner of the installation", _("Imported from %(file)s", file=file.name))
    with database().transaction() as session:
        changed = import_fund(session, description, act)
    for difference in changed:
        click.echo(str(difference))
    if not changed:
        click.echo(_("Nothing has changed."))
