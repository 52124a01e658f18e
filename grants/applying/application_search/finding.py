"""Finding applications: by the filters of a list, and by number, title or organisation."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, select, union
from sqlalchemy.orm import Session, contains_eager, joinedload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import seen_by_fund
from grants.applying.applications.workflow import DECIDED, ApplicationState
from grants.applying.calls.models import Call
from grants.core.database.typed import Typed
from grants.core.database.words import found_first, says
from grants.core.people.models import Organisation
from grants.core.people.queries import named_so
from grants.core.people.viewer import Viewer
from grants.platform.casework.queries import is_owned_by

_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9]+-[A-Za-z0-9-]*")
"""What may be a reference: parts with a hyphen between them, and a digit."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of applications is filtered by; None means all."""

    call: str | None = None
    state: ApplicationState | None = None
    country: str | None = None
    text: str | None = None
    owner: int | None = None
    undecided: bool = False
    """Only those on which something is still to be decided."""


IN_A_LIST = (
    joinedload(Application.call).load_only(Call.reference, Call.state, Call.second_stage_id),
    joinedload(Application.organisation).load_only(
        Organisation.code, Organisation.name, Organisation.country
    ),
)
"""What a list shows of an application's call and organisation: not the form, and no profile."""


def listed(viewer: Viewer, criteria: Criteria) -> Select[Any]:
    """The submitted applications that fit the filters, whatever the text, with what their list
    shows.
    """
    query = (
        select(Application)
        .join(Application.organisation)
        .join(Application.call)
        .where(seen_by_fund(viewer))
        .options(
            # not the profile of each, and not the form of each call
            contains_eager(Application.organisation).load_only(
                Organisation.code, Organisation.name, Organisation.country
            ),
            contains_eager(Application.call).load_only(
                Call.reference, Call.state, Call.second_stage_id
            ),
        )
    )
    if criteria.call:
        query = query.where(Call.reference == criteria.call)
    if criteria.state:
        query = query.where(Application.state == criteria.state)
    if criteria.undecided:
        query = query.where(Application.state.not_in(DECIDED))
    if criteria.country:
        query = query.where(Application.country == criteria.country)
    if criteria.owner is not None:
        query = query.where(is_owned_by("application", Application.id, criteria.owner))
    return query


def is_number(session: Session, text: str) -> bool:
    """Does the number of an application begin so? “COVID-19” is a word of titles."""
    if _NUMBER.fullmatch(text.strip()) is None:
        return False
    return session.scalar(_BEGUN_SO, {"beginning": f"{text.strip().upper()}%"}) is not None


_BEGUN_SO = (
    select(Application.id).where(Application.reference.like(bindparam("beginning"))).limit(1)
)


def called(text: Typed) -> CompoundSelect[int]:
    """The applications of that number, title or organisation, each found by its own index."""
    organisations = named_so(text.said, by_words=text.by_words)
    title = says(text.said, Application.title, Application.title_words, by_words=text.by_words)
    conditions = (
        text.starts_number(Application.reference),
        title,
        found_first(Application.organisation_id, organisations),
    )
    return union(*(select(Application.id).where(condition) for condition in conditions))
