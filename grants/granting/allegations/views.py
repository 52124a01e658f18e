"""Pages of allegations: entering one for many, reading them for the named persons alone."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.allegations import forms, queries, service
from grants.granting.allegations.models import Allegation, AllegationReader
from grants.granting.allegations.workflow import ALLEGATION
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer
from grants.platform.web.steps import buttons, possible

pages = Blueprint("allegations", __name__)

P = Permission
ONE = "/allegations/<reference>"


@pages.route("/allegations/new", methods=["GET", "POST"])
@needs(P.ALLEGATION_ENTER)
def enter() -> ResponseReturnValue:
    """Enter an allegation; nobody but the named persons reads it, the writer neither."""
    places = queries.organisations_for(session(), viewer())
    form = forms.enter_form(places)
    if form.validate_on_submit():
        fund, organisation = next(p for p in places if forms.place_code(p) == form.place.data)
        with attempt(form) as (opened, outcome):
            service.enter(opened, fund, organisation, form.statement(), this_act())
        if outcome:
            return redirect(url_for(".thanks"))
    return render_template("granting/allegations/enter.html", form=form)


@pages.get("/allegations/thanks")
@needs(P.ALLEGATION_ENTER)
def thanks() -> ResponseReturnValue:
    """Says that what was written has come, and nothing of it."""
    return render_template("granting/allegations/thanks.html")


@pages.get("/allegations")
@in_menu(_l("Allegations"), 64, count=queries.to_examine)
@needs(P.ALLEGATION_EXAMINE)
def index() -> ResponseReturnValue:
    """The allegations that this person was named to read."""
    query = queries.allegations_for(viewer()).order_by(Allegation.id.desc())
    return render_template(
        "granting/allegations/index.html",
        allegations=session().scalars(query).all(),
        names=ALLEGATION.names,
        funds=funds_for_viewer(P.ALLEGATION_NAME),
    )


def _find_allegation(reference: str) -> Allegation:
    allegation = queries.allegation_for_viewer(session(), reference, viewer())
    return possible(allegation, ALLEGATION)


def _page_of(allegation: Allegation) -> str:
    return url_for("allegations.show", reference=allegation.reference)


@pages.get(ONE)
@needs(P.ALLEGATION_EXAMINE)
def show(reference: str) -> ResponseReturnValue:
    """One allegation with its own trail."""
    allegation = _find_allegation(reference)
    return render_template(
        "granting/allegations/allegation.html",
        allegation=allegation,
        name=ALLEGATION.names[allegation.state],
        steps=buttons(allegation, ALLEGATION, reference=reference),
        may_note=allegation.state not in ALLEGATION.final,
    )


allegation_pages = StepPages(
    pages,
    ALLEGATION,
    _find_allegation,
    _page_of,
    lambda allegation: (allegation.reference,),
    _l("The allegation"),
)
allegation_pages.step(
    "examine",
    f"{ONE}/examine",
    lead=_l(
        "The examination takes place outside this system and is led by the responsible office."
    ),
    done=_l("The examination has begun."),
)
allegation_pages.step(
    "substantiate",
    f"{ONE}/substantiate",
    forms.ReasonForm,
    warning=_l("This fund pays nothing to the organisation until the allegation is closed."),
    done=_l("Recorded. Payments to the organisation have been stopped."),
)
allegation_pages.step("dismiss", f"{ONE}/dismiss", forms.ReasonForm, done=_l("Recorded."))
allegation_pages.step(
    "close",
    f"{ONE}/close",
    forms.ReasonForm,
    lead=_l("Say what was done. Payments that were stopped can be made again."),
    done=_l("The allegation is closed."),
)
allegation_pages.act(
    "note",
    P.ALLEGATION_EXAMINE,
    f"{ONE}/notes/new",
    forms.NoteForm,
    lambda opened, allegation, form, act: service.add_note(opened, allegation, form.text.data, act),
    title=_l("Add a note"),
    done=_l("The note has been added."),
)


def _find_fund(code: str) -> Fund:
    fund = fund_by_code(session(), code)
    if not viewer().may(P.ALLEGATION_NAME, Scope(fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    return fund


@pages.get("/allegations/readers/<code>")
@needs(P.ALLEGATION_NAME)
def readers(code: str) -> ResponseReturnValue:
    """Who is named to read the allegations of a fund."""
    fund = _find_fund(code)
    named = queries.readers_of(session(), fund)
    return render_template("granting/allegations/readers.html", fund=fund, readers=named)


fund_pages = StepPages(
    pages,
    None,
    _find_fund,
    lambda fund: url_for("allegations.readers", code=fund.code),
    lambda fund: (fund.title,),
    _l("Who reads allegations"),
)


def _name_reader(opened: Session, fund: Fund, form: forms.NameForm, act: Act) -> None:
    service.name_reader(opened, fund, opened.get_one(Person, int(form.person.data)), act)


def _end_reader(opened: Session, fund: Fund, form: forms.EndForm, act: Act) -> None:
    reader = opened.get_one(AllegationReader, int(form.reader.data))
    service.end_reader(opened, fund, reader, act)


fund_pages.act(
    "name_reader",
    P.ALLEGATION_NAME,
    "/allegations/readers/<code>/new",
    lambda fund: forms.name_form(queries.to_name(session(), fund)),
    _name_reader,
    title=_l("Name a person who reads allegations"),
    button=_l("Name this person"),
    done=_l("The person has been named and notified."),
)
fund_pages.act(
    "end_reader",
    P.ALLEGATION_NAME,
    "/allegations/readers/<code>/end",
    lambda fund: forms.end_form(queries.readers_of(session(), fund)),
    _end_reader,
    title=_l("Take a person off the list"),
    tone="warning",
    done=_l("The person can no longer read allegations."),
)
