"""Contacts with donors: their list, one donor's story, writing one down, its next step."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code, people_of_fund
from grants.giving.donors.queries import contacts_of
from grants.giving.outreach import service
from grants.giving.outreach.consents import consents_of
from grants.giving.outreach.forms import ContactFilter, ContactForm
from grants.giving.outreach.models import OutreachContact
from grants.giving.outreach.queries import (
    contact_for_viewer,
    contacts_for_viewer,
    contacts_with,
    open_campaigns,
)
from grants.giving.outreach.views import pages
from grants.giving.pledges.forms import DonorSearch
from grants.giving.pledges.queries import find_donors
from grants.platform.documents.service import keep
from grants.platform.forms.forms import Form
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.funds import funds_for_viewer

P = Permission


def _open_step(contact: OutreachContact) -> str | None:
    return contact.next_step if contact.done_at is None else None


CONTACTS = Listing(
    columns=(
        Column(
            _l("Date"),
            lambda c: c.held_on,
            kind="date",
            order="day",
        ),
        Column(
            _l("Donor"),
            lambda c: c.donor.name,
            worth="name",
            link=lambda c: url_for("outreach.donor", code=c.donor.code),
        ),
        Column(_l("Means of communication"), lambda c: c.means.label),
        Column(
            _l("Person contacted"),
            lambda c: c.with_whom,
            link=lambda c: url_for("outreach.contact", contact_id=c.id),
        ),
        Column(_l("Outcome"), lambda c: c.outcome.label),
        Column(_l("Next step"), _open_step),
        Column(_l("Due by"), lambda c: c.next_on if _open_step(c) else None, kind="date"),
        Column(_l("Responsible"), lambda c: c.next_by.name if _open_step(c) else None),
        Column(_l("Fund"), lambda c: c.fund.code, shown=False),
        Column(_l("Campaign"), lambda c: c.campaign.code if c.campaign else None, shown=False),
        Column(_l("Fund staff member"), lambda c: c.by.name if c.by else None, shown=False),
        Column(_l("What was said"), lambda c: c.note, shown=False),
        Column(_l("Next step completed at"), lambda c: c.done_at, shown=False),
    ),
    orders={
        "day": Order(OutreachContact.held_on, OutreachContact.id, descending=True),
    },
)


@pages.get("/contacts")
@needs(P.OUTREACH_SEE)
@files_ask_first
def contacts() -> ResponseReturnValue:
    """Every contact with donors of the funds a person works for; as a file too."""
    form = ContactFilter(all_funds(session()))
    form.validate()
    criteria = form.criteria(request.args.get("campaign", ""))
    listed = CONTACTS.of(session(), contacts_for_viewer(at_work(), criteria), "contacts")
    return listed.file or render_template(
        "giving/outreach/contacts.html",
        listed=listed,
        form=form,
        campaign=criteria.campaign,
        may_record=bool(funds_for_viewer(P.OUTREACH_RECORD)),
    )


@pages.get("/donors")
@needs(P.OUTREACH_SEE)
def find_donor() -> ResponseReturnValue:
    """Writing a contact down begins with its donor."""
    form = DonorSearch()
    text = form.q.data or ""
    donors = find_donors(session(), text) if text.strip() else []
    return render_template(
        "giving/outreach/find_donor.html",
        form=form,
        text=text,
        donors=donors,
        page="outreach.donor",
    )


@pages.get("/donors/<code>")
@needs(P.OUTREACH_SEE)
def donor(code: str) -> ResponseReturnValue:
    """What was said to a donor and by whom, the newest first, and what is to follow."""
    organisation = organisation_by_code(session(), code)
    details = contacts_with(session(), viewer(), organisation)
    return render_template(
        "giving/outreach/donor.html",
        consents=consents_of(session(), organisation),
        private=organisation.kind is DonorKind.INDIVIDUAL,
        donor=organisation,
        contacts=details,
        to_do=[entry for entry in details if entry.next_step and entry.done_at is None],
        people=[
            entry for entry in contacts_of(session(), organisation.id) if entry.left_on is None
        ],
        sees_donor=viewer().may(P.DONOR_SEE),
        may_edit=viewer().may(P.DONOR_EDIT),
        funds=funds_for_viewer(P.OUTREACH_RECORD),
        today=clock.today(),
    )


@pages.route("/donors/<code>/new/<fund>", methods=["GET", "POST"])
@needs(P.OUTREACH_RECORD)
def new_contact(code: str, fund: str) -> ResponseReturnValue:
    """Write down a contact with a donor."""
    organisation, for_fund = organisation_by_code(session(), code), fund_by_code(session(), fund)
    form = ContactForm(
        campaigns=open_campaigns(session(), viewer(), for_fund.id),
        people=people_of_fund(session(), P.OUTREACH_RECORD, for_fund.id),
        data={
            "campaign": request.args.get("campaign"),
            "with_whom": request.args.get("whom", "")[:200],
            "means": request.args.get("means"),
            "next_by": str(viewer().person_id),
        },
    )
    if form.validate_on_submit():
        with attempt(form) as (_opened, outcome):
            _record_contact(form, for_fund, organisation)
        if outcome:
            flash(_("The communication has been recorded."), "success")
            return redirect(url_for("outreach.donor", code=code))
    return render_template(
        "giving/outreach/new_contact.html", form=form, donor=organisation, fund=for_fund
    )


def _record_contact(form: ContactForm, fund: Fund, donor: Organisation) -> None:
    opened, details = session(), form.details()
    if form.file.data:
        details = replace(details, document=keep(opened, received(form.file.data), this_act()))
    service.record_contact(opened, fund, donor, details, this_act())


@pages.get("/contacts/<int:contact_id>")
@needs(P.OUTREACH_SEE)
def contact(contact_id: int) -> ResponseReturnValue:
    """One contact, whole."""
    entry = contact_for_viewer(session(), contact_id, viewer())
    return render_template(
        "giving/outreach/contact.html",
        contact=entry,
        may_finish=_to_do(entry) and viewer().may(P.OUTREACH_RECORD, entry.scope),
    )


def _to_do(contact: OutreachContact) -> bool:
    return contact.next_step is not None and contact.done_at is None


@pages.post("/contacts/<int:contact_id>/done")
@needs(P.OUTREACH_RECORD)
def done(contact_id: int) -> ResponseReturnValue:
    """The next step has been taken."""
    entry = contact_for_viewer(session(), contact_id, viewer())
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.finish_step(opened, entry, this_act())
        if outcome:
            flash(_("Done. If this was a communication with the donor, record it."), "success")
    return redirect(url_for("outreach.donor", code=entry.donor.code))


@pages.get("/contacts/<int:contact_id>/file")
@needs(P.OUTREACH_SEE)
def file(contact_id: int) -> ResponseReturnValue:
    """The file that was kept with a contact."""
    entry = contact_for_viewer(session(), contact_id, viewer())
    if entry.document is None:
        raise Missing(_("No file is attached to this communication."))
    return send_document(entry.document, entry.scope)
