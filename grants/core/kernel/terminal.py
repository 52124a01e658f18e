"""How commands speak: a refusal is one line, or one for each fault, on standard error; exit 2."""

from pathlib import Path
from typing import Any

import click
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from grants.core.kernel.errors import DomainError, FundError
from grants.core.kernel.language import gettext as _


class FundCommand(click.Command):
    """A command that gives a refusal on standard error and exits 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FundError as refusal:
            click.echo(refusal.message, err=True)
            ctx.exit(2)
        except ProgrammingError as error:
            if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
                raise
            click.echo(_("The database is not up to date. Run flask setup."), err=True)
            ctx.exit(2)
        except OperationalError as error:
            if error.statement is not None:  # not the connection: a fault of ours
                raise
            why = str(error.orig).splitlines()[0]
            click.echo(
                _("The database does not answer (%(why)s). Check DATABASE_URL.", why=why),
                err=True,
            )
            ctx.exit(2)


def read_file(path: Path) -> bytes:
    """The content of a file that a command was given; DomainError says why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be read: %(why)s.", file=path, why=trouble.strerror)
        ) from trouble


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; DomainError says why it cannot be read."""
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise DomainError(
            _("%(file)s is not text in UTF-8. Save it in that encoding.", file=path)
        ) from trouble
