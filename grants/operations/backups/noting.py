"""When a backup was last taken from this installation, for those who watch it."""

from datetime import UTC, datetime
from io import BytesIO

from flask import current_app

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day
from grants.platform.documents.store import Store, store

NAME = "last-backup"
LONGEST = 90_000
"""Seconds from one nightly backup to the next: a day, and an hour that it may take longer."""


def note_backup(place: Store) -> None:
    """A backup is complete: its moment (seconds of the epoch) is kept with the files, where every
    host finds it.
    """
    place.write(NAME, BytesIO(f"{clock.wall().timestamp():.0f}\n".encode()))


def last_backup(place: Store) -> int:
    """Seconds of the epoch; 0 if none was ever taken here, so that an alarm on its age rings."""
    try:
        with place.open(NAME) as note:
            return int(note.read())
    except (OSError, ValueError):
        return 0


def overdue_backup() -> str | None:
    """What administrators are told in production while no backup of the last day is there."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.production:
        return None
    last = last_backup(store())
    if clock.wall().timestamp() - last < LONGEST:
        return None
    if not last:
        return _(
            "No backup of this installation has been taken. Tell the owner of the installation."
        )
    day = plain_day(clock.day_of(datetime.fromtimestamp(last, UTC)))
    return _("The last backup was taken on %(day)s. Tell the owner of the installation.", day=day)
