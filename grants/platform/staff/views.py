"""Pages of the fund's people: who holds which role, appointing, confirming, ending."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.credentials import open_sign_ins
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.viewer import Scope
from grants.core.proofs import accounts
from grants.core.proofs.losses import waiting_losses
from grants.core.proofs.queries import with_factor
from grants.platform.layout.chrome import in_menu
from grants.platform.staff import queries, service
from grants.platform.staff.expertise import in_words
from grants.platform.staff.forms import AppointForm, PeopleFilter
from grants.platform.staff.models import Appointment
from grants.platform.staff.workflow import APPOINTMENT
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer
from grants.platform.web.steps import buttons

pages = Blueprint("staff", __name__, url_prefix="/people")

P = Permission
SHOWN = 50
"""Requests to link an account that the page of people shows; the oldest first."""


def _person_link(membership: Membership) -> str:
    return url_for("staff.show", number=membership.person_id)


def status(membership: Membership) -> tuple[str, str]:
    """Whether a role is held now, in words, and the tone of its tag."""
    today = clock.today()
    if membership.ended_at or (membership.until_on and membership.until_on < today):
        return _("Ended"), "neutral"
    if membership.from_on and membership.from_on > today:
        return _("Begins later"), "waiting"
    return _("Held now"), "good"


PEOPLE = Listing(
    columns=(
        Column(_p("person", "Name"), lambda m: m.person.name, link=_person_link, order="name"),
        Column(_l("E-mail"), lambda m: m.person.email),
        Column(_l("Role"), lambda m: m.role.label, order="role"),
        Column(_l("Fund"), lambda m: m.fund.code if m.fund else _("All funds")),
        Column(_l("First day"), lambda m: m.from_on or clock.day_of(m.begun_at), kind="date"),
        Column(_l("Last day"), lambda m: m.until_on, kind="date"),
        Column(_l("Status"), lambda m: status(m)[0], tone=lambda m: status(m)[1]),
        Column(
            _l("Regional group"),
            lambda m: m.regional_group.label if m.regional_group else "",
            shown=False,
        ),
    ),
    orders={
        "name": Order(Person.name, Membership.id),
        "role": Order(Membership.role, Membership.id),
    },
)


@pages.get("")
@in_menu(_p("staff", "People"), 92, key="m")
@needs(P.PEOPLE_INVITE)
@files_ask_first
def index() -> ResponseReturnValue:
    """The fund's people with their roles, and the appointments that wait."""
    form = PeopleFilter()
    form.validate()
    query = queries.memberships_for(at_work(), ended=bool(form.ended.data))
    if form.role.data:
        query = query.where(Membership.role == form.role.data)
    listed, confirms = PEOPLE.of(session(), query, "people"), viewer().may(P.PEOPLE_CONFIRM)
    return listed.file or render_template(
        "platform/staff/index.html",
        listed=listed,
        form=form,
        waiting=session().scalars(queries.waiting(viewer())).all(),
        losses=session().scalars(waiting_losses(viewer().person_id)).all() if confirms else (),
        requests=session().scalars(accounts.requests().limit(SHOWN)).all() if confirms else (),
    )


def _appoint_form(**options: Any) -> AppointForm:
    """The roles and funds that this person may appoint to."""
    every = viewer().may(P.PEOPLE_INVITE, Scope())
    confirms = viewer().may(P.PEOPLE_CONFIRM, Scope())
    roles = [role for role in queries.STAFF_ROLES if role is not Role.ADMINISTRATOR or confirms]
    funds = funds_for_viewer(P.PEOPLE_INVITE)
    return AppointForm(funds, roles, every=every, **options)


@pages.route("/appoint", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def appoint() -> ResponseReturnValue:
    """Give a person a role, or propose it where another administrator confirms it."""
    form = _appoint_form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            result = service.appoint(opened, form.invitee, form.office, act)
        if outcome and isinstance(result, Appointment):
            flash(_("Proposed. Another administrator has been asked to confirm it."), "success")
            return redirect(url_for("staff.appointment", number=result.id))
        if outcome:
            flash(_("Appointed. The person has been notified by e-mail."), "success")
            return redirect(url_for("staff.show", number=result.person_id))
    return render_template("platform/staff/appoint.html", form=form)


@pages.get("/<int:number>")
@needs(P.PEOPLE_INVITE)
def show(number: int) -> ResponseReturnValue:
    """One person: the roles, the expertise of a reviewer, and what was changed by whom."""
    person = queries.person_for_viewer(session(), number, viewer())
    roles = queries.roles_of(session(), person, viewer())
    return render_template(
        "platform/staff/show.html",
        person=person,
        roles=[(role, *status(role), queries.may_end(role, viewer())) for role in roles],
        appointments=session().scalars(queries.waiting(viewer()).filter_by(person_id=number)).all(),
        knowledge=in_words(queries.expertise_of(session(), person)),
        reviews=any(role.role is Role.REVIEWER for role in roles),
        second_factor=person.id in with_factor(session(), [person.id]),
        linked=accounts.accounts_of(session(), person.id),
        browsers=len(open_sign_ins(session(), person.id)),
        oneself=person.id == viewer().person_id,
        confirms=viewer().may(P.PEOPLE_CONFIRM),
        provider=current_app.extensions["settings"].provider,
        events=[_history_row(row) for row in trail_of(session(), "person", person.id)],
    )


def _history_row(row: TrailRow) -> dict[str, Any]:
    """What was done about a person, for the timeline."""
    role = row.facts.get("role")
    name = Role.of(role).label if role else ""
    titles = {
        "appoint": _("Appointed: %(role)s", role=name),
        "end_role": _("Role ended: %(role)s", role=name),
        "describe_expertise": _("Expertise changed"),
        "sign_out_everywhere": _("Signed out of all browsers"),
    }
    title = titles.get(row.action, row.action.replace("_", " ").capitalize())
    return {"title": title, "at": row.at, "by": row.actor, "text": row.reason}


@pages.get("/appointments/<int:number>")
@needs(P.PEOPLE_INVITE)
def appointment(number: int) -> ResponseReturnValue:
    """One appointment: who is to hold what, why, and what became of it."""
    proposal = queries.appointment_for_viewer(session(), number, viewer())
    return render_template(
        "platform/staff/appointment.html",
        appointment=proposal,
        state=APPOINTMENT.names[proposal.state],
        trail=trail_of(session(), "appointment", proposal.id),
        steps=buttons(proposal, APPOINTMENT, number=proposal.id),
    )
