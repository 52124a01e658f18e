"""What the fund's people fill in about changes of pledges."""

from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.platform.forms.fields import AmountField, FileField, LongTextField, RadioField
from grants.platform.forms.forms import Form


class ChangeForm(Form):
    """Less will come of a pledge: how, how much less, why, and the paper that shows it."""

    kind = RadioField(_l("What has changed?"), required=True)
    amount = AmountField(
        _l("What amount is no longer expected?"),
        hint=_l("Leave empty for the full amount outstanding."),
    )
    reason = LongTextField(
        _l("Why?"),
        hint=_l("It will be kept on record. The donor will not see it."),
        required=True,
        limit=1000,
        rows=5,
    )
    file = FileField(
        _l("Supporting document"),
        hint=_l("The donor’s letter, or the recommendation to write off."),
        accept=(".pdf",),
        required=True,
    )

    def __init__(self, *args: Any, pledge: Pledge, **options: Any) -> None:
        self.signed = pledge.is_signed
        super().__init__(*args, currency=pledge.currency, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.kind.choices = [
            (kind.value, kind.label)
            for kind in ChangeKind
            if self.signed or kind is not ChangeKind.WRITE_OFF
        ]
        super().process(formdata, *args, **options)

    @property
    def what(self) -> ChangeKind:
        return ChangeKind.of(self.kind.data)

    @property
    def less(self) -> Money | None:
        """A withdrawal is always of all that is outstanding."""
        return None if self.what is ChangeKind.WITHDRAWAL else self.amount.data


class RefusalForm(Form):
    """Why a pledge stays as it is."""

    reason = LongTextField(
        _l("Why is the request not approved?"),
        hint=_l("The person who made the request will see this."),
        required=True,
        limit=1000,
        rows=4,
    )
