"""Pages of an applicant's organisation."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.organisations import service
from grants.applying.organisations.duplicates import MOST_PAIRS, like, pairs
from grants.applying.organisations.facts import FACTS, parts_of, profile_of
from grants.applying.organisations.forms import (
    InvitationForm,
    OrganisationsFilter,
    RegistrationForm,
    RoleForm,
)
from grants.applying.organisations.papers.queries import papers_of
from grants.applying.organisations.queries import (
    INVITATION,
    REGISTRATION,
    kept_for,
    member_row,
    organisation_for_viewer,
    organisations_of_staff,
    own_organisations,
    sees_all_organisations,
    waiting_invitations,
)
from grants.applying.organisations.verification.queries import state_of, states_by_organisation
from grants.applying.organisations.verification.workflow import VERIFICATION
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people import credentials
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import members
from grants.core.people.viewer import Scope
from grants.platform.casework.queries import is_owned_by
from grants.platform.forms.forms import Form
from grants.platform.layout.chrome import in_menu
from grants.platform.profiles.lists import column_of
from grants.platform.tables.cases import Case
from grants.platform.tables.lists import Column, Listing, Order, numbered_page
from grants.platform.tables.occurring import offer_occurring
from grants.platform.tables.turns import Turn, linked
from grants.platform.web.access import needs, public, remember_sign_in, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.arrival import own_page
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import Button

pages = Blueprint("organisations", __name__)


@pages.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Register an organisation: one page, then a link by e-mail."""
    form = RegistrationForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            onward = _onward_page(opened, request.args.get("next"))
            service.ask_registration(opened, form.profile(), form.registrant(), onward)
        if outcome:
            return render_template("applying/organisations/link_sent.html", email=form.email.data)
    return render_template("applying/organisations/register.html", form=form)


def _onward_page(opened: Session, target: str | None) -> service.Onward:
    """The page that a person came from, such as a call's, and whose fund it is."""
    if not target:
        return service.Onward()
    page = own_page(target)
    ours = [fund for fund in all_funds(opened) if page.startswith(f"/calls/{fund.code}-")]
    return service.Onward(page, ours[0] if ours else None)


