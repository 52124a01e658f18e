"""What is filled in to approve, and to filter and cancel awards."""

from collections.abc import Callable, Sequence

from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.awards.service import Terms
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.deciding.board.forms import shown_amount
from grants.platform.web.fields import (
    CountryField,
    DateField,
    HiddenField,
    LongTextField,
    NumberField,
    SelectField,
    TextField,
)
from grants.platform.web.forms import Form, QueryForm


class AwardsForm(QueryForm):
    """Which awards."""

    q = TextField(_l("Organisation or number"), limit=80)
    state = SelectField(_l("Status"), lambda: [(s.value, AWARD.names[s].staff) for s in AwardState])
    country = CountryField(_l("Country"))


class CancelForm(Form):
    """Why an award is cancelled."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l("The organisation will be notified of the reason."),
        required=True,
        limit=2000,
    )


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
        _l("Programme support costs of this grant"),
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
