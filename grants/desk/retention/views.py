"""Retention: what is due to go, the periods, purges, and legal holds."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.people.permissions import Permission
from grants.core.people.queries import person_by_email
from grants.core.texts.formats import plain_day
from grants.desk.retention import forms, queries, service
from grants.desk.retention.models import Purge
from grants.desk.retention.periods import due_of
from grants.desk.retention.workflow import PURGE
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import iso_day
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("retention", __name__, url_prefix="/retention")

P = Permission.RETENTION_DECIDE

PURGES = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda purge: purge.id,
            link=lambda purge: url_for("retention.show", number=purge.id),
        ),
        Column(_l("Data"), lambda purge: purge.kind.label),
        Column(_l("Older than"), lambda purge: purge.before_on, kind="date"),
        Column(_l("On the list"), lambda purge: purge.listed, kind="number"),
        Column(_l("Purged"), lambda purge: purge.purged, kind="number"),
        Column(_l("Status"), lambda purge: PURGE.names[purge.state].staff),
        Column(_l("Proposed by"), lambda purge: purge.proposed_by.name),
        Column(_l("Proposed"), lambda purge: purge.proposed_at, kind="date", order="newest"),
    ),
    orders={"newest": Order(Purge.id, descending=True)},
)


@pages.get("")
@in_menu(_l("Retention"), 94, count=queries.to_confirm_count)
@needs(P)
def index() -> ResponseReturnValue:
    """Each kind of data: how long it is kept, what is due; then the purges and the holds."""
    listed = PURGES.of(session(), queries.purges(), "purges")
    if listed.file:
        return listed.file
    return render_template(
        "desk/retention/index.html",
        due=queries.due(session()),
        holds=queries.holds(session()),
        listed=listed,
    )


@pages.route("/kinds/<code>/years", methods=["GET", "POST"])
@needs(P)
def set_years(code: str) -> ResponseReturnValue:
    """Set for how many years a kind of data is kept."""
    kind = queries.kind_called(code)
    form = forms.YearsForm(data={"years": queries.years_of(session(), kind)})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.set_years(opened, kind, form.years.data, this_act(form.reason.data))
        if outcome:
            flash(_("The period has been set."), "success")
            return redirect(url_for(".index"), 303)
    lead = _(
        "Older data are listed as due. Nothing is deleted until two people have confirmed the list."
    )
    return _form_page(form, str(kind.label), lead, _("Set the period"))


@pages.route("/kinds/<code>/purge/<day>", methods=["GET", "POST"])
@needs(P)
def propose(code: str, day: str) -> ResponseReturnValue:
    """Propose that what is older than a day is purged."""
    kind, before, form = queries.kind_called(code), iso_day(day), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            purge = service.propose(opened, kind, before, this_act())
        if outcome:
            flash(_("Proposed. Another person must now confirm."), "success")
            return redirect(url_for(".show", number=purge.id), 303)
    lead = _(
        "Number of records older than %(day)s: %(count)s. Data on legal hold are kept.",
        count=due_of(session(), kind, before)[0],
        day=plain_day(before),
    )
    return _form_page(form, str(kind.label), lead, _("Propose the purge"))


@pages.get("/purges/<int:number>")
@needs(P)
def show(number: int) -> ResponseReturnValue:
    """One purge."""
    purge = queries.purge_of(session(), number)
    return render_template(
        "desk/retention/show.html",
        purge=purge,
        state=PURGE.names[purge.state],
        steps=buttons(purge, PURGE, number=number),
        trail=trail_of(session(), Purge.__tablename__, purge.id),
        acts=ACTS,
    )


ACTS = {
    "create": _l("Proposed"),
    "confirm": _l("Confirmed"),
    "carry_out": _l("Purged"),
    "stop": _l("Stopped"),
}

purge_pages = StepPages(
    pages,
    PURGE,
    lambda number: queries.purge_of(session(), number),
    lambda purge: url_for("retention.show", number=purge.id),
    lambda purge: (purge.kind.label,),
)
purge_pages.step(
    "confirm",
    "/purges/<int:number>/confirm",
    lead=_l(
        "The records are deleted, or their names and texts are removed. This cannot "
        "be undone. Data on legal hold are kept."
    ),
    tone="warning",
    done=_l("Confirmed. The data will be purged within a few minutes."),
)
purge_pages.step("stop", "/purges/<int:number>/stop", tone="warning", done=_l("Stopped."))


@pages.route("/holds/new", methods=["GET", "POST"])
@needs(P)
def place_hold() -> ResponseReturnValue:
    """Let nothing about a person be purged or erased."""
    form = forms.HoldForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            person = person_by_email(opened, form.email.data or "")
            if person is None:
                raise DomainError(
                    _("No person has this e-mail address. Check it for typing errors.")
                )
            service.place_hold(opened, person, this_act(form.reason.data))
        if outcome:
            flash(_("The legal hold has been placed."), "success")
            return redirect(url_for(".index"), 303)
    lead = _(
        "For an allegation, an audit or a dispute: until the hold is lifted, no "
        "data about the person are purged or erased."
    )
    return _form_page(form, _("Place a legal hold"), lead, pgettext("legal hold", "Place the hold"))


@pages.route("/holds/<int:number>/lift", methods=["GET", "POST"])
@needs(P)
def lift_hold(number: int) -> ResponseReturnValue:
    """The reason for a hold is over."""
    hold, form = queries.hold_of(session(), number), forms.LiftForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.lift_hold(opened, hold, this_act(form.reason.data))
        if outcome:
            flash(_("The legal hold has been lifted."), "success")
            return redirect(url_for(".index"), 303)
    lead = _("Data about %(person)s that are due can be deleted again.", person=hold.person.name)
    return _form_page(form, _("Lift the legal hold"), lead, pgettext("legal hold", "Lift the hold"))


def _form_page(form: Form, title: str, lead: str, button: str) -> str:
    return render_template(
        "layout/step.html",
        form=form,
        to=url_for(".index"),
        caption=[_("Retention")],
        title=title,
        lead=lead,
        button=button,
    )
