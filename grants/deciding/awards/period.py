"""The period that an award is proposed for."""

from datetime import date, timedelta

from grants.applying.applications.asked import AskedPeriod
from grants.applying.calls.models import Call
from grants.core.kernel import clock
from grants.deciding.awards.service import months_after


def proposed_terms(asked: AskedPeriod, call: Call) -> dict[str, date]:
    """The period that the application asks for. Where it asked for no start, or for one that has
    passed, the next first of a month; where for no length, as long as the call allows.
    """
    earliest = max(filter(None, (call.earliest_start_on, clock.today())))
    start = asked.starts_on
    if start is None or start < earliest:
        start = months_after(earliest.replace(day=1), 1) if earliest.day > 1 else earliest
    months = min(asked.months or call.months, call.months)
    return {"starts_on": start, "ends_on": months_after(start, months) - timedelta(days=1)}
