"""How commands speak: a refusal is one line, or one for each fault, on standard error; exit 2."""

from typing import Any

import click
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _


class FundCommand(click.Command):
    """A command that tells a refusal on standard error and exits 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FundError as refusal:
            click.echo(refusal.message, err=True)
            ctx.exit(2)
        except ProgrammingError as error:
            if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
                raise
            click.echo(_("The database is not up to date: flask setup sees to it."), err=True)
            ctx.exit(2)
        except OperationalError as error:
            if error.statement is not None:  # not the connection: a fault of ours
                raise
            why = str(error.orig).splitlines()[0]
            click.echo(
                _("The database does not answer (%(why)s). Look at DATABASE_URL.", why=why),
                err=True,
            )
            ctx.exit(2)
