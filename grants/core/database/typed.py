"""A text that is looked for, as questions are given it."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, bindparam, literal

from grants.core.database.words import as_said, has_words, plainly, says


class Typed(NamedTuple):
    """The forms of a text, or their names in a question that is worded once for a kind of text, and
    given the forms when it is asked.
    """

    by_words: bool
    """Not as it is written."""
    said: Any
    """What `as_said` makes of it."""
    plain: Any
    """What `plainly` makes of it."""
    begins: Any
    """The same in capitals."""
    typed: Any
    """As it is."""
    capitals: Any
    """As it is, in capitals."""

    def is_in(self, column: Any) -> ColumnElement[bool]:
        """The column has a word that begins with each word of the text; see `speaks_of`."""
        return says(self.said, column, by_words=self.by_words)

    def starts(self, column: Any) -> ColumnElement[bool]:
        """The column begins so, in whatever case."""
        begins: ColumnElement[bool] = column.istartswith(self.plain, escape="/")
        return begins

    def starts_number(self, column: Any) -> ColumnElement[bool]:
        """The column, of references in capitals, begins so: for an index of it."""
        begins: ColumnElement[bool] = column.startswith(self.begins, escape="/")
        return begins


def forms_of(text: str) -> dict[str, str]:
    """The forms of a text by their names."""
    capitals = text.upper()
    return {
        "said": as_said(text),
        "plain": plainly(text),
        "begins": plainly(capitals),
        "typed": text,
        "capitals": capitals,
    }


def typed(text: str) -> Typed:
    """A text, for a question of its own."""
    return Typed(has_words(text), *map(literal, forms_of(text).values()))


@cache
def any_typed(*, by_words: bool) -> Typed:
    """Any text of a kind, for a question that is given its forms."""
    return Typed(by_words, *(bindparam(name, type_=Text) for name in Typed._fields[1:]))
