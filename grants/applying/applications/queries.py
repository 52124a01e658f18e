"""What a person may open of applications: decided here and nowhere else.

An organisation sees its own, whatever their state. The fund's people see what was submitted to
their fund; a draft is seen by its writers alone. Reviewers come in through their room.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import (
    Answers,
    Application,
    AttachedFile,
    Clarification,
    Submission,
)
from grants.applying.applications.workflow import ApplicationState, ClarificationState
from grants.applying.calls.models import Call
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.slots import Slot
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import held_now, in_funds_with
from grants.core.people.viewer import Viewer

LISTED = (joinedload(Application.call).defer(Call.form), joinedload(Application.organisation))
"""What lists show beside an application, read with it: its call without the form, and who applies.
"""


def owned_by(viewer: Viewer) -> ColumnElement[bool]:
    """Applications that this person writes for an organisation."""
    organisations = viewer.organisations_with(Permission.APPLICATION_WRITE)
    return Application.organisation_id.in_(organisations) if organisations else false()


def read_by(viewer: Viewer) -> ColumnElement[bool]:
    """Applications of the organisations that this person acts for, writing or only reading."""
    organisations = viewer.organisations_with(Permission.APPLICATION_READ)
    return Application.organisation_id.in_(organisations) if organisations else false()


BARS: Slot[Callable[[Viewer], ColumnElement[bool]]] = Slot("applications.queries.BARS")
"""Applications that one of the fund's people may not open, whatever their roles: a conflict of
interest, declared or not yet denied. Rooms above fill it; unfilled, no application is shown.
"""


def open_to(viewer: Viewer) -> ColumnElement[bool]:
    """Applications that this person may open."""
    return and_(true(), *(not_(barred(viewer)) for barred in BARS.contents()))


def seen_by_fund(viewer: Viewer) -> ColumnElement[bool]:
    """Applications submitted to the funds whose applications this person sees, none barred."""
    ours = in_funds_with(viewer, Permission.APPLICATION_SEE, Application.fund_id)
    return Application.submitted_at.is_not(None) & open_to(viewer) & ours


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    return or_(read_by(viewer), seen_by_fund(viewer))


def application_for_viewer(session: Session, reference: str, viewer: Viewer) -> Application:
    """The application, or Missing if there is none that this person may know of."""
    return _find_application(session, reference, visible_to(viewer))


def application_of_owner(
    session: Session, reference: str, viewer: Viewer, *, hold: bool = False
) -> Application:
    """An application that this person writes for an organisation, or Missing. `hold`: with its row
    locked, for an act that follows at once.
    """
    organisations = viewer.organisations_with(Permission.APPLICATION_WRITE)
    query = _select_application(reference, Application.organisation_id.in_(organisations))
    return _or_missing(session.scalar(_locking_rows(query) if hold else query))


def application_to_read(session: Session, reference: str, viewer: Viewer) -> Application:
    """An application of an organisation that this person acts for, or Missing."""
    return _find_application(session, reference, read_by(viewer))


def application_for_staff(session: Session, reference: str, viewer: Viewer) -> Application:
    """An application submitted to a fund of this person's, or Missing."""
    submission = joinedload(Application.submission).defer(Submission.snapshot)
    query = _select_application(reference, seen_by_fund(viewer)).options(submission)
    return _or_missing(session.scalar(query))


def application_by_reference(session: Session, reference: str) -> Application:
    """For acts that have already decided who may see it."""
    return _find_application(session, reference, true())


def _find_application(
    session: Session, reference: str, condition: ColumnElement[bool]
) -> Application:
    return _or_missing(session.scalar(_select_application(reference, condition)))


def _select_application(reference: Any, condition: ColumnElement[bool]) -> Select[Any]:
    return _with_its_call().where(Application.reference == reference, condition)


def _with_its_call() -> Select[Any]:
    return select(Application).options(
        joinedload(Application.call, innerjoin=True).joinedload(Call.fund, innerjoin=True),
        joinedload(Application.organisation, innerjoin=True),
    )


def _locking_rows(query: Select[Any]) -> Select[Any]:
    """With the rows of the applications locked, and everything as it is now."""
    holding = query.with_for_update(key_share=True, of=Application)
    return holding.execution_options(populate_existing=True)


def _or_missing(application: Application | None) -> Application:
    if application is None:
        raise Missing(_("Application not found."))
    return application


def applications_of(session: Session, viewer: Viewer, most: int = 200) -> Sequence[Application]:
    """All that this person's organisations have begun or submitted, the newest first."""
    return session.scalars(
        select(Application)
        .where(read_by(viewer))
        .options(joinedload(Application.call), joinedload(Application.organisation))
        .order_by(Application.id.desc())
        .limit(most)
    ).all()


def locked(session: Session, application_id: int) -> Application:
    """The application with its row locked: what is written to it happens one after the other."""
    query = _locking_rows(_with_its_call().where(Application.id == application_id))
    application: Application = session.scalars(query).one()
    return application


def locked_all(session: Session, application_ids: Collection[int]) -> Sequence[Application]:
    """Several applications with their rows locked, always in the same order."""
    return session.scalars(
        select(Application)
        .where(Application.id.in_(application_ids))
        .options(joinedload(Application.call, innerjoin=True))
        .order_by(Application.id)
        .with_for_update(key_share=True, of=Application)
        .execution_options(populate_existing=True)
    ).all()


