"""The trail on the command line: verify, export, anchor."""

import time
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.audit import chain
from grants.core.audit.chain import Head
from grants.core.kernel.breaches import first_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.platform.trail.anchoring import authority_of, keep_head
from grants.platform.trail.anchors import Anchorage
from grants.platform.trail.export import write_rows
from grants.platform.trail.following import extend_copy
from grants.platform.trail.stamps import false_stamps
from grants.platform.web.database import database

trail = AppGroup("trail", help="Who did what: the trail and its chain.")


def settings() -> Settings:
    current: Settings = current_app.extensions["settings"]
    return current


def _heads_and_doubts() -> tuple[list[Head], list[str]]:
    """The heads that were kept outside, and which of them, or of their stamps, is not genuine."""
    config = settings()
    heads, doubts = Anchorage.at(config.anchors, config.secret()).heads()
    authority = authority_of(config)
    return heads, [*doubts, *(false_stamps(authority, config.anchors) if authority else ())]


@trail.command("verify", cls=FundCommand)
@click.pass_context
def verify(context: click.Context) -> None:
    """Check the trail against its chain and anchors. Exit 0, or 1 with a line for each breach."""
    heads, doubts = _heads_and_doubts()
    with database().session() as session:
        faults = [*doubts, *first_of(chain.breaches(session, heads))]
        head = chain.head(session)
    for breach in faults:
        click.echo(breach)
    if faults:
        context.exit(1)
    click.echo(f"{head.rows} rows, head {head.hash}")


@trail.command("export", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    """Write every row to FILE as JSON lines, the oldest first, with its hash and the previous."""
    try:
        with file.open("w", encoding="utf-8") as out, database().session() as session:
            number = write_rows(session, out)
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=file, why=trouble.strerror)
        ) from trouble
    click.echo(_("%(number)s rows are in %(file)s.", number=number, file=file))


@trail.command("follow", cls=FundCommand)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--since", type=click.IntRange(0), default=0, help="Begin after this row.")
@click.option("--every", type=click.IntRange(1), help="Go on, and look each so many seconds.")
def follow(folder: Path, since: int, every: int | None) -> None:
    """Add to FOLDER each row that is new, once: JSON lines in a file for each day, for a SIEM."""
    while True:
        try:
            with database().session() as session:
                number = extend_copy(session, folder, since)
        except OSError as trouble:
            raise DomainError(
                _("%(file)s cannot be written: %(why)s.", file=folder, why=trouble.strerror)
            ) from trouble
        if every is None:
            click.echo(_("%(number)s rows are in %(file)s.", number=number, file=folder))
            return
        time.sleep(every)


@trail.command("anchor", cls=FundCommand)
def anchor() -> None:
    """Save the signed head of the chain outside the database, in TRAIL_ANCHORS."""
    with database().transaction() as session:
        head, path = keep_head(session, settings())
    click.echo(f"{head.rows} rows, head {head.hash}: {path}")
