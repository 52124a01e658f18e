"""What a check has found, as it is listed for people."""

from collections.abc import Iterable, Iterator
from itertools import islice

from grants.core.kernel.language import gettext as _

MOST = 1_000
"""Breaches of one check that are listed: a mistake made a million times needs no million lines."""


def first_of(found: Iterable[str], most: int = MOST) -> Iterator[str]:
    """So many of the breaches of a check, and a line more if there are others."""
    rest = iter(found)
    yield from islice(rest, most)
    if next(rest, None) is not None:
        listed = {"number": most}
        yield _("There are more breaches of this check: %(number)s of them are listed.", **listed)
