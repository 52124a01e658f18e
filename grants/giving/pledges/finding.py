"""Finding pledges by number or donor: what is few is named first, so that an index finds it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, case, func, select
from sqlalchemy.orm import Session

from grants.core.database.typed import Typed, any_typed, forms_of
from grants.core.database.words import (
    MANY,
    Naming,
    Numbers,
    among,
    as_text,
    has_words,
    numbers,
    one_of,
)
from grants.core.people.queries import any_organisations_called
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import MOST_NAMED, Criteria, every_pledge


def pledges_for_viewer(session: Session, viewer: Viewer, filters: Criteria) -> Select[Pledge]:
    """The pledges that fit, with what each has received."""
    query, values = pledges_wanted(session, viewer, filters)
    return query.params(values) if values else query


def pledges_wanted(
    session: Session, viewer: Viewer, filters: Criteria
) -> tuple[Select[Pledge], Mapping[str, Any]]:
    """The pledges that fit: the query for any text of this kind, and the values for this one."""
    text, listed = filters.text.strip(), replace(filters, text="")
    if not text:
        return every_pledge(viewer, listed), {}
    by_words, values = has_words(text), forms_of(text)
    called = any_organisations_called(by_words=by_words)
    pledge_ids = naming(called).ask(session, values)
    by_number = None if pledge_ids is None else numbers("pledges")
    fits = fitting(any_typed(by_words=by_words), called, by_number)
    return every_pledge(viewer, listed).where(fits), {
        **values,
        "pledges": sorted(pledge_ids or ()),
    }


def naming(called: Select[int]) -> Naming:
    """Pledges by donors that are `called` so."""
    donors = called.limit(MOST_NAMED + 1).cte().prefix_with("MATERIALIZED")
    of_donors = Pledge.donor_id == any_(func.array(select(donors.c.id).scalar_subquery()))
    few = select(func.count()).select_from(donors).scalar_subquery() <= MOST_NAMED
    pledge_ids = as_text([select(Pledge.id).where(of_donors)], MOST_NAMED + 1)
    return Naming(select(case((few, pledge_ids), else_=MANY)).scalar_subquery(), MOST_NAMED)


def fitting(text: Typed, called: Numbers, pledge_ids: Numbers | None) -> ColumnElement[bool]:
    """Pledges of that number, or by donors `called` so. A few pledges are named one by one, so that
    an index finds them; of many the list is read until a page is full.
    """
    by_name = (
        among(Pledge.donor_id, called) if pledge_ids is None else one_of(Pledge.id, pledge_ids)
    )
    return text.starts_number(Pledge.reference) | by_name
