"""What must hold of live data, and how breaches are listed for people."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _

MOST = 1_000
"""Breaches of one check that are listed: a mistake made a million times needs no million lines."""


@dataclass(frozen=True, eq=False)
class Invariant:
    """A question to the database: each row is a breach, told by the sentence with its columns."""

    sentence: str
    query: str
    codes: Mapping[str, Iterable[StrEnum]] = MappingProxyType({})
    """The states or events that it asks for, by the name of its parameter."""

    def __call__(self, session: Session) -> Iterator[str]:
        values = {name: [code.value for code in codes] for name, codes in self.codes.items()}
        for row in session.execute(text(self.query), values).mappings().all():
            yield str(self.sentence) % dict(row)


def first_of(breaches: Iterable[str], most: int = MOST) -> Iterator[str]:
    """So many of the breaches of a check, and a line more if there are others."""
    remaining = iter(breaches)
    yield from islice(remaining, most)
    if next(remaining, None) is not None:
        listed = {"number": most}
        yield _(
            "There are more breaches of this check: only %(number)s of them are listed.", **listed
        )
