"""The period for which an application asks, as it was submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission


@dataclass(frozen=True, slots=True)
class RequestedPeriod:
    """When the project would start, and how many months it would last; None where not said."""

    starts_on: date | None = None
    months: int | None = None


def requested_period(application: Application) -> RequestedPeriod:
    """The period in the submitted answers; empty where the call's form does not ask for it."""
    return _period_asked(application, application.submission)


def requested_periods(
    session: Session, applications: Sequence[Application]
) -> Mapping[int, RequestedPeriod]:
    """The periods that several applications ask for, by the id of each."""
    ids = [application.id for application in applications]
    rows = session.scalars(select(Submission).where(Submission.application_id.in_(ids)))
    submitted = {row.application_id: row for row in rows}
    return {
        application.id: _period_asked(application, submitted.get(application.id))
        for application in applications
    }


def _period_asked(application: Application, submission: Submission | None) -> RequestedPeriod:
    if submission is None:
        return RequestedPeriod()
    parts = submission.snapshot["answers"].values()
    values = {key: value for part in parts for key, value in part.items()}
    form = application.call.questionnaire
    start = form.fact("starts_on", values)
    return RequestedPeriod(date.fromisoformat(start) if start else None, form.months(values))
