"""The fund confirms who signs for a Member State, or does not take a signature."""

from flask import url_for

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.donors import signatories
from grants.giving.donors.forms import RefuseSignatoryForm, SignatoryForm
from grants.giving.donors.models import Contact
from grants.giving.donors.queries import contact_of, donor_for_viewer
from grants.giving.donors.views import page_of, pages
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def _find_contact(code: str, contact_id: int) -> Contact:
    return contact_of(donor_for_viewer(session(), code, viewer()), contact_id)


def _facts_of(contact: Contact) -> dict[str, object]:
    code = contact.donor.organisation.code
    refuse = url_for("donors.refuse_signatory", code=code, contact_id=contact.id)
    return {"refuse": refuse}


contact_steps = StepPages(
    pages,
    None,
    _find_contact,
    lambda contact: page_of(contact.donor),
    lambda contact: (contact.donor.organisation.name,),
)
contact_steps.act(
    "confirm_signatory",
    Permission.DONOR_EDIT,
    "/<code>/contacts/<int:contact_id>/confirm-signatory",
    SignatoryForm,
    lambda opened, contact, _form, act: signatories.confirm_signatory(opened, contact, act),
    check=signatories.require_to_confirm,
    title=_l("Confirm the signatory"),
    lead=_l(
        "A Member State names the person who signs its agreements. Until you confirm the "
        "signatory, this person cannot sign."
    ),
    done=_l("The signatory has been confirmed and notified."),
    template="giving/donors/confirm_signatory.html",
    facts=_facts_of,
)
contact_steps.act(
    "refuse_signatory",
    Permission.DONOR_EDIT,
    "/<code>/contacts/<int:contact_id>/refuse-signatory",
    RefuseSignatoryForm,
    lambda opened, contact, _form, act: signatories.refuse_signatory(opened, contact, act),
    check=signatories.require_to_confirm,
    title=_l("Do not accept the signatory"),
    done=_l("The person has been notified and cannot sign."),
)
