"""What a person asks of the books."""

from grants.books.ledger.accounts import Account
from grants.books.ledger.queries import EntryFilter
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import DateField, PeriodField, SelectField, TextField
from grants.platform.forms.forms import Form, QueryForm


class EntriesForm(QueryForm):
    """Which entries to list."""

    account = SelectField(_l("Account"), Account)
    record = TextField(_l("Related record"), hint=_l("Such as pledge:12."), limit=60)
    period = PeriodField(_l("Period"))

    @property
    def criteria(self) -> EntryFilter:
        """The filter that was typed; what cannot be read filters nothing."""
        self.validate()
        return EntryFilter(
            self.account.data,
            self.record.data or "",
            self.period.days.since,
            self.period.days.until,
        )


class ReopenForm(Form):
    """Why a closed month is opened again."""

    reason = TextField(_l("Reason"), required=True, limit=400)


class CloseForm(Form):
    """A remark for the record, where there is one."""

    reason = TextField(_l("Remark"), limit=400)


class ReverseForm(Form):
    """On which day an entry is undone, and why."""

    booked_on = DateField(
        _l("Date of the reversal"),
        hint=_l("A date in an open month, not before the entry itself."),
        required=True,
    )
    reason = TextField(_l("Reason"), required=True, limit=400)
