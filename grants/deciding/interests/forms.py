"""What a trustee fills in to declare interests."""

from collections.abc import Sequence

from grants.applying.applications.models import Application
from grants.core.kernel.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.interests.service import Declaration
from grants.platform.web.fields import (
    CheckboxesField,
    CheckboxField,
    HiddenField,
    LongTextField,
)
from grants.platform.web.forms import Form

LONGEST = 100_000
"""Characters: the applications of the largest call, by their ids."""
DIGITS = 16
"""No record has so long a number."""


class DeclareForm(Form):
    """Made by `declare_form` for the applications of one call."""

    conflicts = CheckboxesField(_l("Applications"), ())
    nature = LongTextField(
        _l("Nature of the conflict of interest"),
        hint=_l("Required if you ticked an application."),
        limit=1000,
        rows=3,
    )
    declared = CheckboxField(
        _l(
            "I declare that I have no conflict of interest in any application that I have not "
            "ticked. Neither I nor any person close to me has worked for, advised, funded or "
            "competed with these applicants, or stands to benefit from the decision."
        ),
        required=True,
        missing=_l("Tick the box to make the declaration."),
    )
    shown = HiddenField(limit=LONGEST)
    """The applications of the page, by their ids: nothing is declared on what was not shown."""

    def declaration(self) -> Declaration:
        parts = str(self.shown.data or "").split()
        shown = {int(part) for part in parts if part.isdecimal() and len(part) < DIGITS}
        ticked = {int(value) for value in self.conflicts.data}
        return Declaration(shown, ticked, self.nature.data or "")

    def is_complete(self) -> bool:
        """A conflict says what it is."""
        if self.conflicts.data and not self.nature.data:
            self.complain("nature", _("Describe your conflict of interest."))
            return False
        return True


def declare_form(applications: Sequence[Application]) -> DeclareForm:
    """The form for these applications: title and country, and nothing else of them."""
    choices = [
        (str(one.id), one.title, country_name(one.country) if one.country else "")
        for one in applications
    ]
    label = _l("Tick each application in which you have a conflict of interest")
    field = CheckboxesField(label, choices)
    kind: type[DeclareForm] = type("DeclareFormOfCall", (DeclareForm,), {"conflicts": field})
    return kind(data={"shown": " ".join(value for value, _title, _country in choices)})


class RecuseForm(Form):
    """Why a trustee recuses themselves after all."""

    reason = LongTextField(
        _l("Nature of the conflict of interest"), required=True, limit=1000, rows=4
    )
