"""Pages of donors: their profile and contacts. The list of donors and one donor's page, with what
it gave and how it stands, are drawn in grants/desk/donor_pages, which reads every room.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.countries.countries import regional_group
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.service import enter_organisation
from grants.giving.donors import senders, service
from grants.giving.donors.contact_pages import (
    contact_page,
    donor_and_home,
    end_contact_page,
    hand_over_page,
    invite_page,
    new_contact_page,
    role_page,
)
from grants.giving.donors.forms import (
    ConfirmSenderForm,
    NewDonorForm,
    ProfileForm,
)
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import donor_for_viewer
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("donors", __name__, url_prefix="/donors")


def page_of(donor: Donor) -> str:
    """A donor's page, which grants/desk/donor_pages draws."""
    return url_for("donors.show", code=donor.organisation.code)


def group_of(organisation: Organisation) -> str:
    """The regional group: of a State alone."""
    if organisation.kind is not DonorKind.MEMBER_STATE or not organisation.country:
        return ""
    group = regional_group(organisation.country)
    return str(group.label) if group else ""


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def new() -> ResponseReturnValue:
    """A person who gives, or is going to be asked."""
    form = NewDonorForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            organisation = enter_organisation(
                opened, form.name.data or "", form.kind.data, form.country.data
            )
            donor = service.welcome(opened, organisation, this_act())
        if outcome:
            return redirect(page_of(donor))
    return render_template("giving/donors/new.html", form=form)


def profile_page(code: str, *, by_donor: bool) -> ResponseReturnValue:
    """Change a donor's profile: the same form for the fund's people and the donor's own."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    form = ProfileForm(donor=donor, by_donor=by_donor)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.describe(opened, donor, form.profile(), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(home)
    return render_template("giving/donors/profile.html", form=form, donor=donor, home=home)


def _find_donor(code: str) -> Donor:
    return donor_for_viewer(session(), code, viewer())


StepPages(pages, None, _find_donor, page_of, lambda donor: (donor.organisation.name,)).act(
    "confirm_sender",
    Permission.DONOR_EDIT,
    "/<code>/confirm-sender",
    ConfirmSenderForm,
    lambda opened, donor, _form, act: senders.confirm_sender(opened, donor, act),
    check=senders.require_to_confirm,
    title=_l("Confirm the sender"),
    lead=_l(
        "Anyone can submit a pledge in the name of a government. Until you confirm the sender, the "
        "donor cannot see the bank details, no pledge can be accepted, and nothing is published."
    ),
    done=_l("The sender has been confirmed."),
    template="giving/donors/confirm_sender.html",
    facts=lambda donor: {"same": senders.possibly_the_same(session(), donor)},
)


@pages.route("/<code>/profile", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def profile(code: str) -> ResponseReturnValue:
    return profile_page(code, by_donor=False)


@pages.route("/<code>/contacts/new", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def new_contact(code: str) -> ResponseReturnValue:
    return new_contact_page(code, by_donor=False)


@pages.route("/<code>/contacts/<int:contact_id>", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def contact(code: str, contact_id: int) -> ResponseReturnValue:
    return contact_page(code, contact_id, by_donor=False)


@pages.post("/<code>/contacts/<int:contact_id>/end")
@needs(Permission.DONOR_EDIT)
def end_contact(code: str, contact_id: int) -> ResponseReturnValue:
    return end_contact_page(code, contact_id, by_donor=False)


@pages.route("/<code>/contacts/<int:contact_id>/role", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def change_role(code: str, contact_id: int) -> ResponseReturnValue:
    return role_page(code, contact_id, by_donor=False)


@pages.route("/<code>/contacts/<int:contact_id>/invite", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def invite(code: str, contact_id: int) -> ResponseReturnValue:
    return invite_page(code, contact_id, by_donor=False)


@pages.route("/<code>/contacts/<int:contact_id>/hand-over", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def hand_over(code: str, contact_id: int) -> ResponseReturnValue:
    return hand_over_page(code, contact_id, by_donor=False)
