"""A donor's own pages of its profile and contacts: the same forms, under its pledges."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import LANGUAGES
from grants.core.people.permissions import Permission
from grants.giving.donors.queries import own_donor
from grants.giving.donors.views import (
    contact_page,
    end_contact_page,
    new_contact_page,
    profile_page,
)
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session

pages = Blueprint("own_donors", __name__, url_prefix="/giving/donors")


@pages.get("/<code>")
@needs(Permission.PLEDGE_MAKE)
def show(code: str) -> ResponseReturnValue:
    """What the fund keeps of the donor, as the donor may read and change it."""
    donor = own_donor(session(), code, viewer())
    there = [contact for contact in donor.contacts if contact.left_on is None]
    names = {code: known.name for code, known in LANGUAGES.items()}
    return render_template("giving/donors/own.html", donor=donor, contacts=there, languages=names)


@pages.route("/<code>/profile", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def profile(code: str) -> ResponseReturnValue:
    return profile_page(code, own=True)


@pages.route("/<code>/contacts/new", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def new_contact(code: str) -> ResponseReturnValue:
    return new_contact_page(code, own=True)


@pages.route("/<code>/contacts/<int:contact_id>", methods=["GET", "POST"])
@needs(Permission.PLEDGE_MAKE)
def contact(code: str, contact_id: int) -> ResponseReturnValue:
    return contact_page(code, contact_id, own=True)


@pages.post("/<code>/contacts/<int:contact_id>/end")
@needs(Permission.PLEDGE_MAKE)
def end_contact(code: str, contact_id: int) -> ResponseReturnValue:
    return end_contact_page(code, contact_id, own=True)
