"""Clauses as they are typed: a heading after "#", paragraphs parted by an empty line. No database.

    # Purpose
    The Grantee shall carry out the project …

    The grant shall be used for …

They are numbered as they are printed: 1, then 1.1 and 1.2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

MARK = "#"
LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause."""

    heading: str
    paragraphs: tuple[str, ...]


def written(clauses: Sequence[Clause]) -> str:
    """Clauses as the text in which they are edited."""
    return "\n\n".join(
        "\n".join((f"{MARK} {clause.heading}", "\n\n".join(clause.paragraphs)))
        for clause in clauses
    )


def read(text: str) -> tuple[Clause, ...]:
    """The clauses of a text. DomainError, naming the line or the clause, for one that cannot be
    numbered.
    """
    clauses = tuple(_clauses_in(text))
    if not clauses:
        raise DomainError(_("Write at least one clause. Its heading is a line that begins with #."))
    for clause in clauses:
        if not clause.paragraphs:
            raise DomainError(
                _("The clause “%(heading)s” has no text. Add a paragraph.", heading=clause.heading)
            )
        if len(clause.heading) > LONGEST_HEADING:
            raise DomainError(
                _(
                    "The heading “%(heading)s” is too long. Shorten it.",
                    heading=f"{clause.heading[:60]}…",
                )
            )
    return clauses


def _clauses_in(text: str) -> Iterator[Clause]:
    heading, block, paragraphs = "", list[str](), list[str]()
    for number, line in enumerate([*text.splitlines(), MARK], 1):
        words = line.strip()
        if words and not words.startswith(MARK):
            if not heading:
                raise DomainError(
                    _(
                        "Line %(number)s comes before the first heading. Begin with a"
                        " line such as “# Purpose”.",
                        number=number,
                    )
                )
            block.append(words)
            continue
        if block:
            paragraphs.append(" ".join(block))
            block.clear()
        if words.startswith(MARK):
            if heading:
                yield Clause(heading, tuple(paragraphs))
                paragraphs.clear()
            heading = words.lstrip(MARK).strip()
            if not heading and number <= len(text.splitlines()):
                raise DomainError(
                    _(
                        "Line %(number)s is a heading without text. Add the text after the #.",
                        number=number,
                    )
                )
