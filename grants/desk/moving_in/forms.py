"""What is asked of a person who moves in."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.desk.moving_in.service import ENDINGS
from grants.platform.forms.fields import FileField, SelectField
from grants.platform.forms.of_funds import FundForm


class UploadForm(FundForm):
    """Which file, and into the books of which fund."""

    fund = SelectField(_l("Fund to import into"), required=True)
    file = FileField(
        _l("File of past records"),
        accept=ENDINGS,
        required=True,
        hint=_l("The completed template workbook, or a ZIP file of the CSV files."),
    )
