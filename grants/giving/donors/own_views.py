"""A donor's own pages of its profile and contacts: the same forms, under its pledges."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.core.people.permissions import Permission, Role
from grants.giving.donors import colleagues
from grants.giving.donors.contact_pages import (
    contact_page,
    end_contact_page,
    hand_over_page,
    invite_page,
    new_contact_page,
    role_page,
)
from grants.giving.donors.facts import rows_for
from grants.giving.donors.queries import own_donor, signing_in
from grants.giving.donors.roles import NAMES
from grants.giving.donors.undelivered import unreached_among
from grants.giving.donors.views import profile_page
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, public, remember_sign_in, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("own_donors", __name__, url_prefix="/giving/donors")


@pages.get("/<code>")
@needs(Permission.PLEDGE_READ)
def show(code: str) -> ResponseReturnValue:
    """What the fund keeps of the donor, as the donor may read and change it."""
    donor = own_donor(session(), code, viewer())
    contacts = [contact for contact in donor.contacts if contact.left_on is None]
    return render_template(
        "giving/donors/own.html",
        donor=donor,
        contacts=contacts,
        unreached=unreached_among(session(), contacts),
        stated=rows_for(donor, by_donor=True),
        signing_in=signing_in(session(), donor),
        roles=NAMES,
        may_edit=donor.organisation_id in viewer().organisations_with(Permission.PLEDGE_MAKE),
    )


@pages.route("/<code>/profile", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def profile(code: str) -> ResponseReturnValue:
    return profile_page(code, by_donor=True)


@pages.route("/<code>/contacts/new", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def new_contact(code: str) -> ResponseReturnValue:
    return new_contact_page(code, by_donor=True)


@pages.route("/<code>/contacts/<int:contact_id>", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def contact(code: str, contact_id: int) -> ResponseReturnValue:
    return contact_page(code, contact_id, by_donor=True)


@pages.post("/<code>/contacts/<int:contact_id>/end")
@needs(Permission.PLEDGE_MAKE)
def end_contact(code: str, contact_id: int) -> ResponseReturnValue:
    return end_contact_page(code, contact_id, by_donor=True)


@pages.route("/<code>/contacts/<int:contact_id>/role", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def change_role(code: str, contact_id: int) -> ResponseReturnValue:
    return role_page(code, contact_id, by_donor=True)


@pages.route("/<code>/contacts/<int:contact_id>/invite", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def invite(code: str, contact_id: int) -> ResponseReturnValue:
    return invite_page(code, contact_id, by_donor=True)


@pages.route("/<code>/contacts/<int:contact_id>/hand-over", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def hand_over(code: str, contact_id: int) -> ResponseReturnValue:
    return hand_over_page(code, contact_id, by_donor=True)


@pages.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> ResponseReturnValue:
    """An invitation: for which donor, and a button."""
    link = credentials.open_link(session(), token, colleagues.INVITATION)
    contact, form = colleagues.invited_by(session(), link), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            donor, person = colleagues.join(opened, token)
            remember_sign_in(person)
        if outcome:
            name = donor.organisation.name
            flash(_("Welcome. You now act for %(name)s.", name=name), "success")
            to = "own_pledges.index" if person.password_hash else "account.first_passphrase"
            return redirect(url_for(to))
    return render_template(
        "giving/donors/join.html",
        form=form,
        contact=contact,
        role=NAMES[contact.invited_as or Role.DONOR],
    )