def answers_of(session: Session, application_id: int) -> dict[str, Answers]:
    """The answers by section."""
    rows = session.scalars(select(Answers).where(Answers.application_id == application_id))
    return {row.section: row for row in rows}


def files_of(session: Session, application_id: int) -> Sequence[AttachedFile]:
    """The files that the applicant has hung on an application, in the order they came."""
    return session.scalars(
        select(AttachedFile)
        .where(
            AttachedFile.application_id == application_id,
            AttachedFile.removed_at.is_(None),
            AttachedFile.is_letter.is_(False),
        )
        .order_by(AttachedFile.id)
    ).all()


def file_of(
    session: Session, application: Application, attached_id: int, *, letters: bool = False
) -> AttachedFile:
    """One file of an application, or Missing. What was submitted is kept, also where a
    clarification has replaced it since. Letters of reference only for readers of `letters`.
    """
    attached = session.get(AttachedFile, attached_id)
    if attached is None or attached.application_id != application.id:
        raise Missing(_("File not found."))
    if attached.is_letter:
        if not letters:
            raise Missing(_("File not found."))
        return attached
    submitted_at = application.submitted_at
    removed_at = attached.removed_at
    if removed_at is not None and (submitted_at is None or removed_at < submitted_at):
        raise Missing(_("File not found."))
    return attached


def submission_of(session: Session, application_id: int) -> Submission | None:
    return session.get(Submission, application_id)


def standing_applications(
    session: Session, call_id: int, organisation_id: int
) -> Sequence[Application]:
    """What an organisation has begun or submitted under a call and not withdrawn, by its age."""
    return session.scalars(_STANDING, {"call": call_id, "organisation": organisation_id}).all()


_STANDING = (
    select(Application)
    .where(
        Application.call_id == bindparam("call"),
        Application.organisation_id == bindparam("organisation"),
        Application.state != ApplicationState.WITHDRAWN,
    )
    .order_by(Application.id)
)


def has_submitted_beside(session: Session, application: Application) -> bool:
    """Has its organisation submitted another application to the same call, and not withdrawn it?"""
    values = {
        "id": application.id,
        "call": application.call_id,
        "organisation": application.organisation_id,
    }
    return session.connection().scalar(_BESIDE, values) is not None


_BESIDE = (
    _STANDING.with_only_columns(Application.id)
    .where(Application.id != bindparam("id"), Application.submitted_at.is_not(None))
    .limit(1)
)


def asked_clarification(session: Session, application: Application) -> Clarification | None:
    """What the organisation has been asked to clarify, and has not answered yet."""
    return session.scalar(
        select(Clarification).where(
            Clarification.application_id == application.id,
            Clarification.state == ClarificationState.ASKED,
        )
    )


def clarifications_to_answer(viewer: Viewer) -> Select[int]:
    """How many requests for clarification this person's organisations have still to answer."""
    unanswered = Clarification.state == ClarificationState.ASKED
    query = select(func.count()).select_from(Clarification).join(Clarification.application)
    return query.where(owned_by(viewer), unanswered)


def clarifications_of(session: Session, application: Application) -> Sequence[Clarification]:
    """Every request for clarification of an application, the newest first."""
    return session.scalars(
        select(Clarification)
        .where(Clarification.application_id == application.id)
        .order_by(Clarification.id.desc())
    ).all()


def earlier_applications(session: Session, application: Application) -> Sequence[Application]:
    """The organisation's other applications, the newest first."""
    return session.scalars(
        select(Application)
        .where(
            Application.organisation_id == application.organisation_id,
            Application.id != application.id,
        )
        .options(joinedload(Application.call))
        .order_by(Application.id.desc())
        .limit(20)
    ).all()


def people_with_drafts(session: Session, call_id: int) -> Sequence[Person]:
    """Everyone who writes on a draft under a call."""
    return session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Application, Application.organisation_id == Membership.organisation_id)
        .where(
            Application.call_id == call_id,
            Application.state == ApplicationState.DRAFT,
            held_now(),
        )
        .distinct()
        .order_by(Person.id)
    ).all()


def drafts_count(session: Session, call_id: int) -> int:
    """How many drafts there are under a call."""
    query = select(func.count()).select_from(Application)
    conditions = Application.call_id == call_id, Application.state == ApplicationState.DRAFT
    return session.scalar(query.where(*conditions)) or 0


def submitted_to(session: Session, call_id: int) -> Sequence[Application]:
    """All that was submitted under a call, locked, the oldest first."""
    return session.scalars(
        select(Application)
        .where(Application.call_id == call_id, Application.submitted_at.is_not(None))
        .order_by(Application.id)
        .with_for_update(key_share=True)
    ).all()


def submitted_count(session: Session, call_id: int) -> int:
    """How many applications to a call have been submitted and not withdrawn."""
    query = select(func.count()).select_from(Application)
    submitted = query.where(
        Application.call_id == call_id,
        Application.submitted_at.is_not(None),
        Application.state != ApplicationState.WITHDRAWN,
    )
    return session.scalar(submitted) or 0


def numbers_of_call(session: Session, call_id: int) -> dict[ApplicationState, int]:
    """How many applications of a call are in each state; drafts are counted too, never shown."""
    rows = session.execute(
        select(Application.state, func.count())
        .where(Application.call_id == call_id)
        .group_by(Application.state)
    )
    return {row[0]: row[1] for row in rows}


def steps_of(session: Session, application: Application) -> Sequence[TrailRow]:
    """What moved an application from state to state, the oldest first."""
    return [row for row in trail_of(session, "application", application.id) if row.target]
