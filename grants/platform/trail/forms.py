"""The filter of the trail."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import PeriodField, SelectField, TextField
from grants.platform.forms.forms import QueryForm
from grants.platform.trail.queries import Criteria
from grants.platform.trail.records import KINDS


class TrailFilter(QueryForm):
    """Whose acts, on which record, of which kind, on which days."""

    person = TextField(_l("Person"), limit=120)
    record = TextField(_l("Reference or number of the record"), limit=80)
    kind = SelectField(_l("Type of record"), lambda: sorted(KINDS.items(), key=lambda k: str(k[1])))
    period = PeriodField(_l("Period"))

    @property
    def criteria(self) -> Criteria:
        return Criteria(
            self.person.data or "",
            self.record.data or "",
            self.kind.data or "",
            self.period.days.since,
            self.period.days.until,
            acts_only=True,
        )
