"""`flask files`: where the content of files lies."""

import click
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.operations.files.moving import copy_all
from grants.platform.documents.store import store, store_at
from grants.platform.web.database import database

files = AppGroup("files", help="Where the content of files lies.")


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
    with database().reading() as session:
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
