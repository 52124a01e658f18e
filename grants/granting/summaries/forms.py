"""What is asked about a summary for the public."""

from collections.abc import Iterable
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.summaries.measured import MeasuredResult
from grants.granting.summaries.models import SummaryDecision
from grants.platform.forms.fields import CheckboxesField, LongTextField, RadioField
from grants.platform.forms.forms import Form


class SummaryForm(Form):
    """Whether everyone reads it."""

    decision = RadioField(
        _l("May this text be published?"),
        lambda: [
            (SummaryDecision.RELEASED.value, _l("Yes, publish it with the grant")),
            (SummaryDecision.WITHHELD.value, _l("No, do not publish it")),
        ],
        required=True,
    )
    results = CheckboxesField(
        _l("Which results should also be public?"),
        hint=_l(
            "Results with a small number are not offered. Do not choose any that "
            "could reveal who was assisted, or how many people in a group."
        ),
    )
    reason = LongTextField(
        _l("Reason"),
        hint=_l(
            "Only if the text is not published. The organisation will read the "
            "reason; the public will not."
        ),
        limit=1000,
    )

    def __init__(self, offered: Iterable[MeasuredResult], **options: Any) -> None:
        self.offered = offered
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.results.choices = [
            (str(result.number), result.indicator, _figures_of(result)) for result in self.offered
        ]
        if not self.results.choices:
            del self.results
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> list[int]:
        """Numbers of the results that everyone may read."""
        return [int(number) for number in self.results.data] if self.results else []


def _figures_of(result: MeasuredResult) -> str:
    if not result.target:
        return _("Reached: %(reached)s", reached=result.reached)
    facts = {"target": result.target, "reached": result.reached}
    return _("Planned: %(target)s. Reached: %(reached)s", **facts)
