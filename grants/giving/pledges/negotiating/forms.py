"""What is filled in when an earmark is negotiated."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.pledges.forms import BoundForm
from grants.giving.pledges.models import Pledge
from grants.platform.forms.fields import FileField, LongTextField
from grants.platform.forms.forms import Form


class ProposalForm(BoundForm):
    """What the pledge is to be earmarked for instead, and why."""

    reason = LongTextField(
        _l("Why do you propose this?"),
        hint=_l("The donor will see this."),
        required=True,
        limit=1000,
        rows=4,
    )

    @classmethod
    def of(cls, pledge: Pledge) -> "ProposalForm":
        """With the terms that hold now."""
        return cls(
            data={
                "earmarking": pledge.earmarking.value,
                "window": pledge.earmarked_window,
                "region": pledge.earmarked_region,
                "theme": pledge.earmarked_theme,
                "countries": [{"country": code} for code in pledge.earmarked_countries],
                "until": pledge.earmarked_until,
                "earmarked_for": pledge.earmarked_for,
            }
        )


class LetterForm(Form):
    """The letter in which the donor agreed."""

    file = FileField(
        _l("The donor’s letter"),
        accept=(".pdf",),
        required=True,
    )


class RefusalForm(Form):
    """Why the donor does not agree."""

    reason = LongTextField(
        _l("Why do you not agree?"),
        hint=_l("Fund staff will read it."),
        required=True,
        limit=1000,
        rows=4,
    )
