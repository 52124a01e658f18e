"""What is filled in to recommend an application and to record the Board's advice."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.texts.formats import example_day
from grants.deciding.board.models import Endorsement
from grants.deciding.board.order import Placed, references_of
from grants.deciding.board.service import Proposal
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
)
from grants.platform.forms.forms import Form


class RecommendForm(Form):
    """How much, and why."""

    amount = AmountField(_l("Recommended amount"), required=True)
    rationale = LongTextField(
        _l("Reasons for this application and this amount"), required=True, limit=4000
    )
    override = LongTextField(
        _l("Reason for exceeding a limit"),
        hint=_l(
            "Only if the amount is above the amount requested or the call’s maximum grant, or "
            "if the score is below the minimum score."
        ),
        limit=2000,
        rows=3,
    )

    def proposal(self) -> Proposal:
        departure = self._fields.get("departure")
        return Proposal(
            self.amount.data or Money(0, "USD"),
            self.rationale.data or "",
            self.override.data or "",
            (departure.data or "") if departure else "",
        )

    @classmethod
    def of(cls, above: Sequence[Placed], data: Mapping[str, object]) -> "RecommendForm":
        """With the reason for departing from the ranking, if it passes over some."""
        kind = cls
        if above:
            departure = LongTextField(
                _l("Reason for departing from the ranking"),
                hint=_(
                    "Ranked above this application and not yet decided: %(them)s.",
                    them=references_of(above),
                ),
                required=True,
                limit=2000,
                rows=3,
            )
            kind = type(f"{cls.__name__}Departing", (cls,), {"departure": departure})
        return kind(data=data)


class ReviseForm(RecommendForm):
    """A recommendation that was made before, and why it changes."""

    reason = LongTextField(
        _l("Reason for changing the recommendation"), required=True, limit=1000, rows=3
    )


class ReasonForm(Form):
    """Why."""

    reason = LongTextField(_l("Reason"), required=True, limit=4000)


class AdviceForm(Form):
    """What the Board said in a session on paper, and its signed minutes."""

    session_on = DateField(
        _l("Date of the Board’s session"),
        required=True,
        last=clock.today,
        hint=_l("For example %(day)s.", day=example_day()),
    )
    endorsement = RadioField(_l("The Board’s advice"), Endorsement, required=True)
    remarks = LongTextField(
        _l("The Board’s remarks"),
        hint=_l("Required unless the Board endorses the recommendation without changes."),
        limit=4000,
    )
    minutes = FileField(
        _l("Signed minutes of the session"),
        hint=_l("A PDF of the minutes signed by the Board."),
        required=True,
    )
    amount = HiddenField()
    """What the Board was shown, in USD; a recommendation changed meanwhile is refused."""


def shown_amount(field: Any) -> Money:
    """The amount the page was made with; USD 0 if the hidden field holds no amount."""
    text = str(field.data or "")
    whole, _point, cents = text.partition(".")
    if not (whole.isdecimal() and cents.isdecimal() and len(cents) == 2):
        return Money(0, "USD")
    return Money(int(whole + cents), "USD")
