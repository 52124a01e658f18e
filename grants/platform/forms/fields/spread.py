"""Amounts of one line of a budget: a box for each who pays and each period."""

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms.utils import unset_value

from grants.core.kernel.errors import FundError
from grants.core.kernel.money import Money, exponent, total
from grants.core.texts.formats import bare_amount
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question

Option = tuple[str, str]


class SpreadField(Question):
    """`payers` are codes and labels; `periods` labels, of which there may be none. What is typed
    is kept as text; `data` is None.
    """

    widget = staticmethod(widgets.spread)

    def __init__(
        self,
        label: str = "",
        *,
        payers: Sequence[Option],
        periods: Sequence[str],
        currency: str,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.payers, self.periods, self.currency = payers, periods or [""], currency
        self.typed: dict[str, str] = {}
        self._amounts: dict[str, Money] | None = None
        self.cell_errors: dict[str, str] = {}

    @property
    def places(self) -> int:
        """Decimals of the currency."""
        return exponent(self.currency)

    def name_of(self, payer: str, number: int) -> str:
        return f"{self.name}-{payer}_{number}"

    def cells(self, payer: str) -> Iterator[tuple[str, str, str]]:
        """(name of the input, the period, what is typed) of one who pays."""
        for number, period in enumerate(self.periods, 1):
            name = self.name_of(payer, number)
            yield name, period, self.typed.get(name, "")

    def process(self, formdata: Any, data: Any = unset_value, *_filters: Any, **_more: Any) -> None:  # noqa: ARG002
        self.process_errors = []
        self.raw_data, self.data, self._amounts = None, None, None
        names = self.inputs()
        self.typed = {n: str(formdata[n]).strip() for n in names if formdata and n in formdata}

    def inputs(self) -> set[str]:
        numbers = range(1, len(self.periods) + 1)
        return {self.name_of(payer, number) for payer, _label in self.payers for number in numbers}

    def is_empty(self) -> bool:
        return not any(self.typed.values())

    def problems(self) -> list[tuple[str, str]]:
        inside = list(self.cell_errors.items())
        return inside or super().problems()

    @property
    def target(self) -> str:
        return self.name_of(self.payers[0][0], 1)

    def sum_of(self, payer: str = "", number: int = 0) -> Money:
        """What one pays, or all, in a period or in all, as far as amounts can be read."""
        payers = [payer] if payer else [code for code, _label in self.payers]
        numbers = [number] if number else range(1, len(self.periods) + 1)
        names = [self.name_of(code, at) for code in payers for at in numbers]
        amounts = self._read_amounts()
        return total([amounts[name] for name in names if name in amounts], self.currency)

    def figure_of(self, payer: str) -> str:
        """What one pays in all periods, in figures alone."""
        return bare_amount(self.sum_of(payer))

    def _read_amounts(self) -> dict[str, Money]:
        """What is typed, by the name of its box: each is read once, and added up in many sums."""
        if self._amounts is None:
            texts = {name: text for name, text in self.typed.items() if text}
            self._amounts = {n: _amount_in(text, self.currency) for n, text in texts.items()}
        return self._amounts


def _amount_in(text: str, currency: str) -> Money:
    try:
        return Money.parse(text, currency)
    except FundError:
        return Money(0, currency)