@pages.route("/register/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """The link of the e-mail: opening it changes nothing, the button does."""
    link = credentials.open_link(session(), token, REGISTRATION)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            organisation, person = service.register(opened, token)
            remember_sign_in(person)
        if outcome:
            return _welcome_member(organisation, person, link.facts.get("onward", ""))
    name = link.facts["profile"]["name"]
    return render_template("applying/organisations/confirm.html", form=form, link=link, name=name)


@pages.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """An invitation: who invites, to what, and a button."""
    link = credentials.open_link(session(), token, INVITATION)
    organisation = session().get_one(Organisation, link.facts["organisation"])
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            organisation, person = service.join(opened, token)
            remember_sign_in(person)
        if outcome:
            return _welcome_member(organisation, person)
    return render_template(
        "applying/organisations/join.html",
        form=form,
        link=link,
        organisation=organisation,
        role=Role(link.facts["role"]),
    )


def _welcome_member(
    organisation: Organisation, person: Person, onward: str = ""
) -> ResponseReturnValue:
    """In, on to a passphrase if there is none yet, and then where the person wanted to go."""
    flash(_("Welcome. You now act for %(name)s.", name=organisation.name), "success")
    if person.password_hash is None:
        return redirect(url_for("account.first_passphrase", next=onward or None))
    return redirect(onward or url_for("organisations.show", code=organisation.code))


@pages.get("/organisations")
@in_menu(_l("My organisation"), 60)
@needs(Permission.APPLICATION_READ)
def index() -> ResponseReturnValue:
    """The organisations a person acts for; the page of the one, when it is one."""
    organisations = own_organisations(session(), viewer())
    if len(organisations) == 1:
        return redirect(url_for("organisations.show", code=organisations[0].code))
    return render_template("applying/organisations/index.html", organisations=organisations)


@pages.get("/organisations/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    organisation = organisation_for_viewer(session(), code, viewer())
    current = kept_for(session(), organisation)
    if current is not organisation and current.id in viewer().organisation_ids:
        return redirect(url_for("organisations.show", code=current.code))
    return render_template(
        "applying/organisations/show.html",
        organisation=organisation,
        kept=current,
        members=members(session(), organisation.id),
        may_edit=may_edit(organisation),
        invitations=waiting_invitations(session(), organisation) if may_edit(organisation) else [],
        me=viewer().person_id,
        is_staff=organisation.id not in viewer().organisation_ids,
        alike=like(session(), organisation) if sees_all_organisations(viewer()) else [],
        papers=papers_of(session(), organisation.id),
        parts=parts_of(profile_of(organisation)),
        verified=VERIFICATION.names[state_of(session(), current.id)],
        may_merge=viewer().may(Permission.ORGANISATION_MERGE),
        case=Case(()),
        turn=Turn(None, _pages_about(organisation)),
    )


def _pages_about(organisation: Organisation) -> list[Button]:
    """What else this person may read of an organisation, for its case."""
    may, code = viewer().may, organisation.code
    applications = url_for("applications.index", q=organisation.name, state="")
    offered = (
        (
            may(Permission.REPORT_WRITE, Scope(organisation_id=organisation.id)),
            _("Bank details"),
            url_for("bank_details.of_organisation", code=code),
        ),
        (
            may(Permission.DUE_DILIGENCE_SEE),
            _("Sanctions screening and due diligence"),
            url_for("diligence.organisation", code=code),
        ),
        (may(Permission.APPLICATION_SEE), _("Its applications"), applications),
        (
            True,
            _("Documents and their earlier versions"),
            url_for("organisations.papers", code=code),
        ),
    )
    return linked([(text, address) for is_open, text, address in offered if is_open])


@pages.route("/organisations/<code>/invite", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def invite(code: str) -> ResponseReturnValue:
    organisation = editable(code)
    form = InvitationForm()
    if form.validate_on_submit():
        name, email = form.name.data or "", form.email.data or ""
        with attempt(form) as (opened, outcome):
            service.invite(opened, organisation, name, email, Role(form.role.data), this_act())
        if outcome:
            flash(_("An invitation has been sent to %(email)s.", email=email), "success")
            return redirect(url_for("organisations.show", code=code))
    return render_template(
        "applying/organisations/invite.html", form=form, organisation=organisation
    )


@pages.post("/organisations/<code>/invitations/<int:link_id>/take-back")
@needs(Permission.ORGANISATION_EDIT)
def take_back(code: str, link_id: int) -> ResponseReturnValue:
    """An invitation works no more."""
    organisation = editable(code)
    with transaction() as opened:
        email = service.take_back(opened, organisation, link_id, this_act())
    flash(_("The invitation to %(email)s has been withdrawn.", email=email), "success")
    return redirect(url_for("organisations.show", code=code))


@pages.route("/organisations/<code>/members/<int:membership_id>/role", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def change_role(code: str, membership_id: int) -> ResponseReturnValue:
    organisation = editable(code)
    row = member_row(session(), organisation, membership_id)
    form = RoleForm(data={"role": row.role.value})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            role = Role(form.role.data)
            service.change_role(opened, organisation, membership_id, role, this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for("organisations.show", code=code))
    return render_template(
        "applying/organisations/role.html",
        form=form,
        refused=refusal(lambda: service.require_another(session(), row)),
        organisation=organisation,
        member=row,
    )


@pages.route("/organisations/<code>/members/<int:membership_id>/end", methods=["GET", "POST"])
@needs(Permission.APPLICATION_READ)
def end_membership(code: str, membership_id: int) -> ResponseReturnValue:
    """Ask once more, then end it: an administrator for a colleague, anybody for themselves."""
    organisation = organisation_for_viewer(session(), code, viewer())
    row = member_row(session(), organisation, membership_id)
    leaving = row.person_id == viewer().person_id
    if not leaving and not may_edit(organisation):
        raise Forbidden(_("Your role does not allow this."))
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.end_membership(opened, organisation, membership_id, this_act())
        if outcome:
            flash(
                _("%(name)s has been removed from your organisation.", name=row.person.name),
                "success",
            )
            return redirect(url_for("portal.start") if leaving else _page_of(organisation))
    return render_template(
        "applying/organisations/end_membership.html",
        form=form,
        refused=refusal(lambda: service.require_another(session(), row)),
        organisation=organisation,
        member=row,
        leaving=leaving,
    )


def _page_of(organisation: Organisation) -> str:
    return url_for("organisations.show", code=organisation.code)


LISTED = [fact for fact in FACTS if fact.files.listed != "not" and fact.key != "name"]
"""The facts with a column after that of the name, which leads to the organisation."""
ORGANISATIONS = Listing(
    columns=(
        Column(_l("Organisation"), lambda o: o.name, link=_page_of, order="name"),
        *(column_of(fact, lambda o: [o], is_shown=fact.files.listed == "shown") for fact in LISTED),
        Column(_l("Code"), lambda o: o.code, shown=False),
    ),
    orders={
        "name": Order(Organisation.name, Organisation.id),
        "newest": Order(Organisation.id, descending=True),
    },
)


def _with_verification() -> Listing:
    """The list, which says of each organisation how far its verification is."""
    states = states_by_organisation(session())
    verified = Column(
        _l("Verification"),
        lambda o: VERIFICATION.names[states.get(o.id, VERIFICATION.initial)].staff,
        tone=lambda o: VERIFICATION.names[states.get(o.id, VERIFICATION.initial)].tone,
    )
    name, *facts = ORGANISATIONS.columns
    return replace(ORGANISATIONS, columns=(name, verified, *facts))


@pages.get("/organisations/all")
@in_menu(_l("Organisations"), 65, key="o")
@needs(Permission.ORGANISATION_SEE)
def every() -> ResponseReturnValue:
    """Every organisation that applies, for the fund's people."""
    form = OrganisationsFilter()
    every = organisations_of_staff(viewer())
    offer_occurring(session(), form, every, country=Organisation.country)
    form.validate()
    query = organisations_of_staff(viewer(), form.q.data or "", form.country.data or "")
    if form.owner_id is not None:
        query = query.where(is_owned_by("organisation", Organisation.id, form.owner_id))
    listed = _with_verification().of(session(), query, "organisations")
    return listed.file or render_template(
        "applying/organisations/every.html",
        listed=listed,
        form=form,
        may_verify=viewer().may(Permission.ORGANISATION_VERIFY),
    )


@pages.get("/organisations/duplicates")
@needs(Permission.ORGANISATION_SEE)
def duplicates() -> ResponseReturnValue:
    """Organisations that may be the same, for the fund's people."""
    if not sees_all_organisations(viewer()):
        raise Missing(_("Page not found."))
    every = pairs(session())
    on_page, previous, following = numbered_page(every)
    return render_template(
        "applying/organisations/duplicates.html",
        list="organisations.every",
        record="organisations.show",
        lead=_(
            "Organisations that may have been registered twice. Names are compared in Latin "
            "letters, registration numbers by their letters and digits."
        ),
        pairs=on_page,
        cut=len(every) == MOST_PAIRS,
        previous=previous,
        following=following,
        may_merge=viewer().may(Permission.ORGANISATION_MERGE),
    )


def may_edit(organisation: Organisation) -> bool:
    return organisation.id in viewer().organisations_with(Permission.ORGANISATION_EDIT)


def editable(code: str) -> Organisation:
    organisation = organisation_for_viewer(session(), code, viewer())
    if not may_edit(organisation):
        raise Forbidden(_("Your role does not allow this."))
    return organisation
