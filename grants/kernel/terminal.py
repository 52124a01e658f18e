"""How commands speak: a refusal is one line, or one for each fault, on standard error; exit 2."""

from typing import Any

import click

from grants.kernel.errors import FundError


class FundCommand(click.Command):
    """A command that tells a refusal on standard error and exits 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FundError as refusal:
            click.echo(refusal.message, err=True)
            ctx.exit(2)
