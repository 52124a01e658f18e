"""`flask backups`: a folder or a bucket of backups, kept by a rule, and tried out."""

import shutil
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
from grants.operations.backups.noting import note_backup
from grants.operations.backups.places import file_for, file_of, place_at
from grants.platform.documents.store import Store, store

backups = AppGroup("backups", help="Backups: every night, kept by a rule, tried out.")
PLACE = click.argument("place", required=False)
A_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _backups_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.backups_url


def _place_called(text: str | None) -> Store:
    return place_at(text or _backups_url())


@backups.command("nightly", cls=FundCommand)
@PLACE
@click.pass_context
def take_nightly(context: click.Context, place: str | None) -> None:
    """Write a backup into PLACE (a folder, s3://…, else BACKUPS_URL), then delete those that
    BACKUP_KEEP keeps no longer.

    Nothing is deleted where the backup failed.
    """
    settings: Settings = current_app.extensions["settings"]
    target = _place_called(place)
    name = file_name(clock.wall(), encrypted=bool(settings.backup_recipients))
    with file_for(target, name, settings.data_dir) as file:
        lost = write_backup(file)
    note_backup(store())
    if not lost:
        for backup in due_for_deletion(backups_in(target), settings.backup_keep):
            target.remove(backup.name)
            click.echo(_("Deleted: %(file)s.", file=backup.name))
    context.exit(1 if lost else 0)


@backups.command("list", cls=FundCommand)
@PLACE
def list_backups(place: str | None) -> None:
    """The backups in PLACE (else BACKUPS_URL), the newest first, with their bytes."""
    for backup in backups_in(_place_called(place)):
        click.echo(f"{backup.size:>15} {backup.name}")


@backups.command("fetch", cls=FundCommand)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("place", required=False)
def fetch(name: str, file: Path, place: str | None) -> None:
    """Copy the backup NAME of PLACE (else BACKUPS_URL) into FILE, to restore it."""
    with file_of(_place_called(place), name) as source:
        file.touch(0o600)
        file.chmod(0o600)  # a file that was there keeps its mode
        shutil.copyfile(source, file)


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
@PLACE
@click.option("--identity", type=A_FILE, help="The file of the private key of the backup.")
@click.pass_context
def try_backup(context: click.Context, place: str | None, identity: Path | None) -> None:
    """Restore the file PLACE, or the newest backup in PLACE (a folder, s3://…, else BACKUPS_URL),
    beside the installation.

    Books and trail are verified, each step is printed with its seconds, and all of it is deleted
    again. Exit 1 where anything differs.
    """
    alone = Path(place or "")
    source = place_at(str(alone.parent)) if alone.is_file() else _place_called(place)
    steps = []
    with file_of(
        source, alone.name if alone.is_file() else _newest_in(source, place or _backups_url())
    ) as file:
        click.echo(_("Trying out %(file)s.", file=file))
        for step in steps_of_drill(file, identity.absolute() if identity else None):
            click.echo(f"{step.seconds:7.1f} s  {step.command}: {step.words}", err=not step.good)
            steps.append(step)
    context.exit(0 if all(step.good for step in steps) else 1)


def _newest_in(place: Store, text: str) -> str:
    for backup in backups_in(place):
        return backup.name
    raise DomainError(_("There is no backup in %(folder)s.", folder=text))
