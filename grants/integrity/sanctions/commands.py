"""`flask import sanctions`: the Security Council's list from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_file
from grants.integrity.sanctions.failures import note_failure
from grants.integrity.sanctions.service import take_list
from grants.platform.web.database import database


@click.command("sanctions", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def import_sanctions(*, file: Path) -> None:
    """Import the United Nations Consolidated List from FILE (XML), all of it or none.

    If that fails, also because there is no such file, those who keep the list get an e-mail.
    """
    act = Act.by_system("import")
    try:
        content = read_file(file)
        with database().transaction() as session:
            update = take_list(session, file.name, content, act)
    except DomainError as refusal:
        with database().transaction() as session:
            note_failure(session, file.name, refusal.message, act)
        raise
    if not update.new:
        click.echo(
            _("%(file)s: this list is already in force, nothing has changed.", file=file.name)
        )
        return
    click.echo(
        _(
            "%(file)s: %(standing)s on the list, %(added)s new, %(changed)s changed, "
            "%(delisted)s delisted.",
            file=file.name,
            standing=update.list.standing,
            added=update.list.added,
            changed=update.list.changed,
            delisted=update.list.delisted,
        )
    )
