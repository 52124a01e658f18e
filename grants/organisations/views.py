"""Pages of an applicant's organisation."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.kernel.errors import Forbidden
from grants.kernel.language import gettext as _
from grants.kernel.language import lazy_gettext as _l
from grants.organisations import service
from grants.organisations.forms import ConfirmForm, InvitationForm, ProfileForm, RegistrationForm
from grants.organisations.queries import (
    member_row,
    organisation_for_viewer,
    own_organisations,
)
from grants.people import credentials
from grants.people.models import Organisation, Person
from grants.people.permissions import Permission, Role
from grants.people.queries import members
from grants.web.access import let_in, needs, public, signed_in, this_act, viewer
from grants.web.acts import attempt
from grants.web.chrome import in_menu
from grants.web.database import session

pages = Blueprint("organisations", __name__)


@pages.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Register an organisation: one page, then a link by e-mail."""
    form = RegistrationForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.ask_registration(opened, form.profile(), form.registrant())
        if outcome:
            return render_template("organisations/link_sent.html", email=form.email.data)
    return render_template("organisations/register.html", form=form)


@pages.route("/register/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """The link of the e-mail: looking changes nothing, the button does."""
    link = credentials.open_link(session(), token, service.REGISTRATION)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            organisation, person = service.register(opened, token)
            let_in(person)
        if outcome:
            return _welcome(organisation, person)
    name = link.facts["profile"]["name"]
    return render_template("organisations/confirm.html", form=form, link=link, name=name)


@pages.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """An invitation: who invites, to what, and a button."""
    link = credentials.open_link(session(), token, service.INVITATION)
    organisation = session().get_one(Organisation, link.facts["organisation"])
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            organisation, person = service.join(opened, token)
            let_in(person)
        if outcome:
            return _welcome(organisation, person)
    return render_template(
        "organisations/join.html", form=form, link=link, organisation=organisation
    )


def _welcome(organisation: Organisation, person: Person) -> ResponseReturnValue:
    """In, and on to a passphrase if there is none yet."""
    flash(_("Welcome. You now act for %(name)s.", name=organisation.name), "success")
    if person.password_hash is None:
        return redirect(url_for("account.first_passphrase"))
    return redirect(url_for("organisations.show", code=organisation.code))


@pages.get("/organisations")
@in_menu(_l("My organisation"), 60)
@needs(Permission.APPLICATION_WRITE)
def index() -> ResponseReturnValue:
    """The organisations somebody acts for; the page of the one, when it is one."""
    own = own_organisations(session(), viewer())
    if len(own) == 1:
        return redirect(url_for("organisations.show", code=own[0].code))
    return render_template("organisations/index.html", organisations=own)


@pages.get("/organisations/<code>")
@signed_in
def show(code: str) -> ResponseReturnValue:
    organisation = organisation_for_viewer(session(), code, viewer())
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        members=members(session(), organisation.id),
        may_edit=_may_edit(organisation),
    )


@pages.route("/organisations/<code>/profile", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def profile(code: str) -> ResponseReturnValue:
    organisation = _editable(code)
    known = service.profile_of(organisation)
    form = ProfileForm(data={name: getattr(known, name) for name in known.__slots__})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.describe(opened, organisation, form.profile(), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(url_for("organisations.show", code=code))
    return render_template("organisations/profile.html", form=form, organisation=organisation)


@pages.route("/organisations/<code>/invite", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def invite(code: str) -> ResponseReturnValue:
    organisation = _editable(code)
    form = InvitationForm()
    if form.validate_on_submit():
        name, email = form.name.data or "", form.email.data or ""
        with attempt(form) as (opened, outcome):
            service.invite(opened, organisation, name, email, Role(form.role.data), this_act())
        if outcome:
            flash(_("An invitation is on its way to %(email)s.", email=email), "success")
            return redirect(url_for("organisations.show", code=code))
    return render_template("organisations/invite.html", form=form, organisation=organisation)


@pages.route("/organisations/<code>/members/<int:membership_id>/end", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def end_membership(code: str, membership_id: int) -> ResponseReturnValue:
    """Ask once more, then end it."""
    organisation = _editable(code)
    row = member_row(session(), organisation, membership_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.end_membership(opened, organisation, membership_id, this_act())
        if outcome:
            flash(_("%(name)s no longer acts for you.", name=row.person.name), "success")
            return redirect(url_for("organisations.show", code=code))
    return render_template(
        "organisations/end_membership.html", form=form, organisation=organisation, member=row
    )


def _may_edit(organisation: Organisation) -> bool:
    return organisation.id in viewer().organisations_with(Permission.ORGANISATION_EDIT)


def _editable(code: str) -> Organisation:
    organisation = organisation_for_viewer(session(), code, viewer())
    if not _may_edit(organisation):
        raise Forbidden(_("Your role does not allow this."))
    return organisation
