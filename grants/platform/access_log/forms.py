"""The filter of the access log."""

from datetime import date

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.access_log.queries import Search
from grants.platform.forms.fields import DateField, TextField
from grants.platform.forms.forms import QueryForm


class LogFilter(QueryForm):
    """Who opened files, which, on which days."""

    person = TextField(_l("Person"), limit=120)
    file = TextField(_l("File or record"), limit=120)
    since = DateField(_l("From"), first=date(1970, 1, 1), last=date(9998, 12, 30))
    until = DateField(_l("To"), first=date(1970, 1, 1), last=date(9998, 12, 30))

    @property
    def search(self) -> Search:
        return Search(
            self.person.data or "", self.file.data or "", self.since.data, self.until.data
        )
