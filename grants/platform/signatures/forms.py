"""Signing, as typed: what every paper asks that two sides sign."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.platform.forms.fields import FileField, HiddenField, TextField
from grants.platform.forms.forms import Form

PAPER = (".pdf",)


def function_field(hint: str) -> TextField:
    """In which function a person signs."""
    return TextField(_l("Job title of the person who signs"), hint=hint, required=True, limit=120)


def code_field() -> TextField:
    """The code of the newest e-mail."""
    return TextField(
        _p("signing in", "Code"),
        hint=_l("The six digits of our newest e-mail."),
        required=True,
        limit=20,
    )


class UploadForm(Form):
    """A copy that was signed on paper or electronically."""

    version = HiddenField()
    name = TextField(_l("Name of the person who signed"), required=True, limit=120)
    function = function_field(_l("For example: Executive Director."))
    file = FileField(
        _l("The signed copy"),
        hint=_l("A PDF: signed electronically, or printed, signed and scanned."),
        accept=PAPER,
        required=True,
    )
