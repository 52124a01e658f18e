"""One donor's page: who it is, whom one writes to, the state of due diligence, what it gave.

It reads rooms above that of donors, so it is drawn here.
"""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.organisations.queries import kept_for
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.giving.contributions.queries import given_by
from grants.giving.donors.facts import rows_for
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import contacts_of, donor_for_viewer, signing_in
from grants.giving.donors.roles import NAMES
from grants.giving.donors.senders import is_confirmed, possibly_the_same
from grants.giving.donors.views import group_of, pages
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import every_pledge, outstanding
from grants.giving.pledges.workflow import name_of
from grants.integrity.diligence.queries import (
    MAY_GIVE,
    TONES,
    Clearance,
    clearance_of,
    examinations,
)
from grants.integrity.diligence.workflow import DILIGENCE, UNDECIDED
from grants.integrity.sanctions.queries import hits_of, watch_of
from grants.integrity.sanctions.workflow import HIT
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session

P = Permission
SHOWN = 60
"""Pledges on the page; the list of pledges has all of them."""


@pages.get("/<code>")
@needs(Permission.DONOR_SEE)
def show(code: str) -> ResponseReturnValue:
    """A donor, for the fund's people."""
    person = viewer()
    donor = donor_for_viewer(session(), code, person)
    organisation_id = donor.organisation_id
    clearance = clearance_of(session(), donor.organisation)
    confirmed = is_confirmed(session(), donor.organisation)
    examined = person.may(P.DUE_DILIGENCE_SEE)
    cases = examinations(session(), organisation_id) if examined else []
    closed = donor.organisation.merged_into_id is not None
    under_way = any(case.state in UNDECIDED for case in cases)
    return render_template(
        "desk/portal/donor.html",
        donor=donor,
        stated=rows_for(donor, by_donor=False),
        languages={code: language.name for code, language in LANGUAGES.items()},
        group=group_of(donor.organisation),
        contacts=contacts_of(session(), organisation_id),
        signing_in=signing_in(session(), donor),
        roles=NAMES,
        clearance=clearance,
        tone=TONES[clearance],
        cases=cases,
        case_names=DILIGENCE.names,
        hits=hits_of(session(), organisation_id) if examined else [],
        hit_names=HIT.names,
        watch=watch_of(session(), organisation_id) if examined else None,
        pledges=_pledges_of(session(), organisation_id, person),
        name_of=name_of,
        given=_given_in_all(session(), organisation_id, person),
        kept=kept_for(session(), donor.organisation) if closed else None,
        acts=[]
        if closed
        else _acts_for(donor, person, clearance, under_way=under_way, confirmed=confirmed),
        confirmed=confirmed,
        same=[] if closed else possibly_the_same(session(), donor),
        may_merge=person.may(P.ORGANISATION_MERGE),
        may_edit=person.may(P.DONOR_EDIT) and not closed,
    )


def _acts_for(
    donor: Donor, person: Viewer, clearance: Clearance, *, under_way: bool, confirmed: bool
) -> list[tuple[str, str]]:
    """What this person can do next: words and address."""
    code = donor.organisation.code
    acts = []
    if not confirmed and person.may(P.DONOR_EDIT):
        acts.append((_("Confirm the sender"), url_for("donors.confirm_sender", code=code)))
    if person.may(P.DUE_DILIGENCE_RECOMMEND) and not under_way and _may_be_examined(clearance):
        acts.append((_("Begin due diligence"), url_for("diligence.new", code=code)))
    if person.may(P.DONOR_EDIT):
        acts.append((_("Change the profile"), url_for("donors.profile", code=code)))
    if person.may(P.PLEDGE_ENTER):
        acts.append((_("Enter a pledge"), url_for("pledges.new", code=code)))
    if person.may(P.OUTREACH_SEE):
        acts.append((_("Communications with the donor"), url_for("outreach.donor", code=code)))
    return acts


def _may_be_examined(clearance: Clearance) -> bool:
    """Is there something to examine now?"""
    return clearance not in MAY_GIVE and clearance is not Clearance.BARRED


def _pledges_of(
    session: Session, organisation_id: int, person: Viewer
) -> list[tuple[Pledge, Money, Money]]:
    """Pledges of the funds this person reads, with what came and what is outstanding."""
    if not person.may(P.PLEDGE_SEE):
        return []
    query = every_pledge(person).where(Pledge.donor_id == organisation_id)
    rows = []
    for pledge in session.scalars(query.order_by(Pledge.id.desc()).limit(SHOWN)):
        came = Money(pledge.received_minor or 0, pledge.currency)
        rows.append((pledge, came, outstanding(pledge, came)))
    return rows


def _given_in_all(session: Session, organisation_id: int, person: Viewer) -> Money | None:
    """What came in all, for those who read the contributions of every fund."""
    if not person.may(P.CONTRIBUTION_SEE) or person.funds_with(P.CONTRIBUTION_SEE) is not None:
        return None
    return given_by(session, [organisation_id])
