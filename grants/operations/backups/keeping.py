"""Which backups of a place are kept: the newest of each of the last days, weeks and months."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from grants.operations.backups.encrypting import SUFFIX
from grants.platform.documents.store import Store
from grants.variables import Keep

NAME = re.compile(r"paragraph20-(\d{4}-\d\d-\d\dT\d{6})Z\.p20(\.age)?")
MOMENT = "%Y-%m-%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class StoredBackup:
    """A backup, its bytes, and its moment."""

    name: str
    size: int
    taken_at: datetime


def file_name(moment: datetime, *, encrypted: bool) -> str:
    name = f"paragraph20-{moment.astimezone(UTC).strftime(MOMENT)}Z.p20"
    return name + SUFFIX if encrypted else name


def backups_in(place: Store) -> list[StoredBackup]:
    """Every backup that was named by us, the newest first; other files are nobody's business."""
    matches = ((entry, NAME.fullmatch(entry.name)) for entry in place.entries(""))
    dated = [
        StoredBackup(
            entry.name, entry.size, datetime.strptime(match[1], MOMENT).replace(tzinfo=UTC)
        )
        for entry, match in matches
        if match
    ]
    return sorted(dated, key=lambda backup: backup.taken_at, reverse=True)


def due_for_deletion(backups: Iterable[StoredBackup], rule: Keep) -> list[StoredBackup]:
    """Backups that the rule keeps no longer. The newest of all is always kept."""
    ordered = sorted(backups, key=lambda backup: backup.taken_at, reverse=True)
    keep = {backup.name for backup in ordered[:1]}
    for number, period in ((rule.daily, _day), (rule.weekly, _week), (rule.monthly, _month)):
        newest: dict[tuple[int, ...], str] = {}
        for backup in ordered:
            newest.setdefault(period(backup.taken_at), backup.name)
        keep |= set(list(newest.values())[:number])
    return [backup for backup in ordered if backup.name not in keep]


Period = Callable[[datetime], tuple[int, ...]]


def _day(moment: datetime) -> tuple[int, ...]:
    return moment.year, moment.month, moment.day


def _week(moment: datetime) -> tuple[int, ...]:
    return tuple(moment.isocalendar()[:2])


def _month(moment: datetime) -> tuple[int, ...]:
    return moment.year, moment.month
