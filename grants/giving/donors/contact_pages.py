"""Pages of a donor's contacts: the same ones for the fund's people and for the donor's own."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day
from grants.giving.donors import colleagues, service
from grants.giving.donors.forms import AccessForm, CardForm, HandOverForm
from grants.giving.donors.models import Contact, Donor
from grants.giving.donors.queries import contact_of, donor_for_viewer, membership_of, own_donor
from grants.giving.donors.roles import NAMES
from grants.platform.forms.forms import Form
from grants.platform.web.access import this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


def donor_and_home(code: str, *, by_donor: bool) -> tuple[Donor, str]:
    """The donor, and the page that its forms lead back to."""
    if by_donor:
        donor = own_donor(session(), code, viewer(), Permission.PLEDGE_MAKE)
        return donor, url_for("own_donors.show", code=code)
    donor = donor_for_viewer(session(), code, viewer())
    return donor, url_for("donors.show", code=code, part="contacts")


def new_contact_page(code: str, *, by_donor: bool) -> ResponseReturnValue:
    """Another person to write to."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    form = CardForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            contact = service.add_contact(opened, donor, form.card(), this_act())
            if form.invited_as:
                colleagues.invite(opened, contact, this_act(), form.invited_as)
        if outcome:
            flash(_invited_text(contact) if form.invited_as else _("Saved."), "success")
            return redirect(home)
    return render_template(
        "giving/donors/contact.html", form=form, donor=donor, home=home, contact=None
    )


def _invited_text(contact: Contact) -> str:
    return _("The invitation has been sent to %(email)s.", email=contact.email)


def contact_page(code: str, contact_id: int, *, by_donor: bool) -> ResponseReturnValue:
    """Change a contact's card."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    contact = contact_of(donor, contact_id)
    form = CardForm.of(service.card_of(contact))
    del form.may
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.change_contact(opened, contact, form.card(), this_act())
        if outcome:
            flash(_("Saved."), "success")
            return redirect(home)
    return render_template(
        "giving/donors/contact.html",
        form=form,
        donor=donor,
        home=home,
        contact=contact,
        membership=membership_of(session(), contact),
        roles=NAMES,
        others=_other_contacts(contact),
    )


def _other_contacts(contact: Contact) -> list[Contact]:
    """To whom a contact may hand over."""
    return [
        other
        for other in contact.donor.contacts
        if other is not contact and other.left_on is None and other.email
    ]


def end_contact_page(code: str, contact_id: int, *, by_donor: bool) -> ResponseReturnValue:
    """A contact no longer acts for the donor."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    contact, form = contact_of(donor, contact_id), Form()
    with attempt(form) as (opened, outcome):
        colleagues.leave(opened, contact, this_act())
    if outcome:
        flash(_("Nothing more will be sent to %(name)s.", name=contact.name), "success")
    return _back_to(form, _page_after(contact, home))


def invite_page(code: str, contact_id: int, *, by_donor: bool) -> ResponseReturnValue:
    """Ask a contact by e-mail to sign in for the donor, and say as what."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    contact = contact_of(donor, contact_id)
    form = AccessForm(data={"may": contact.invited_as})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            colleagues.invite(opened, contact, this_act(), form.chosen)
        if outcome:
            flash(_invited_text(contact), "success")
            return redirect(home)
    return render_template(
        "giving/donors/access.html",
        form=form,
        donor=donor,
        contact=contact,
        title=_("Invite %(name)s to sign in", name=contact.name),
        button=_("Send the invitation"),
    )


def role_page(code: str, contact_id: int, *, by_donor: bool) -> ResponseReturnValue:
    """What a colleague who signs in may do for the donor."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    contact = contact_of(donor, contact_id)
    row = membership_of(session(), contact)
    form = AccessForm(data={"may": row.role if row else None})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            colleagues.change_role(opened, contact, form.chosen, this_act())
        if outcome:
            flash(_role_text(contact), "success")
            return redirect(home)
    return render_template(
        "giving/donors/access.html",
        form=form,
        donor=donor,
        contact=contact,
        title=_("What %(name)s may do", name=contact.name),
        button=_("Save"),
    )


def _role_text(contact: Contact) -> str:
    if contact.signing_asked_at is None:
        return _("Saved.")
    return _("Saved. The fund must first confirm that %(name)s may sign.", name=contact.name)


def _back_to(form: Form, home: str) -> ResponseReturnValue:
    for _target, message in form.problems():
        flash(message, "error")
    return redirect(home)


def hand_over_page(code: str, contact_id: int, *, by_donor: bool) -> ResponseReturnValue:
    """A colleague takes over from a contact who leaves."""
    donor, home = donor_and_home(code, by_donor=by_donor)
    contact = contact_of(donor, contact_id)
    form = HandOverForm(others=_other_contacts(contact))
    if form.validate_on_submit():
        successor = form.chosen
        with attempt(form) as (opened, outcome):
            colleagues.hand_over(opened, contact, successor, this_act(), form.last_day.data)
        if outcome:
            flash(_handed_over(contact, successor), "success")
            return redirect(_page_after(contact, home))
    return render_template(
        "giving/donors/hand_over.html", form=form, donor=donor, home=home, contact=contact
    )


def _page_after(contact: Contact, home: str) -> str:
    """Who has left sees the donor no more."""
    has_left = contact.left_on and (contact.email or "").lower() == viewer().email.lower()
    return url_for("portal.start") if has_left else home


def _handed_over(contact: Contact, successor: Contact) -> str:
    if contact.leaves_on:
        return _(
            "%(name)s is taking over. The access of %(former)s ends after %(day)s.",
            name=successor.name,
            former=contact.name,
            day=plain_day(contact.leaves_on),
        )
    if contact.left_on:
        return _("%(name)s has taken over.", name=successor.name)
    return _(
        "The invitation has been sent to %(email)s. %(name)s takes over once it has been accepted.",
        email=successor.email,
        name=successor.name,
    )
