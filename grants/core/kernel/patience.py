"""A limit of time for reading a file that comes from outside."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _

READING = 60
"""Seconds of the processor for one file; the largest that are accepted take some six."""
OFTEN = 100
"""Items between two looks at the clock."""

Item = TypeVar("Item")


def within_time(items: Iterable[Item]) -> Iterator[Item]:
    """Pass the items on; InvalidInput once what is done with them has taken too long."""
    until = time.thread_time() + READING
    for number, item in enumerate(items):
        if number % OFTEN == 0 and time.thread_time() > until:
            raise InvalidInput(too_long())
        yield item


def too_long() -> str:
    return _("reading this file takes too long; split it and upload the parts")
