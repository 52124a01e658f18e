"""Pages on which the secretariat prepares, opens and closes a session of the Board."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import day
from grants.deciding.sessions import queries, service, sitting
from grants.deciding.sessions.forms import (
    RescheduleForm,
    SignedForm,
    agenda_form,
    attendance_form,
    schedule_form,
)
from grants.deciding.sessions.models import BALLOT, BoardSession
from grants.deciding.sessions.service import Plan
from grants.deciding.sessions.workflow import AHEAD, BOARD_SESSION, HELD, SessionState
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("sessions", __name__, url_prefix="/board/sessions")

P, S = Permission, SessionState
MOST = 300
"""Sessions of a list; recommendations from which the agenda of one is chosen."""


def meeting_for(reference: str, permission: Permission = P.REVIEW_SEE) -> BoardSession:
    """One session, for a person who holds the permission for its fund; Missing for others."""
    meeting = queries.session_for_viewer(session(), reference, viewer())
    if not viewer().may(permission, meeting.scope):
        raise Missing(_("Session %(reference)s not found.", reference=reference))
    return possible(meeting, BOARD_SESSION)


def _is_staff(person: Viewer) -> bool:
    return not person.may(P.BOARD_SIT)


@pages.get("")
@in_menu(_l("Board of Trustees"), 44, who=_is_staff, key="b")
@needs(P.REVIEW_SEE)
def index() -> ResponseReturnValue:
    """The sessions of the Board, the newest first."""
    meetings = session().scalars(queries.for_viewer(viewer()).limit(MOST)).all()
    waiting = session().scalars(queries.candidates(viewer()).limit(1)).first()
    prepares = viewer().may(P.AWARD_ADVISE)
    return render_template(
        "deciding/sessions/index.html",
        meetings=meetings,
        states=BOARD_SESSION.names,
        prepares=prepares,
        may_schedule=prepares and waiting is not None,
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def schedule() -> ResponseReturnValue:
    """A new session with the recommendations that wait for the Board's advice."""
    applications = session().scalars(queries.candidates(viewer()).limit(MOST)).all()
    form = schedule_form(applications)
    if form.validate_on_submit():
        meeting = None
        with attempt(form) as (opened, outcome):
            chosen = form.chosen()
            fund_id = next(
                application.fund_id for application in applications if application.id in chosen
            )
            plan = Plan(form.held_on.data, form.place.data or "", chosen)
            fund = opened.get_one(Fund, fund_id)
            meeting = service.schedule(opened, fund, plan, this_act())
        if outcome and meeting:
            return done(meeting, _("The session has been prepared."))
    return render_template("deciding/sessions/schedule.html", form=form, applications=applications)


def done(meeting: BoardSession, message: str) -> ResponseReturnValue:
    """Say what was done, back on the page of the session."""
    flash(message, "success")
    return redirect(url_for("sessions.show", reference=meeting.reference))


@pages.get("/<reference>")
@needs(P.REVIEW_SEE)
def show(reference: str) -> ResponseReturnValue:
    """One session: agenda, who has answered or attends, votes, and what may be done next. Of an
    application that is shut to this person, the title and the country.
    """
    meeting = meeting_for(reference)
    items = queries.items_of(session(), meeting)
    staff = viewer().may(P.AWARD_ADVISE, meeting.scope)
    ids = [item.application_id for item in items] if staff else []
    return render_template(
        "deciding/sessions/show.html",
        meeting=meeting,
        state=BOARD_SESSION.names[meeting.state],
        items=items,
        open_to_me=queries.open_items(session(), meeting, viewer()),
        me=viewer().person_id,
        sits=viewer().may(P.BOARD_SIT, meeting.scope),
        staff=staff,
        ahead=meeting.state in AHEAD,
        held=meeting.state in HELD,
        ballot=BALLOT,
        in_session=meeting.state is S.OPEN,
        seats=queries.seats_of(session(), meeting),
        answered=queries.answered(session(), meeting) if staff else [],
        opinions=queries.opinions_on(session(), ids),
        votes_on=sitting.votes_on,
        steps=buttons(meeting, BOARD_SESSION, reference=reference),
    )


def _find_meeting(reference: str) -> BoardSession:
    return meeting_for(reference, P.AWARD_ADVISE)


