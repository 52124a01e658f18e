"""`flask backup` and `flask restore`."""

import shutil
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from grants.config import Settings
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.operations.backups.archive import Damaged, force_to_disk, unpack
from grants.operations.backups.encrypting import decrypt, encrypt, is_encrypted, recipient_of
from grants.operations.backups.noting import note_backup
from grants.operations.backups.restoring import Comparison, compare, refuse_unless_empty
from grants.operations.backups.restoring import restore as bring_back
from grants.operations.backups.taking import Places, take
from grants.operations.owner import limit_application, owned_database
from grants.platform.documents.store import store
from grants.platform.trail.anchors import Anchorage
from grants.platform.web.database import database


def _current_settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _places_of_installation() -> Places:
    settings = _current_settings()
    anchorage = Anchorage.at(settings.anchors, settings.secret())
    return Places(
        store(), settings.anchors, settings.data_dir / "secret-key", anchorage.public_key()
    )


@click.command(cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
@with_appcontext
def backup(context: click.Context, file: Path) -> None:
    """Write database, files and a manifest into FILE, while people go on working.

    Exit 1 if a file that a record names is missing or damaged; the rest is in the backup.
    """
    lost = write_backup(file.absolute())
    note_backup(store())
    context.exit(1 if lost else 0)


def write_backup(file: Path) -> list[str]:
    """Write it, encrypted where the settings name keys, and print its figures; the files that are
    missing or damaged.
    """
    recipients = _current_settings().backup_recipients
    for text in recipients:
        recipient_of(text)  # before minutes of work
    plain = file.with_name(f".{file.name}.plain") if recipients else file
    try:
        result = take(database(), _places_of_installation(), plain)
        if recipients:
            unfinished = file.with_name(f".{file.name}.unfinished")
            encrypt(plain, unfinished, recipients)
            force_to_disk(unfinished)
            unfinished.replace(file)
    finally:
        if recipients:
            plain.unlink(missing_ok=True)
    _print_figures(result.figures.trial_balance, result.figures.trail, result.files)
    for name in result.lost:
        click.echo(_("Missing or damaged: the file %(name)s.", name=name), err=True)
    click.echo(_("The backup is in %(file)s.", file=file))
    return result.lost


@click.command(cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file of the private key of an encrypted backup.",
)
@click.pass_context
@with_appcontext
def restore(context: click.Context, file: Path, identity: Path | None) -> None:
    """Bring FILE, a backup, into this installation, which must be empty.

    Trial balance, head of the trail and the SHA-256 of each file are then compared with the
    manifest and printed; exit 1 on any difference.
    """
    settings, places = _current_settings(), _places_of_installation()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    refuse_unless_empty(database(), places)
    with TemporaryDirectory(prefix="restore-", dir=settings.data_dir) as name:
        folder = Path(name)
        try:
            manifest = _unpack_file(file, identity, folder)
        except Damaged as fault:
            click.echo(fault, err=True)
            context.exit(1)
        with owned_database() as owned:
            bring_back(owned, places, folder)
            limit_application(owned)
        _take_over_key(folder / "secret-key", settings, manifest["public_key"], places.public_key)
        comparison = compare(database(), places, manifest)
    _print_comparison(comparison)
    context.exit(1 if comparison.differences else 0)


def _unpack_file(file: Path, identity: Path | None, folder: Path) -> dict[str, Any]:
    """Unpack a backup, decrypted before where it has to be; its manifest."""
    if not is_encrypted(file):
        return unpack(file, folder)
    plain = folder.with_name(f"{folder.name}.plain")
    try:
        decrypt(file, identity, plain)
        return unpack(plain, folder)
    finally:
        plain.unlink(missing_ok=True)


def _take_over_key(key_file: Path, settings: Settings, expected: str, present: str) -> None:
    """Use the key of the backup where it is development's own; else say that ours is another."""
    if expected == present:
        return
    if key_file.is_file() and not settings.secret_key:
        shutil.copyfile(key_file, settings.data_dir / "secret-key")
        (settings.data_dir / "secret-key").chmod(0o600)
        return
    click.echo(
        _(
            "SECRET_KEY is not the key of the backup. Bank details and second factors"
            " cannot be read until the key of the backup is in FORMER_SECRET_KEYS and"
            " flask setup has run. Documents sealed with that key, and heads of the "
            "audit trail signed with it, are not recognised."
        ),
        err=True,
    )


def _print_figures(balance: dict[str, dict[str, str]], trail: dict[str, object], n: int) -> None:
    click.echo(_("Trial balance in USD (debit positive):"))
    label = _("sum")
    for fund, accounts in balance.items():
        for account, amount in accounts.items():
            click.echo(f"  {fund} {account.replace('_', ' '):28} {amount:>20}")
        total = sum(map(Decimal, accounts.values()), Decimal("0.00"))
        click.echo(f"  {fund} {label:28} {total:>20}")
    click.echo(_("Trail: %(rows)s rows, head %(hash)s", **trail))
    click.echo(_("Files: %(number)s, each with its SHA-256", number=n))


def _print_comparison(comparison: Comparison) -> None:
    _print_figures(comparison.trial_balance, comparison.trail, comparison.files)
    for difference in comparison.differences:
        click.echo(difference, err=True)
    if not comparison.differences:
        click.echo(_("All as in the backup."))
