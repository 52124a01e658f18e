"""The filter of the access log."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.access_log.queries import Search
from grants.platform.forms.fields import PeriodField, TextField
from grants.platform.forms.forms import QueryForm


class LogFilter(QueryForm):
    """Who opened files, which, on which days."""

    person = TextField(_l("Person"), limit=120)
    file = TextField(_l("File or record"), limit=120)
    period = PeriodField(_l("Period"))

    @property
    def search(self) -> Search:
        return Search(
            self.person.data or "",
            self.file.data or "",
            self.period.days.since,
            self.period.days.until,
        )
