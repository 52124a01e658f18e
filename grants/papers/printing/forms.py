"""What is asked of a person who orders a run."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.papers.statements.forms import languages
from grants.papers.typesetting.paper import Span
from grants.platform.forms.fields import DateField, RadioField
from grants.platform.forms.periods import PeriodForm

EVERY, OWN = "*", "own"


class RunForm(PeriodForm):
    """Which statements: of which fund, which days, in which language."""

    fund = RadioField(_l("Contributions to"), required=True)
    since = DateField(_l("First day"), last=clock.today, required=True)
    until = DateField(_l("Last day"), required=True)
    language = RadioField(
        _l("Language of the statements"),
        lambda: [(OWN, _("Each donor’s own")), *languages()],
        required=True,
    )

    def __init__(self, funds: Sequence[Fund], *, every: bool, **options: Any) -> None:
        self.funds, self.every = funds, every
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        together = [(EVERY, _("All funds, in one statement for each donor"))] if self.every else []
        self.fund.choices = [*together, *((fund.code, fund.title) for fund in self.funds)]
        super().process(formdata, *args, **options)

    @property
    def span(self) -> Span:
        return Span(self.since.data, self.until.data)

    @property
    def spoken(self) -> str | None:
        """The language of all of them; none: each donor's own."""
        return None if self.language.data == OWN else str(self.language.data)
