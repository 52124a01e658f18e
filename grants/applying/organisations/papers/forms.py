"""A paper that is uploaded."""

from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.service import Paper
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.forms.fields import DateField, FileField, SelectField
from grants.platform.forms.forms import Form


class PaperForm(Form):
    """What it is, from when to when it is valid, and the file."""

    kind = SelectField(_l("What type of document is it?"), PaperKind, required=True)
    file = FileField(_l("File"), accept=ENDINGS, required=True)
    issued_on = DateField(_l("Date of issue"), last=clock.today)
    expires_on = DateField(
        _l("Valid until"),
        hint=_l(
            "Leave empty if the document does not expire. We will remind you a "
            "month before it expires."
        ),
    )

    def paper(self) -> Paper:
        return Paper(self.kind.data, self.issued_on.data, self.expires_on.data)
