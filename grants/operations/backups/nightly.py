"""`flask backups`: a folder of backups, kept by a rule, and tried out."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.operations.backups.commands import write_backup
from grants.operations.backups.drill import steps_of_drill
from grants.operations.backups.encrypting import new_key
from grants.operations.backups.keeping import backups_in, due_for_deletion, file_name

backups = AppGroup("backups", help="A folder of backups: every night, kept by a rule, tried out.")
A_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@backups.command("nightly", cls=FundCommand)
@click.argument("folder", type=A_FOLDER)
@click.pass_context
def take_nightly(context: click.Context, folder: Path) -> None:
    """Write a backup into FOLDER, then delete those that BACKUP_KEEP keeps no longer.

    Nothing is deleted where the backup failed.
    """
    settings: Settings = current_app.extensions["settings"]
    name = file_name(clock.wall(), encrypted=bool(settings.backup_recipients))
    lost = write_backup(folder.absolute() / name)
    if not lost:
        for backup in due_for_deletion(backups_in(folder), settings.backup_keep):
            backup.path.unlink()
            click.echo(_("Deleted: %(file)s.", file=backup.path.name))
    context.exit(1 if lost else 0)


@backups.command("list", cls=FundCommand)
@click.argument("folder", type=A_FOLDER)
def list_backups(folder: Path) -> None:
    """The backups in FOLDER, the newest first, with their bytes."""
    for backup in backups_in(folder):
        click.echo(f"{backup.path.stat().st_size:>15} {backup.path.name}")


@backups.command("key", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
def make_key(file: Path) -> None:
    """Write a new private key into FILE and print the public one, for BACKUP_RECIPIENTS.

    Keep FILE in the safe, not on the server: without it no backup can be read.
    """
    private, public = new_key()
    try:
        file.touch(0o600, exist_ok=False)
        file.write_text(f"# public key: {public}\n{private}\n", "ascii")
    except OSError as fault:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=file, why=fault.strerror)
        ) from fault
    click.echo(public)


@backups.command("drill", cls=FundCommand)
@click.argument("place", type=click.Path(path_type=Path, exists=True))
@click.option("--identity", type=A_FILE, help="The file of the private key of the backup.")
@click.pass_context
def try_backup(context: click.Context, place: Path, identity: Path | None) -> None:
    """Restore the backup PLACE, or the newest in the folder PLACE, beside the installation.

    Books and trail are verified, each step is printed with its seconds, and all of it is deleted
    again. Exit 1 where anything differs.
    """
    file = _newest_in(place) if place.is_dir() else place
    click.echo(_("Trying out %(file)s.", file=file))
    steps = []
    for step in steps_of_drill(file.absolute(), identity.absolute() if identity else None):
        click.echo(f"{step.seconds:7.1f} s  {step.command}: {step.words}", err=not step.good)
        steps.append(step)
    context.exit(0 if all(step.good for step in steps) else 1)


def _newest_in(folder: Path) -> Path:
    for backup in backups_in(folder):
        return backup.path
    raise DomainError(_("There is no backup in %(folder)s.", folder=folder))
