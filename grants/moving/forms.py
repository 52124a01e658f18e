"""What is asked of somebody who moves in."""

from collections.abc import Sequence
from typing import Any

from grants.funds.models import Fund
from grants.kernel.language import lazy_gettext as _l
from grants.moving.service import ENDINGS
from grants.web.fields import FileField, SelectField
from grants.web.forms import Form


class UploadForm(Form):
    """Which file, and into the books of which fund."""

    fund = SelectField(_l("Into the books of"), required=True)
    file = FileField(
        _l("The history"),
        accept=ENDINGS,
        limit="10 MB",
        required=True,
        hint=_l("The workbook of the template, filled in, or a ZIP of the CSV files."),
    )

    def __init__(self, funds: Sequence[Fund]) -> None:
        self.funds = funds
        super().__init__()

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.fund.choices = [(fund.code, fund.title) for fund in self.funds]
        super().process(formdata, *args, **options)
