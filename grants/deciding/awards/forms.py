"""What is filled in to approve, and to filter and cancel awards."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.deciding.awards.models import Award
from grants.deciding.awards.service import Terms
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.deciding.board.forms import shown_amount
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    CheckboxesField,
    CountryField,
    DateField,
    HiddenField,
    LongTextField,
    NumberField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.tables.bulk import Outlook

RUNNING = "running"


class AwardsForm(OwnerFilter, QueryForm):
    """Which awards."""

    q = TextField(_l("Organisation or number"), limit=80)
    opens_on = ("state", RUNNING)
    state = SelectField(
        _l("Status"),
        lambda: [
            (RUNNING, str(_l("Not finished"))),
            *((s.value, str(AWARD.names[s].staff)) for s in AwardState),
        ],
    )
    country = CountryField(_l("Country"))
    call = SelectField(_l("Call"), ())
    owner = OwnerField("award")

    @classmethod
    def of(cls, calls: Callable[[], Sequence[tuple[str, str]]]) -> "AwardsForm":
        """With the calls to choose from."""
        drawn = {"call": SelectField(_l("Call"), calls)}
        kind: type[AwardsForm] = type("AwardsFormOfViewer", (cls,), drawn)
        return kind()


class CancelForm(Form):
    """Why an award is cancelled."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l("The organisation will be notified of the reason."),
        required=True,
        limit=2000,
    )


TO_DO = "todo"
STAGES = (
    (TO_DO, _l("To do")),
    ("recommend", _l("Awaiting recommendation")),
    ("invite", _l("Concept notes to decide on")),
    ("advise", _l("Awaiting the Board’s advice")),
    ("approve", _l("Awaiting my approval")),
    ("reject", _l("Not recommended, awaiting my decision")),
    ("confirm", _l("On the reserve list, to be confirmed by me")),
    ("reserve", _l("On the reserve list")),
    ("promote", _l("On the reserve list, can be funded now")),
)


class DecisionsForm(QueryForm):
    """Which part of the list."""

    opens_on = ("stage", TO_DO)
    stage = SelectField(_l("Stage"), STAGES)
    call = SelectField(_l("Call"), ())

    @classmethod
    def of(cls, calls: Callable[[], Sequence[tuple[str, str]]]) -> "DecisionsForm":
        """With the calls to choose from."""
        drawn = {"call": SelectField(_l("Call"), calls)}
        kind: type[DecisionsForm] = type("DecisionsFormOfViewer", (cls,), drawn)
        return kind()


class PublishForm(Form):
    """Which organisations are not named when results are published, and why they change."""

    shown = HiddenField(limit=100_000)
    """The awards that the page above showed without a name: only what was seen is published."""

    @classmethod
    def of(cls, awards: Sequence[Award], unnamed: Sequence[str], *, again: bool) -> "PublishForm":
        """With the awards of the call to choose from; the reason is asked once they are public."""
        choices = [(str(a.id), f"{a.reference} · {a.organisation.name}") for a in awards]
        drawn: dict[str, Any] = {}
        if choices:
            drawn["unnamed"] = CheckboxesField(
                _l("Organisations not to be named"),
                lambda: choices,
                hint=_l(
                    "Where a name or a place could put survivors or staff at risk. Their awards "
                    "appear with the region only."
                ),
            )
        if again:
            drawn["reason"] = LongTextField(_l("Reason"), required=True, limit=1000, rows=3)
        kind: type[PublishForm] = type("PublishFormOfCall", (cls,), drawn)
        return kind(data={"unnamed": list(unnamed), "shown": ",".join(unnamed)})

    def chosen(self) -> set[int]:
        """The awards that are not named."""
        field = self._fields.get("unnamed")
        return {int(text) for text in (field.data or ())} if field else set()

    def why(self) -> str | None:
        field = self._fields.get("reason")
        return field.data if field else None

    def is_as_shown(self) -> bool:
        """Does the page show what would be published? Else it has to be looked at again."""
        same: bool = self.shown.data == _joined_ids(self.chosen())
        if not same:
            self.refuse(_("You changed who is named. Check the results again, then publish them."))
        return same

    def show(self) -> set[int]:
        """The awards that the page shows without a name."""
        self.shown.data = _joined_ids(self.chosen())
        return self.chosen()


def _joined_ids(ids: set[int]) -> str:
    return ",".join(map(str, sorted(ids)))


class ApproveForm(Form):
    """The period of the grant, and the amount as the officer saw it."""

    starts_on = DateField(_l("Start date of the grant"), required=True)
    ends_on = DateField(_l("End date of the grant"), required=True)
    reason = LongTextField(
        _l("Reason"),
        hint=_l(
            "Required if the Board did not endorse the recommendation, or if an application ranked "
            "above it is still to be approved."
        ),
        limit=4000,
        rows=3,
    )
    psc_percent = NumberField(
        _l("Programme support costs of this grant"),
        hint=_l("Leave empty to use the fund’s rate."),
        most=100,
        places=2,
        suffix=_l("per cent"),
    )
    psc_reason = LongTextField(_l("Reason for a rate other than the fund’s"), limit=1000, rows=2)
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


def _departure_field() -> LongTextField:
    return LongTextField(
        _l("Reason for departing from the ranking"),
        hint=_l("Only if you leave out an application that is ranked above one of these."),
        limit=2000,
        rows=3,
    )


def ask_why(form: Any, ready: Sequence[Outlook]) -> None:
    """Say on the form when the reason for departing from the ranking is needed: where some of what
    would be done passes over an application that is ranked above it.
    """
    departing = sum(1 for outlook in ready if outlook.note)
    form.departure.required = departing > 0
    if departing and departing == len(ready):
        form.departure.hint = _("Required: applications ranked above these are left out.")
    elif departing:
        form.departure.hint = ngettext(
            "Required for %(num)s row: it names the applications ranked above it.",
            "Required for %(num)s rows: they name the applications ranked above them.",
            departing,
        )


class ApproveManyForm(Form):
    """Why some are approved before others."""

    departure = _departure_field()


class RecommendManyForm(Form):
    """How much of what is requested, and why."""

    share = NumberField(
        _l("Share of the requested amount"),
        hint=_l("In whole dollars, and never above the call’s maximum grant."),
        least=1,
        most=100,
        suffix=_l("per cent"),
        required=True,
    )
    rationale = LongTextField(
        _l("Reasons for these applications and these amounts"),
        hint=_l("They are recorded with each of the recommendations."),
        required=True,
        limit=4000,
    )

    departure = _departure_field()

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "RecommendManyForm":
        """Filled in from the scenario that proposes them, if it was opened from one."""
        share = args.get("share", "")
        data: dict[str, Any] = {"share": int(share) if share.isdecimal() else 100}
        if scenario := args.get("scenario"):
            data["rationale"] = _(
                "Chosen in the scenario “%(name)s”: the highest total score within "
                "the amount available and the scenario’s rules of balance.",
                name=scenario,
            )
        return cls(data=data)
