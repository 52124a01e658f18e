"""`flask files`: where the content of files lies."""

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.operations.files.moving import copy_all
from grants.operations.files.purging import purge, unused_files
from grants.platform.documents.store import store, store_at
from grants.platform.web.database import database

files = AppGroup("files", help="Where the content of files lies.")


@files.command("unused", cls=FundCommand)
@click.option("--purge", "is_real", is_flag=True, help="Take them away.")
def unused(*, is_real: bool) -> None:
    """List the files to which nothing refers, and which FILES_KEEP_DAYS no longer keeps.

    They are taken away every night. Without --purge nothing changes.
    """
    if is_real:
        purged = purge(database(), store())
        files, size = purged.files, purged.size
        text = _("Files purged: %(number)s (%(size)s bytes).", number=files, size=size)
    else:
        with database().reading(here=True) as session:
            entries = list(unused_files(session, store()))
        for entry in entries:
            click.echo(entry.name.rpartition("/")[2])
        files, size = len(entries), sum(entry.size for entry in entries)
        text = _("Files to be purged: %(number)s (%(size)s bytes).", number=files, size=size)
    click.echo(text)


@files.command("copy", cls=FundCommand)
@click.argument("target")
@click.pass_context
def copy_files(context: click.Context, target: str) -> None:
    """Copy every file to TARGET, written like FILES_URL, and read each again there by its hash.

    Then set FILES_URL to TARGET and restart. Exit 1 where a file is missing or damaged.
    """
    settings: Settings = current_app.extensions["settings"]
    place = store_at(target, settings.data_dir)
    place.probe()
    lost, number, size = 0, 0, 0
    with database().reading(here=True) as session:
        for copied in copy_all(session, store(), place):
            if copied.size is None:
                lost += 1
                click.echo(
                    _("Missing or damaged: the file %(name)s.", name=copied.sha256), err=True
                )
            else:
                number, size = number + 1, size + copied.size
    click.echo(
        _("Files copied and read again: %(number)s (%(size)s bytes).", number=number, size=size)
    )
    context.exit(1 if lost else 0)
