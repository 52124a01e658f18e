"""Pages on which appointments are confirmed or not, roles end, and expertise is noted."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.people.duties import decides
from grants.core.people.permissions import Permission
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.staff import queries, service
from grants.platform.staff.expertise import describe_expertise
from grants.platform.staff.forms import EndForm, ExpertiseForm
from grants.platform.staff.handover import open_work
from grants.platform.staff.models import Appointment
from grants.platform.staff.sessions import sign_out_everywhere
from grants.platform.staff.views import pages
from grants.platform.staff.workflow import APPOINTMENT
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P = Permission


appointment_pages = StepPages(
    pages,
    APPOINTMENT,
    lambda number: queries.appointment_for_viewer(session(), number, viewer()),
    lambda appointment: url_for("staff.appointment", number=appointment.id),
    lambda appointment: (appointment.person.name,),
)


def _of_an_end(of_end: str, of_appointment: str) -> Callable[[Appointment], str]:
    """The title of a page, for a role that is to end and for one that is to be given."""
    return lambda appointment: str(of_end if appointment.ends_id else of_appointment)


appointment_pages.step(
    "confirm",
    "/appointments/<int:number>/confirm",
    title=_of_an_end(_l("Confirm the end of the role"), _l("Confirm the appointment")),
    done=_l("Confirmed. The person has been notified by e-mail."),
    after=lambda appointment: url_for("staff.show", number=appointment.person_id),
    template="platform/staff/decide.html",
)
appointment_pages.step(
    "decline",
    "/appointments/<int:number>/decline",
    title=_of_an_end(_l("Decline the end of the role"), _l("Decline the appointment")),
    tone="warning",
    template="platform/staff/decide.html",
)
appointment_pages.step(
    "withdraw",
    "/appointments/<int:number>/withdraw",
    title=_of_an_end(_l("Withdraw the end of the role"), _l("Withdraw the appointment")),
    tone="warning",
    template="platform/staff/decide.html",
)


@pages.route("/roles/<int:number>/end", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def end(number: int) -> ResponseReturnValue:
    """End a role, with the reason; a successor takes over what is open."""
    membership = queries.membership_for_viewer(session(), number, viewer())
    work, people = open_work(session(), membership), queries.successors(session(), membership)
    form = EndForm(people, open_work=any(part.work.hand_over for part in work))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            ended = service.end(opened, membership, act, form.chosen(people))
        if outcome and isinstance(ended, Appointment):
            flash(_("Proposed. Another administrator has been asked to confirm it."), "success")
            return redirect(url_for("staff.appointment", number=ended.id))
        if outcome and isinstance(ended, int):
            _say_what_happened(ended, sum(part.count for part in work) - ended)
            return redirect(url_for("staff.show", number=membership.person_id))
    return render_template(
        "platform/staff/end.html",
        held=membership,
        work=work,
        form=form,
        confirmed_by_two=decides(membership.role),
    )


def _say_what_happened(handed_over: int, still_open: int) -> None:
    flash(_("The role has ended. The person has been notified by e-mail."), "success")
    if handed_over:
        flash(
            ngettext(
                "%(num)s task was handed over.", "%(num)s tasks were handed over.", handed_over
            ),
            "success",
        )
    if still_open:
        flash(
            ngettext(
                "%(num)s task is still open. Assign it to another person.",
                "%(num)s tasks are still open. Assign them to other people.",
                still_open,
            ),
            "warning",
        )


StepPages(
    pages,
    None,
    lambda number: queries.person_for_viewer(session(), number, viewer()),
    lambda person: url_for("staff.show", number=person.id),
    lambda person: (person.name,),
).act(
    "sign_out",
    P.PEOPLE_CONFIRM,
    "/<int:number>/sign-out",
    ReasonForm,
    lambda opened, person, _form, act: sign_out_everywhere(opened, person, act),
    title=_l("Sign out of all browsers"),
    lead=_l(
        "For example, when a device has been lost. The person is notified by e-mail "
        "and can sign in again. To keep a person out, end their roles."
    ),
    tone="warning",
    done=_l("Signed out of all browsers. The person has been notified by e-mail."),
)


@pages.route("/<int:number>/expertise", methods=["GET", "POST"])
@needs(P.PEOPLE_INVITE)
def expertise(number: int) -> ResponseReturnValue:
    """The languages, regions and kinds of aid that a reviewer knows."""
    person = queries.person_for_viewer(session(), number, viewer())
    current = queries.expertise_of(session(), person)
    form = ExpertiseForm(
        data={
            "languages": current.languages,
            "regions": current.regions,
            "aid": current.aid,
            "country": current.country,
        }
    )
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            informed = describe_expertise(opened, person, form.knowledge, this_act())
        if outcome and informed:
            flash(_("Saved. The person has been notified by e-mail."), "success")
        elif outcome:
            flash(_("Saved."), "success")
        if outcome:
            return redirect(url_for("staff.show", number=person.id))
    return render_template("platform/staff/expertise.html", person=person, form=form)
