"""Forms and filters that ask for one of the funds a person works for."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.platform.forms.fields import RadioField, SelectField
from grants.platform.forms.forms import Form, QueryForm


class FundForm(Form):
    """Asks for a fund by its name. Each form words the question `fund` itself."""

    fund: RadioField | SelectField

    def __init__(self, *args: Any, funds: Sequence[Fund], **options: Any) -> None:
        self.funds = funds
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.fund.choices = [(fund.code, fund.title) for fund in self.funds]
        super().process(formdata, *args, **options)


class FundUnlessOneForm(FundForm):
    """Asks for the fund only where a person works for several."""

    def __init__(self, *args: Any, funds: Sequence[Fund], **options: Any) -> None:
        super().__init__(*args, funds=funds, **options)
        if len(funds) == 1:
            del self.fund

    @property
    def code(self) -> str:
        """The code of the fund that is meant."""
        return self.funds[0].code if len(self.funds) == 1 else self.fund.data or ""


class FundFilter(QueryForm):
    """A list's filter by the code of a fund. Each filter places the question `fund` itself."""

    fund: SelectField

    def __init__(self, funds: Sequence[Fund]) -> None:
        self.funds = funds
        super().__init__()

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.fund.choices = [(fund.code, fund.code) for fund in self.funds]
        super().process(formdata, *args, **options)
