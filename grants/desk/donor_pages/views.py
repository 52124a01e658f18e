"""One donor's page: who it is, whom one writes to, the state of due diligence, what it gave.

It reads rooms above that of donors, so it is drawn here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.organisations.queries import kept_for
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.giving.contributions.models import Receipt
from grants.giving.contributions.queries import given_by, newest_receipts
from grants.giving.donors.facts import rows_for
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import contacts_of, donor_for_viewer, signing_in
from grants.giving.donors.roles import NAMES
from grants.giving.donors.senders import is_confirmed, possibly_the_same
from grants.giving.donors.signatories import signatories_to_confirm
from grants.giving.donors.undelivered import unreached_among
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
from grants.platform.tables.cases import Case, Part, part_of, tabs
from grants.platform.tables.turns import Turn, linked
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session

P = Permission
SHOWN = 60
"""Pledges on the page; the list of pledges has all of them."""
RECEIPTS = 3
"""Receipts on the page, the newest ones."""


@pages.get("/<code>")
@needs(Permission.DONOR_SEE)
def show(code: str) -> ResponseReturnValue:
    """A donor as one case: its pledges, its contacts and its due diligence."""
    person = viewer()
    donor = donor_for_viewer(session(), code, person)
    parts = _parts_for(person)
    part = part_of(parts)
    closed = donor.organisation.merged_into_id is not None
    clearance = clearance_of(session(), donor.organisation)
    confirmed = is_confirmed(session(), donor.organisation)
    return render_template(
        "desk/donor_pages/donor.html",
        case=Case((), tabs(parts)),
        part=part,
        turn=None if closed else _turn_of(donor, person, clearance, confirmed=confirmed),
        donor=donor,
        group=group_of(donor.organisation),
        clearance=clearance,
        tone=TONES[clearance],
        confirmed=confirmed,
        kept=kept_for(session(), donor.organisation) if closed else None,
        may_edit=person.may(P.DONOR_EDIT) and not closed,
        **_PARTS[part](donor, person),
    )


def _parts_for(person: Viewer) -> list[Part]:
    diligence = Part("diligence", _("Due diligence"))
    parts = [Part("", _("Overview")), Part("contacts", _("Contact persons"))]
    return [*parts, diligence] if person.may(P.DUE_DILIGENCE_SEE) else parts


def _overview_of(donor: Donor, person: Viewer) -> dict[str, Any]:
    closed = donor.organisation.merged_into_id is not None
    return {
        "stated": rows_for(donor, by_donor=False),
        "pledges": _pledges_of(session(), donor.organisation_id, person),
        "name_of": name_of,
        "given": _given_in_all(session(), donor.organisation_id, person),
        "receipts": _receipts_of(session(), donor.organisation_id, person),
        "same": [] if closed else possibly_the_same(session(), donor),
        "may_merge": person.may(P.ORGANISATION_MERGE),
    }


def _contacts_of(donor: Donor, _person: Viewer) -> dict[str, Any]:
    contacts = contacts_of(session(), donor.organisation_id)
    return {
        "unreached": unreached_among(session(), contacts),
        "contacts": contacts,
        "signing_in": signing_in(session(), donor),
        "roles": NAMES,
    }


def _diligence_of(donor: Donor, _person: Viewer) -> dict[str, Any]:
    return {
        "cases": examinations(session(), donor.organisation_id),
        "case_names": DILIGENCE.names,
        "hits": hits_of(session(), donor.organisation_id),
        "hit_names": HIT.names,
        "watch": watch_of(session(), donor.organisation_id),
    }


_PARTS: Mapping[str, Callable[[Donor, Viewer], dict[str, Any]]] = {
    "": _overview_of,
    "contacts": _contacts_of,
    "diligence": _diligence_of,
}


def _turn_of(donor: Donor, person: Viewer, clearance: Clearance, *, confirmed: bool) -> Turn:
    """The check that a donor waits for, if this person makes it; other acts and pages."""
    code = donor.organisation.code
    due: list[tuple[str, str]] = []
    if not confirmed and person.may(P.DONOR_EDIT):
        due.append((_("Confirm the sender"), url_for("donors.confirm_sender", code=code)))
    if person.may(P.DONOR_EDIT):
        due += [
            (
                _("Confirm the signatory"),
                url_for("donors.confirm_signatory", code=code, contact_id=contact.id),
            )
            for contact in signatories_to_confirm(session(), donor.organisation_id)
        ]
    if person.may(P.DUE_DILIGENCE_RECOMMEND) and _may_be_examined(donor, clearance):
        due.append((_("Begin due diligence"), url_for("diligence.new", code=code)))
    more = [
        (P.DONOR_EDIT, _("Change the profile"), url_for("donors.profile", code=code)),
        (P.PLEDGE_ENTER, _("Enter a pledge"), url_for("pledges.new", code=code)),
        (P.OUTREACH_SEE, _("Communications with the donor"), url_for("outreach.donor", code=code)),
    ]
    acts = linked([*due, *((text, href) for may, text, href in more if person.may(may))])
    return Turn(acts[0], acts[1:]) if due else Turn(None, acts)


def _may_be_examined(donor: Donor, clearance: Clearance) -> bool:
    """Is there something to examine that nobody examines yet?"""
    if clearance in MAY_GIVE or clearance is Clearance.BARRED:
        return False
    cases = examinations(session(), donor.organisation_id)
    return not any(case.state in UNDECIDED for case in cases)


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


def _receipts_of(session: Session, organisation_id: int, person: Viewer) -> list[Receipt]:
    """The newest receipts, of the funds whose contributions this person reads."""
    newest = newest_receipts(session, [organisation_id], RECEIPTS)
    return [one for one in newest if person.may(P.CONTRIBUTION_SEE, Scope(one.fund_id))]


def _given_in_all(session: Session, organisation_id: int, person: Viewer) -> Money | None:
    """What came in all, for those who read the contributions of every fund."""
    if not person.may(P.CONTRIBUTION_SEE) or person.funds_with(P.CONTRIBUTION_SEE) is not None:
        return None
    return given_by(session, [organisation_id])
