"""What a trustee fills in to declare interests."""

from collections.abc import Collection, Sequence

from grants.applying.applications.models import Application
from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.deciding.interests.queries import mark_of
from grants.deciding.interests.service import Declaration
from grants.platform.forms.fields import (
    CheckboxesField,
    CheckboxField,
    HiddenField,
    LongTextField,
)
from grants.platform.forms.forms import Form
from grants.platform.tables.lists import SIZE

DIGITS = 16
"""No record has so long a number."""
LONGEST = SIZE * DIGITS
"""Characters: the applications of one page, by their ids."""


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
    rest = CheckboxField(
        "",
        hint=_l("Leave the box empty to declare page by page: each page is recorded separately."),
    )
    others = HiddenField(limit=64)
    """The mark of the applications on other pages, as they were counted for this one."""

    def declaration(self) -> Declaration:
        ticked = {int(value) for value in self.conflicts.data}
        mark = str(self.others.data or "") if self.rest.data else None
        return Declaration(ids_in(str(self.shown.data or "")), ticked, self.nature.data or "", mark)

    def count_again(self, other_ids: Collection[int]) -> None:
        """Count the applications on other pages again before the form is shown: the box is about
        those that its label counts now, and is empty if they are not those for which it was
        ticked.
        """
        mark = mark_of(other_ids)
        if self.others.data != mark:
            self.others.data, self.others.raw_data, self.rest.data = mark, [mark], False

    def is_complete(self) -> bool:
        """A conflict says what it is."""
        if self.conflicts.data and not self.nature.data:
            self.complain("nature", _("Describe your conflict of interest."))
            return False
        return True


def ids_in(text: str) -> set[int]:
    """The ids that a page has sent back."""
    return {int(part) for part in text.split() if part.isdecimal() and len(part) < DIGITS}


def declare_form(applications: Sequence[Application], other_ids: Collection[int]) -> DeclareForm:
    """The form for these applications: title and country, and nothing else of them. Those in
    `other_ids` are on other pages.
    """
    choices = [
        (
            str(application.id),
            application.title,
            country_name(application.country) if application.country else "",
        )
        for application in applications
    ]
    label = _l("Tick each application in which you have a conflict of interest")
    field = CheckboxesField(label, choices)
    kind: type[DeclareForm] = type("DeclareFormOfCall", (DeclareForm,), {"conflicts": field})
    ids = " ".join(value for value, _title, _country in choices)
    form = kind(data={"shown": ids, "others": mark_of(other_ids)})
    form.rest.label.text = ngettext(
        "I have no conflict of interest in the %(num)s application on the other pages either.",
        "I have no conflict of interest in any of the %(num)s applications on the other pages "
        "either.",
        len(other_ids),
    )
    return form


class RecuseForm(Form):
    """Why a trustee recuses themselves after all."""

    reason = LongTextField(
        _l("Nature of the conflict of interest"), required=True, limit=1000, rows=4
    )
