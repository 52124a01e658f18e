"""What is asked of a person who moves in."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.desk.moving_in.service import ENDINGS
from grants.platform.forms.fields import FileField, SelectField
from grants.platform.forms.forms import Form


class UploadForm(Form):
    """Which file, and into the books of which fund."""

    fund = SelectField(_l("Fund to import into"), required=True)
    file = FileField(
        _l("File of past records"),
        accept=ENDINGS,
        required=True,
        hint=_l("The completed template workbook, or a ZIP file of the CSV files."),
    )

    def __init__(self, funds: Sequence[Fund]) -> None:
        self.funds = funds
        super().__init__()

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.fund.choices = [(fund.code, fund.title) for fund in self.funds]
        super().process(formdata, *args, **options)
