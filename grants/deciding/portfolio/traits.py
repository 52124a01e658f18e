"""What rules of balance can speak of: where a project is, and what its application answered.

A trait is a text such as "region=african", "country=KE", "first_grant=yes" or "services=legal":
what stands before "=" is the question, what follows is the answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.applying.calls.models import Call
from grants.core.countries.countries import by_country_name, regional_group
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import RegionalGroup
from grants.deciding.awards.models import Award
from grants.platform.questions import Question

REGION, COUNTRY, FIRST = "region", "country", "first_grant"


def traits_of(session: Session, applications: Sequence[Application]) -> dict[int, list[str]]:
    """The traits of each application, by its id."""
    ids = [application.id for application in applications]
    submitted = select(Submission.application_id, Submission.snapshot["answers"]).where(
        Submission.application_id.in_(ids)
    )
    snapshots: dict[int, Any] = {row[0]: row[1] for row in session.execute(submitted)}
    supported_before = _with_grants(session, applications)
    return {
        application.id: [
            *_of_project(application, first=application.organisation_id not in supported_before),
            *_of_answers(application.call, snapshots.get(application.id) or {}),
        ]
        for application in applications
    }


def _with_grants(session: Session, applications: Sequence[Application]) -> set[int]:
    """Organisations that have had a grant from the same fund."""
    funds = {application.fund_id for application in applications}
    rows = select(Award.organisation_id).where(Award.fund_id.in_(funds), ~Award.is_cancelled)
    return set(session.scalars(rows.distinct()))


def _of_project(application: Application, *, first: bool) -> Iterator[str]:
    country = application.country or ""
    if group := regional_group(country):
        yield f"{REGION}={group.value}"
    if country:
        yield f"{COUNTRY}={country}"
    if first:
        yield f"{FIRST}=yes"


def _of_answers(call: Call, answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    values = {key: value for part in answers.values() for key, value in part.items()}
    for question in _countable_questions(call):
        value = values.get(question.key)
        yield from (f"{question.key}={code}" for code in question.counted_codes(value))


def _countable_questions(call: Call) -> Iterator[Question]:
    """The questions of a call's form whose answers can be counted."""
    for section in call.questionnaire.sections:
        yield from (question for question in section.questions if question.countable)


def labels_of(call: Call, countries: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Every trait that a rule of this call can name, in words: the question and the answer."""
    labels = {f"{REGION}={group.value}": (_("Region"), str(group.label)) for group in RegionalGroup}
    labels[f"{FIRST}=yes"] = (_("First grant from the fund"), _("Yes"))
    for question in _countable_questions(call):
        labels |= {
            f"{question.key}={code}": (question.title, text) for code, text in question.countable
        }
    country_names = by_country_name(set(countries))
    return labels | {f"{COUNTRY}={code}": (_("Country"), name) for code, name in country_names}
