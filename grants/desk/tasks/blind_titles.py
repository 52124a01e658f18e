"""Titles of the applications that wait for a reviewer, without what a blind call hides."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application
from grants.deciding.blind_review.blinding import blinds_of
from grants.desk.tasks import kinds
from grants.desk.tasks.cases import CaseRow
from grants.desk.tasks.todo import Waiting


def titled(
    session: Session, waiting: Sequence[Waiting], rows: Sequence[CaseRow]
) -> Sequence[CaseRow]:
    """The rows, those of reviews with the title as the page of the reviewer has it."""
    references = [row.reference for row in rows if _is_review(waiting[row.place])]
    if not references:
        return rows
    query = select(Application).where(Application.reference.in_(references))
    applications = session.scalars(query.options(joinedload(Application.call))).all()
    blinds = blinds_of(session, applications)
    titles = {one.reference: blinds[one.id].text(one.title) for one in applications}
    return [
        replace(row, title=titles.get(row.reference)) if _is_review(waiting[row.place]) else row
        for row in rows
    ]


def _is_review(entry: Waiting) -> bool:
    return entry.task.case is not None and entry.task.case.kind is kinds.REVIEW
