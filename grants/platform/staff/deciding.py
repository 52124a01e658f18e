"""Pages on which appointments are confirmed or not, roles end, and expertise is noted."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission, decides
from grants.platform.staff import queries, service
from grants.platform.staff.expertise import describe_expertise
from grants.platform.staff.forms import ConfirmForm, EndForm, ExpertiseForm, ReasonForm
from grants.platform.staff.handover import open_work
from grants.platform.staff.models import Appointment
from grants.platform.staff.sessions import sign_out_everywhere
from grants.platform.staff.views import pages
from grants.platform.staff.workflow import APPOINTMENT
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import possible

P = Permission


@pages.route("/appointments/<int:number>/confirm", methods=["GET", "POST"])
@needs(P.PEOPLE_CONFIRM)
def confirm(number: int) -> ResponseReturnValue:
    """A second administrator gives the role, or ends it."""
    found = possible(queries.appointment_for_viewer(session(), number, viewer()), APPOINTMENT)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.confirm(opened, found, this_act())
        if outcome:
            flash(_("Confirmed. The person has been informed by e-mail."), "success")
            return redirect(url_for("staff.show", number=found.person_id))
    return render_template(
        "platform/staff/decide.html", appointment=found, form=form, action="confirm"
    )


@pages.route("/appointments/<int:number>/decline", methods=["GET", "POST"])
@needs(P.PEOPLE_CONFIRM)
def decline(number: int) -> ResponseReturnValue:
    """A second administrator refuses it, with the reason."""
    return _refuse(number, "decline")


@pages.route("/appointments/<int:number>/withdraw", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def withdraw(number: int) -> ResponseReturnValue:
    """It is not wanted any more, with the reason."""
    return _refuse(number, "withdraw")


def _refuse(number: int, action: str) -> ResponseReturnValue:
    found = possible(queries.appointment_for_viewer(session(), number, viewer()), APPOINTMENT)
    form = ReasonForm()
    if form.validate_on_submit():
        act = service.decline if action == "decline" else service.withdraw
        with attempt(form) as (opened, outcome):
            act(opened, found, this_act(form.reason.data))
        if outcome:
            return redirect(url_for("staff.appointment", number=found.id))
    return render_template(
        "platform/staff/decide.html", appointment=found, form=form, action=action
    )


@pages.route("/roles/<int:number>/end", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def end(number: int) -> ResponseReturnValue:
    """End a role, with the reason; a successor takes over what is open."""
    held = queries.membership_for_viewer(session(), number, viewer())
    work, people = open_work(session(), held), queries.successors(session(), held)
    form = EndForm(people, open_work=any(one.work.hand_over for one in work))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            ended = service.end(opened, held, act, form.chosen(people))
        if outcome and isinstance(ended, Appointment):
            flash(_("Proposed. Another administrator has been asked to confirm it."), "success")
            return redirect(url_for("staff.appointment", number=ended.id))
        if outcome and isinstance(ended, int):
            _say_what_happened(ended, sum(one.count for one in work) - ended)
            return redirect(url_for("staff.show", number=held.person_id))
    return render_template(
        "platform/staff/end.html",
        held=held,
        work=work,
        form=form,
        confirmed_by_two=decides(held.role),
    )


def _say_what_happened(taken: int, left: int) -> None:
    flash(_("The role has ended. The person has been informed by e-mail."), "success")
    if taken:
        flash(
            ngettext("%(num)s task was handed over.", "%(num)s tasks were handed over.", taken),
            "success",
        )
    if left:
        flash(
            ngettext(
                "%(num)s task is still open. Assign it to another person.",
                "%(num)s tasks are still open. Assign them to other people.",
                left,
            ),
            "warning",
        )


@pages.route("/<int:number>/sign-out", methods=["GET", "POST"])
@needs(P.PEOPLE_CONFIRM)
def sign_out(number: int) -> ResponseReturnValue:
    """An administrator ends every signed-in browser of a person, with the reason."""
    person = queries.person_for_viewer(session(), number, viewer())
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            sign_out_everywhere(opened, person, this_act(form.reason.data))
        if outcome:
            flash(
                _("Signed out of all browsers. The person has been informed by e-mail."), "success"
            )
            return redirect(url_for("staff.show", number=person.id))
    return render_template("platform/staff/sign_out.html", person=person, form=form)


@pages.route("/<int:number>/expertise", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def expertise(number: int) -> ResponseReturnValue:
    """The languages, regions and kinds of aid that a reviewer knows."""
    person = queries.person_for_viewer(session(), number, viewer())
    known = queries.expertise_of(session(), person)
    form = ExpertiseForm(
        data={
            "languages": known.languages,
            "regions": known.regions,
            "aid": known.aid,
            "country": known.country,
        }
    )
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            informed = describe_expertise(opened, person, form.knowledge, this_act())
        if outcome and informed:
            flash(_("Saved. The person has been informed by e-mail."), "success")
        elif outcome:
            flash(_("Saved."), "success")
        if outcome:
            return redirect(url_for("staff.show", number=person.id))
    return render_template("platform/staff/expertise.html", person=person, form=form)
