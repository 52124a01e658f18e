"""What is filled in to change a setting."""

from types import SimpleNamespace
from typing import Any

from grants.books.settings.workflow import MOST_DAYS, Setting
from grants.core.funds.approvals import MOST_APPROVERS, MOST_TIERS, Tier, from_text
from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, OFFERED
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    EmailField,
    LongTextField,
    NumberField,
    Row,
    RowsField,
    SelectField,
)
from grants.platform.forms.forms import Form


class AmountForm(Form):
    """Another amount, and why."""

    value = AmountField(_l("New amount"), zero=True, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class PercentForm(Form):
    """Another percentage, and why."""

    value = NumberField(
        _l("New percentage"), most=100, places=2, suffix=_l("per cent"), required=True
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class DaysForm(Form):
    """Another number of days, and why."""

    value = NumberField(
        _l("New number of days"), most=max(MOST_DAYS.values()), suffix=_l("days"), required=True
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class ZoneForm(Form):
    """Another time zone, and why."""

    value = SelectField(
        _l("New time zone"),
        lambda: [(name, name) for name in clock.zones()],
        hint=_l(
            "Days begin and end in this time zone. Calls keep the time zone they were "
            "prepared with."
        ),
        required=True,
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class LanguagesForm(Form):
    """Other languages, and why."""

    value = CheckboxesField(
        _l("Languages of the fund"),
        lambda: [(code, LANGUAGES[code].name) for code in OFFERED],
        hint=_l(
            "Pages, letters and documents are available in these languages. English is "
            "always one of them."
        ),
        required=True,
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class AddressForm(Form):
    """Another e-mail address, and why."""

    value = EmailField(
        _l("New e-mail address"),
        hint=_l(
            "Contributions that are not for the fund are passed on to this address. "
            "Leave empty if they are not passed on."
        ),
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)


class TierRow(Row):
    """From which amount on, how many officers."""

    least = AmountField(_l("Awards from"), currency="USD", zero=True, required=True)
    approvers = NumberField(_l("Approving officers"), least=1, most=MOST_APPROVERS, required=True)


class ApprovalsForm(Form):
    """How many officers approve an award, by its amount, and why."""

    rows = RowsField(
        TierRow,
        _l("Approving officers for an award"),
        least=1,
        most=MOST_TIERS,
        hint=_l(
            "An award must be approved by as many officers as its amount requires. "
            "Begin with awards from 0; higher amounts need more officers."
        ),
    )
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)

    @property
    def value(self) -> Any:
        """As the act takes it, under the name that the other forms have a field for."""
        return SimpleNamespace(data=self._tiers_entered())

    def _tiers_entered(self) -> list[Tier]:
        return [Tier(row["least"], int(row["approvers"])) for row in self.rows.data]


def form_of(setting: Setting, now: str) -> Any:
    """The form for a setting's kind of value, which is `now` so."""
    if setting is Setting.TIME_ZONE:
        return ZoneForm(data={"value": now})
    if setting is Setting.LANGUAGES:
        return LanguagesForm(data={"value": now.split(",")})
    if setting is Setting.APPROVALS:
        tiers = [{"least": tier.least, "approvers": tier.approvers} for tier in from_text(now)]
        return ApprovalsForm(data={"rows": tiers})
    if setting is Setting.OUTSIDE_EMAIL:
        return AddressForm(data={"value": now})
    if setting.in_days:
        return DaysForm()
    return AmountForm() if setting.in_money else PercentForm()
