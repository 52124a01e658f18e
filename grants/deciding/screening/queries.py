"""Which applications wait to be screened, and the state of a checklist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.applying.applications.models import Application
from grants.applying.applications.queries import LISTED, open_to
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.screening.models import Check
from grants.deciding.screening.suggestions import Facts, Suggestion, suggest


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the checklist as the page shows it."""

    key: str
    label: str
    help: str
    suggestion: Suggestion | None
    met: bool | None
    reason: str
    answered_by: int | None = None
    """Whose answer it is."""


def application_of(
    session: Session, reference: str, viewer: Viewer, permission: Permission
) -> Application:
    """A submitted application, for who holds the permission in its fund; Missing for others."""
    application = session.scalar(
        select(Application)
        .where(Application.reference == reference, open_to(viewer))
        .options(
            joinedload(Application.call).joinedload(Call.fund),
            joinedload(Application.call).joinedload(Call.first_stage),
            joinedload(Application.organisation),
            joinedload(Application.submission),
        )
    )
    handed_in = application is not None and application.submitted_at is not None
    if application is None or not handed_in or not viewer.may(permission, application.scope):
        raise Missing(_("Application %(reference)s not found.", reference=reference))
    return application


def in_states(
    viewer: Viewer, permission: Permission, *states: ApplicationState
) -> Select[Application]:
    """Applications in these states, of the funds for which the viewer holds the permission."""
    query = select(Application).where(Application.state.in_(states), open_to(viewer))
    query = query.where(in_funds_with(viewer, permission, Application.fund_id))
    if viewer.organisation_ids:
        query = query.where(Application.organisation_id.not_in(viewer.organisation_ids))
    return query


def queue(viewer: Viewer) -> Select[Application]:
    """What this person may screen: the oldest submission has waited longest. What has all answers,
    some of them this person's, waits for a second one where the call wants it.
    """
    return (
        in_states(viewer, Permission.SCREENING_DECIDE, ApplicationState.SUBMITTED)
        .where(~_for_another(viewer))
        .options(*LISTED)
    )


def _for_another(viewer: Viewer) -> ColumnElement[bool]:
    checked_by_viewer = select(Check.criterion).where(
        Check.application_id == Application.id, Check.checked_by_id == viewer.person_id
    )
    return checked_by_viewer.exists() & _NEEDS_ANOTHER


_ANSWERED = select(func.count()).where(
    Check.application_id == Application.id, Check.met.is_not(None)
)
_NEEDS_ANOTHER = (
    select(Call.id)
    .where(
        Call.id == Application.call_id,
        Call.second_screener,
        func.jsonb_array_length(Call.eligibility)
        <= _ANSWERED.correlate(Application).scalar_subquery(),
    )
    .correlate(Application)
    .exists()
)


def to_screen(viewer: Viewer) -> Select[int]:
    """How many applications wait for this person's screening."""
    return counting(queue(viewer))


def counted_together(session: Session, queries: Sequence[Select[Application]]) -> Sequence[int]:
    """How many applications each of several queries finds, in one question to the database."""
    if not queries:
        return ()
    return session.execute(select(*(counting(query).scalar_subquery() for query in queries))).one()


def screened(viewer: Viewer) -> Select[Application]:
    """Everything submitted to the funds for which this person screens, whatever came of it."""
    states = (state for state in ApplicationState if state is not ApplicationState.DRAFT)
    return in_states(viewer, Permission.SCREENING_DECIDE, *states).options(
        joinedload(Application.organisation),
        selectinload(Application.call),
        selectinload(Application.submission),
    )


def checks(session: Session, application: Application) -> dict[str, Check]:
    """The rows answered so far, by criterion."""
    return checks_of(session, [application])[application.id]


def checks_of(
    session: Session, applications: Sequence[Application]
) -> Mapping[int, dict[str, Check]]:
    """The rows answered so far of each of several applications, by criterion."""
    checks_by_application: dict[int, dict[str, Check]] = {
        application.id: {} for application in applications
    }
    for row in session.scalars(
        select(Check).where(Check.application_id.in_(checks_by_application))
    ):
        checks_by_application[row.application_id][row.criterion] = row
    return checks_by_application


def checklist(session: Session, application: Application) -> list[Item]:
    """Every criterion of the call, with what the answers say and what a person said."""
    return checklists(session, [application])[application.id]


def checklists(session: Session, applications: Sequence[Application]) -> Mapping[int, list[Item]]:
    """The checklist of each of several applications, by their ids."""
    answered = checks_of(session, applications)
    facts = Facts.of_all(session, applications)
    return {
        application.id: _items_of(application, answered[application.id], facts[application.id])
        for application in applications
    }


def _items_of(application: Application, answered: Mapping[str, Check], facts: Facts) -> list[Item]:
    items = []
    for criterion in application.call.eligibility:
        check = answered.get(criterion["key"])
        items.append(
            Item(
                criterion["key"],
                in_language(criterion["label"]),
                in_language(criterion.get("help", {})),
                suggest(criterion, facts),
                check.met if check else None,
                check.reason if check else "",
                check.checked_by_id if check else None,
            )
        )
    return items


def found_on(session: Session, application: Application) -> list[tuple[str, bool | None, str]]:
    """Each criterion of the call with what was found, and why it is not met."""
    answered = checks(session, application)
    rows = [
        (criterion, answered.get(criterion["key"])) for criterion in application.call.eligibility
    ]
    return [
        (
            in_language(criterion["label"]),
            check.met if check else None,
            check.reason if check else "",
        )
        for criterion, check in rows
    ]


def grounds(session: Session, application: Application) -> list[tuple[str, str]]:
    """Why it was found not eligible, for the letter: criterion and reason."""
    answered = checks(session, application)
    return [
        (in_language(criterion["label"]), check.reason)
        for criterion in application.call.eligibility
        if (check := answered.get(criterion["key"])) and check.met is False
    ]


def criteria_in(
    session: Session, applications: Select[Application]
) -> Sequence[list[dict[str, Any]]]:
    """The criteria of each call of which a queue holds applications, the newest first."""
    return session.scalars(_of_calls(applications, Call.eligibility)).all()


def calls_in(session: Session, applications: Select[Application]) -> list[tuple[str, str]]:
    """The calls of which a queue holds applications: number and title in the reader's language."""
    rows = session.execute(_of_calls(applications, Call.reference, Call.title))
    return [(reference, in_language(title)) for reference, title in rows]


def _of_calls(applications: Select[Application], *columns: Any) -> Select[Any]:
    waiting = applications.with_only_columns(Application.call_id, maintain_column_froms=True)
    return select(*columns).where(Call.id.in_(waiting)).order_by(Call.id.desc())
