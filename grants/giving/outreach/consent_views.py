"""Consent to appeals that a private person gave on paper, entered by the fund's people."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.giving.donors.queries import contacts_of
from grants.giving.outreach.consents import record_consent
from grants.giving.outreach.forms import PaperConsentForm
from grants.giving.outreach.views import pages
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route("/donors/<code>/consent", methods=["GET", "POST"])
@needs(Permission.DONOR_EDIT)
def consent(code: str) -> ResponseReturnValue:
    """Enter the consent: whose, its words, its day and where it is written."""
    donor = organisation_by_code(session(), code)
    if donor.kind is not DonorKind.INDIVIDUAL:
        raise Missing(_("Only individuals are asked for consent to appeals."))
    contacts = [card for card in contacts_of(session(), donor.id) if card.left_on is None]
    form = PaperConsentForm(contacts=contacts)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            record_consent(opened, form.person, form.consent(), this_act())
        if outcome:
            flash(_("The consent has been recorded."), "success")
            return redirect(url_for("outreach.donor", code=code))
    return render_template("giving/outreach/consent.html", form=form, donor=donor)
