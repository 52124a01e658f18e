"""What is asked for on the pages of earmarks."""

from datetime import date

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import DateField
from grants.platform.forms.forms import QueryForm


class DayForm(QueryForm):
    """At the end of which day."""

    on = DateField(_l("At the end of"))

    @staticmethod
    def pinned(on: date) -> dict[str, str]:
        """A day as the address says it."""
        return {f"on-{part}": str(getattr(on, part)) for part in DateField.parts}
