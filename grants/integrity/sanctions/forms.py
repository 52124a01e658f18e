"""What people fill in about the sanctions list."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.sanctions.workflow import HIT, HitState
from grants.platform.forms.fields import (
    CountryField,
    FileField,
    LongTextField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm


class ListForm(Form):
    """The file of the list."""

    file = FileField(
        _l("File of the Consolidated List (XML)"),
        accept=(".xml",),
        hint=_l("As published by the Security Council. It will replace the list in force."),
        required=True,
    )


class NameForm(QueryForm):
    """A name to be looked up."""

    q = TextField(_l("Name, in any script"), limit=200)
    country = CountryField(_l("Country"))


class HitFilter(QueryForm):
    """Which matches to list."""

    state = SelectField(
        _l("Status"), lambda: [(state.value, HIT.names[state].staff) for state in HitState]
    )


class ScreenForm(Form):
    """A button: nothing to fill in."""


class ReasonForm(Form):
    """Why a match is decided so."""

    reason = LongTextField(
        _l("Why?"),
        hint=_l(
            "What distinguishes or confirms the match: dates, addresses, identity "
            "documents. Your explanation is kept on record."
        ),
        required=True,
        limit=2000,
        rows=5,
    )