meeting_pages = StepPages(
    pages,
    BOARD_SESSION,
    _find_meeting,
    lambda meeting: url_for("sessions.show", reference=meeting.reference),
    lambda meeting: (meeting.reference, day(meeting.held_on)),
)

meeting_pages.step(
    "invite",
    "/<reference>/invite",
    lead=_l(
        "Every trustee in office receives an e-mail with the date and the place, and is asked "
        "to declare interests, to read the dossier and to give an opinion."
    ),
    done=_l("The trustees have been invited by e-mail."),
)
meeting_pages.step(
    "reschedule",
    "/<reference>/reschedule",
    lambda meeting: RescheduleForm(data={"held_on": meeting.held_on, "place": meeting.place}),
    lambda opened, meeting, form, act: service.reschedule(
        opened, meeting, form.held_on.data, form.place.data or "", act
    ),
    done=_l("The session has been rescheduled and the trustees have been notified."),
)


@pages.route("/<reference>/agenda", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def agenda(reference: str) -> ResponseReturnValue:
    """Further recommendations for the agenda."""
    meeting = meeting_for(reference, P.AWARD_ADVISE)
    of_fund = queries.candidates(viewer()).where(Application.fund_id == meeting.fund_id)
    applications = session().scalars(of_fund.limit(MOST)).all()
    form = agenda_form(applications)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.add_to_agenda(opened, meeting, form.chosen(), this_act())
        if outcome:
            return done(meeting, _("The agenda has been changed."))
    return render_template(
        "deciding/sessions/agenda.html", meeting=meeting, form=form, applications=applications
    )


meeting_pages.step("cancel", "/<reference>/cancel", done=_l("The session has been cancelled."))
meeting_pages.step(
    "open",
    "/<reference>/open",
    lambda meeting: attendance_form(queries.trustees_called(session(), meeting), ()),
    lambda opened, meeting, form, act: sitting.open_session(opened, meeting, form.chosen(), act),
    check=lambda _session, meeting, _act: sitting.require_its_day(meeting),
    lead=_l("Tick the trustees who are present, in the room or remotely."),
    done=_l("The session is open. The trustees can vote now."),
)


def _attendance_form(meeting: BoardSession) -> Any:
    seats = queries.seats_of(session(), meeting)
    present = [seat.trustee_id for seat in seats if seat.present]
    return attendance_form([seat.trustee for seat in seats], present)


meeting_pages.act(
    "attendance",
    P.AWARD_ADVISE,
    "/<reference>/attendance",
    _attendance_form,
    lambda opened, meeting, form, act: sitting.note_attendance(opened, meeting, form.chosen(), act),
    check=lambda _session, meeting, _act: sitting.require_open(meeting),
    title=_l("Record the attendance"),
    lead=_l("A trustee who leaves keeps the votes that were cast before."),
    done=_l("The attendance has been recorded."),
)
meeting_pages.step(
    "close",
    "/<reference>/close",
    lead=_l(
        "The votes become the advice of the Board. After that, nothing of this session can be "
        "changed."
    ),
    done=_l("The session has been closed and the Board’s advice has been recorded."),
)


def _attach_signed(opened: Session, meeting: BoardSession, form: SignedForm, act: Act) -> None:
    """Attach the signed paper."""
    paper = keep(opened, received(form.paper.data), act, accept=(".pdf",), signed=True)
    service.attach_signed(opened, meeting, paper, act)


meeting_pages.step(
    "sign",
    "/<reference>/sign",
    SignedForm,
    _attach_signed,
    done=_l("The signed minutes have been attached."),
)


@pages.get("/<reference>/signed")
@needs(P.APPLICATION_SEE)
def signed(reference: str) -> ResponseReturnValue:
    """The signed paper, for staff: it speaks of every application on the agenda."""
    meeting = meeting_for(reference, P.APPLICATION_SEE)
    agenda_ids = {item.application_id for item in queries.items_of(session(), meeting)}
    whole = agenda_ids <= queries.open_items(session(), meeting, viewer())
    if meeting.signed_document is None or not whole:
        raise Missing(_("File not found."))
    return send_document(meeting.signed_document, meeting.scope)
