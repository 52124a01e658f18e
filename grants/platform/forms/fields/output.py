"""What nobody types: a text between the questions, a cell that is reckoned from others."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from grants.core.kernel.money import Money
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question


class DisplayOnly(Question):
    """A part of a form into which nothing is typed."""

    @property
    def is_optional(self) -> bool:
        """Nothing is asked."""
        return False

    def inputs(self) -> set[str]:
        return set()

    def is_empty(self) -> bool:
        return True


class ContentField(DisplayOnly):
    """A text between the questions, with a link (words, address) and a file (digest, name); of a
    file that is a `picture`, what it shows. One that `begins_part` is the head of a group of them.
    """

    widget = staticmethod(widgets.content)

    def __init__(
        self,
        label: str = "",
        *,
        text: str,
        link: tuple[str, str] | None,
        file: tuple[str, str] | None,
        picture: str = "",
        begins_part: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.paragraphs = [part for part in text.splitlines() if part.strip()]
        self.link, self.file, self.picture = link, file, picture
        self.begins_part = begins_part


class OutputField(DisplayOnly):
    """`reckon` gives the value for the row as text, None where there is none; `steps` is the
    formula for the browser (formulas.js), with so many `places`. With a `currency` it is Money.
    """

    widget = staticmethod(widgets.output)

    def __init__(
        self,
        label: str = "",
        *,
        reckon: Callable[[Any], str | None],
        steps: str,
        places: int,
        currency: str = "",
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.reckon, self.steps, self.places = reckon, steps, places
        if currency:
            self.currency = currency

    @property
    def data(self) -> Decimal | Money | None:
        value = self.reckon(self.form)
        if value is None:
            return None
        currency = getattr(self, "currency", "")
        return Money.parse(value, currency) if currency else Decimal(value)

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets it at birth; the row decides."""
