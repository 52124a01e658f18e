"""The period for which an application asks, as it was submitted."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import submission_of


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """When the project would start, and how many months it would last; None where not said."""

    starts_on: date | None = None
    months: int | None = None


def asked_period(session: Session, application: Application) -> AskedPeriod:
    """The period in the submitted answers; empty where the call's form does not ask for it."""
    submission = submission_of(session, application.id)
    if submission is None:
        return AskedPeriod()
    parts = submission.snapshot["answers"].values()
    values = {key: value for part in parts for key, value in part.items()}
    form = application.call.questionnaire
    start, months = form.fact("starts_on", values), form.fact("months", values)
    return AskedPeriod(
        date.fromisoformat(start) if start else None, int(months) if months else None
    )
