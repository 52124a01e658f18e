"""One row of a table that people fill in: its columns are fields."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from wtforms import Form as PlainForm

from grants.platform.forms.fields.question import Question


class Row(PlainForm):
    """The columns of one row. `currency` is that of its amounts; `sums` names the columns that are
    added up. With `cards`, a row is a card on a wide screen too: for long or many columns.
    `by_kind`: columns that are there for these answers to the column "kind" alone. `title` is the
    label of a row that is fixed.
    """

    require = True
    currency = "USD"
    sums: ClassVar[Sequence[str]] = ()
    cards: ClassVar[bool] = False
    by_kind: ClassVar[Mapping[str, Collection[str]]] = {}

    def __init__(self, *args: Any, currency: str = "USD", index: str = "0", **options: Any) -> None:
        self.currency = currency
        self.index = index
        self.title = ""
        super().__init__(*args, **options)

    def is_blank(self) -> bool:
        return all(column.is_empty() for column in self.columns())

    def columns(self) -> Iterator[Question]:
        return (column for column in self if isinstance(column, Question))
