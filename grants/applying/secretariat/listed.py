"""What the staff's lists of applications read of each: facts for its cells, acts and files."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.platform.tables.facts import Facts


class ListedCall(NamedTuple):
    """What the list knows of a call."""

    reference: str
    state: CallState
    is_first_stage: bool


class ListedOrganisation(NamedTuple):
    """What the list knows of an organisation."""

    name: str
    country: str | None


class ListedApplication(NamedTuple):
    """What the list knows of an application, under the names that a record has."""

    id: int
    reference: str
    title: str
    state: ApplicationState
    country: str | None
    language: str
    submitted_at: datetime
    requested: Money | None
    organisation: ListedOrganisation
    call: ListedCall


def _listed_application(*facts: Any) -> ListedApplication:
    requested, name, country, reference, state, second_stage = facts[-6:]
    return ListedApplication._make(
        (
            *facts[:-6],
            None if requested is None else usd(requested),
            ListedOrganisation(name, country),
            ListedCall(reference, state, second_stage is not None),
        )
    )


FACTS = Facts(
    (
        *(Application.id, Application.reference, Application.title, Application.state),
        *(Application.country, Application.language, Application.submitted_at),
        *(Application.requested_minor, Organisation.name, Organisation.country),
        *(Call.reference, Call.state, Call.second_stage_id),
    ),
    _listed_application,
)


def _with_organisation(query: Select[Any]) -> Select[Any]:
    return query.join(Organisation, Organisation.id == Application.organisation_id)


def _with_organisation_and_call(query: Select[Any]) -> Select[Any]:
    return _with_organisation(query).join(Call, Call.id == Application.call_id)


OF_APPLICATIONS_AND_CALLS = replace(FACTS, join=_with_organisation)
OF_APPLICATIONS = replace(FACTS, join=_with_organisation_and_call)
"""The same for queries that join less."""
