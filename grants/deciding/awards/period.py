"""The period of an award: the one that is proposed, and what a call allows."""

from datetime import date, timedelta

from grants.applying.applications.models import Application
from grants.applying.applications.requested_period import RequestedPeriod
from grants.applying.calls.models import Call
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day


def proposed_terms(requested: RequestedPeriod, call: Call) -> dict[str, date]:
    """The period that the application asks for. Where it asked for no start, or for one that has
    passed, the next first of a month; where for no length, as long as the call allows.
    """
    earliest = max(filter(None, (call.earliest_start_on, clock.today())))
    start = requested.starts_on
    if start is None or start < earliest:
        start = months_after(earliest.replace(day=1), 1) if earliest.day > 1 else earliest
    months = min(requested.months or call.months, call.months)
    return {"starts_on": start, "ends_on": months_after(start, months) - timedelta(days=1)}


def check_period(call: Call | None, starts_on: date, ends_on: date) -> None:
    """DomainError unless a grant of this call may run so; without a call, unless it ends at all."""
    if ends_on <= starts_on:
        raise DomainError(_("The grant must end after it starts."))
    if call is None:
        return
    if call.earliest_start_on and starts_on < call.earliest_start_on:
        earliest = plain_day(call.earliest_start_on)
        raise DomainError(_("Grants under this call start on %(day)s or later.", day=earliest))
    if starts_on > call.latest_start_on:
        latest = plain_day(call.latest_start_on)
        raise DomainError(_("Grants under this call start on %(day)s or earlier.", day=latest))
    if ends_on > months_after(starts_on, call.months):
        raise DomainError(
            _("Grants under this call last up to %(months)s months.", months=call.months)
        )


def check_not_before_submission(application: Application, starts_on: date) -> None:
    """DomainError if a grant would pay for what was spent before its application was submitted."""
    if application.submitted_at is None:
        return
    submitted_on = application.call.fund.day_of(application.submitted_at)
    if starts_on < submitted_on:
        raise DomainError(
            _(
                "The application was submitted on %(day)s. The grant cannot start before that day.",
                day=plain_day(submitted_on),
            )
        )
