"""What is filled in to prepare and take a decision."""

from collections.abc import Callable, Sequence
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.deciding.awards.service import Terms
from grants.deciding.board.models import Endorsement
from grants.deciding.board.service import Proposal
from grants.platform.web.fields import (
    AmountField,
    DateField,
    HiddenField,
    LongTextField,
    NumberField,
    RadioField,
    SelectField,
)
from grants.platform.web.forms import Form, QueryForm

STAGES = (
    ("recommend", _l("To be proposed on")),
    ("advise", _l("Waiting for the Board’s advice")),
    ("approve", _l("Waiting for my approval")),
    ("reject", _l("Not recommended, waiting for my decision")),
    ("reserve", _l("On the reserve list")),
)


class DecisionsForm(QueryForm):
    """Which part of the list."""

    stage = SelectField(_l("Stage"), STAGES)
    call = SelectField(_l("Call"), ())

    @classmethod
    def of(cls, calls: Callable[[], Sequence[tuple[str, str]]]) -> "DecisionsForm":
        """With the calls to choose from."""
        drawn = {"call": SelectField(_l("Call"), calls)}
        kind: type[DecisionsForm] = type("DecisionsFormOfViewer", (cls,), drawn)
        return kind()


class RecommendForm(Form):
    """How much, and why."""

    amount = AmountField(_l("Recommended amount"), required=True)
    rationale = LongTextField(
        _l("Why this application, and why this amount"), required=True, limit=4000
    )
    override = LongTextField(
        _l("Reason to go beyond a limit"),
        hint=_l(
            "Only if the amount is above what was asked for or above the call’s highest sum, or "
            "if the score is below the pass mark."
        ),
        limit=2000,
        rows=3,
    )

    def proposal(self) -> Proposal:
        return Proposal(
            self.amount.data or Money(0, "USD"),
            self.rationale.data or "",
            self.override.data or "",
        )


class ReviseForm(RecommendForm):
    """The same again, and why it changes."""

    reason = LongTextField(_l("Why the recommendation changes"), required=True, limit=1000, rows=3)


class ReasonForm(Form):
    """Why."""

    reason = LongTextField(_l("Reason"), required=True, limit=4000)


class AdviceForm(Form):
    """What the Board said, in which session."""

    session_on = DateField(
        _l("Day of the Board’s session"),
        required=True,
        last=clock.today,
        hint=_l("Such as 27 3 2026."),
    )
    endorsement = RadioField(_l("The Board’s advice"), Endorsement, required=True)
    remarks = LongTextField(
        _l("Remarks of the Board"),
        hint=_l("Needed unless the recommendation is endorsed as it is."),
        limit=4000,
    )
    amount = HiddenField()
    """What the Board was shown, in USD; a recommendation changed meanwhile is refused."""


class ApproveForm(Form):
    """The period of the grant, and the amount as the officer saw it."""

    starts_on = DateField(_l("The grant starts on"), required=True)
    ends_on = DateField(_l("It ends on"), required=True)
    reason = LongTextField(
        _l("Reason"),
        hint=_l("Needed if the Board did not endorse the recommendation."),
        limit=4000,
        rows=3,
    )
    psc_percent = NumberField(
        _l("Programme support cost of this grant"),
        hint=_l("Leave it empty for the rate of the fund."),
        most=100,
        places=2,
        suffix=_l("percent"),
    )
    psc_reason = LongTextField(_l("Why it is not the rate of the fund"), limit=1000, rows=2)
    amount = HiddenField()

    def terms(self) -> Terms:
        """What the officer decides on."""
        return Terms(
            shown_amount(self.amount),
            self.starts_on.data,
            self.ends_on.data,
            self.psc_percent.data,
            self.psc_reason.data,
        )


def shown_amount(field: Any) -> Money:
    """The amount the page was made with; nothing when somebody changed it to no amount."""
    text = str(field.data or "")
    whole, _point, cents = text.partition(".")
    if not (whole.isdecimal() and cents.isdecimal() and len(cents) == 2):
        return Money(0, "USD")
    return Money(int(whole + cents), "USD")


def stage_label(stage: str) -> str:
    """The name of a part of the list."""
    return str(dict(STAGES).get(stage, _("All")))
