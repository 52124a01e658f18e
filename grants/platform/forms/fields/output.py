"""A cell that nobody types: it is reckoned from the others of its row."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from grants.core.kernel.money import Money
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question


class OutputField(Question):
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

    @property
    def is_optional(self) -> bool:
        """Nothing is asked."""
        return False

    def inputs(self) -> set[str]:
        return set()

    def is_empty(self) -> bool:
        return True
