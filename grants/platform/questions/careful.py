"""Forms for texts in which no victim may be named: their writer is asked to look again."""

from collections.abc import Iterator
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import CheckboxField, LongTextField
from grants.platform.forms.forms import Form
from grants.platform.questions.personal import Finding, findings


def no_victim_box() -> CheckboxField:
    """The box that is shown where words may identify a victim; the last field of the form."""
    return CheckboxField(_l("I have checked the words marked above. They identify no victim."))


class CarefulForm(Form):
    """A form that refuses words that may identify a victim until its writer says that they do not:
    they are named at their field, and the box `certain` is shown.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not any(self._doubts()):
            del self["certain"]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if "certain" not in self or self["certain"].data:
            return valid
        for name, doubt in self._doubts():
            advice = _("Remove it, or tick the box below if it identifies no victim.")
            self.complain(name, f"{doubt.message} {advice}")
        return False

    def _doubts(self) -> Iterator[tuple[str, Finding]]:
        for field in self.questions():
            if isinstance(field, LongTextField):
                yield from ((field.short_name, doubt) for doubt in findings(field.data or ""))
