"""What is worked out of the whole books, once for all who look, until something happens.

It is kept with the end of the trail from just before, and for that minute, as public pages are.
Every act is in the trail in the transaction that changes a figure, so nobody sees an old one. What
else waits for a person is kept with what the database has written.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

from grants.core.kernel.moments import seen
from grants.platform.web.database import session
from grants.platform.web.visiting import moment, this_minute

MOST = 100
"""Of each process."""
FEW = 4
"""How many documents a process keeps: each may be a megabyte, and anybody may ask for others."""

Facts = TypeVar("Facts")


def while_nothing_happens(key: Hashable, work_out: Callable[[], Facts]) -> Facts:
    """What `work_out` makes of the records as they are now: facts that nobody changes, the same for
    all who may see them, under a key of their own.
    """
    return _kept(key, moment, work_out)


def document_while_nothing_happens(key: Hashable, make: Callable[[], Facts]) -> Facts:
    """The same for a long document: few are kept, apart from other facts."""
    return _kept(key, moment, make, "kept_documents", FEW)


def while_nothing_is_written(key: Hashable, work_out: Callable[[], Facts]) -> Facts:
    """The same for facts that also change without an act, such as a draft: until any transaction
    has written anything.
    """
    return _kept(key, lambda: (seen(session()), this_minute()), work_out)


def _kept(
    key: Hashable,
    ask: Callable[[], Hashable],
    work_out: Callable[[], Facts],
    place: str = "kept_facts",
    most: int = MOST,
) -> Facts:
    """Asked before it is worked out: what is written meanwhile makes it new for the next reader."""
    if not current_app.config["KEEP_PAGES"]:
        return work_out()
    kept: dict[Hashable, tuple[Hashable, Facts]] = current_app.extensions.setdefault(place, {})
    now, found = ask(), kept.get(key)
    if found is None or found[0] != now:
        if len(kept) >= most:
            kept.clear()
        found = kept[key] = now, work_out()
    return found[1]
