"""The page of one pledge for the fund's people: its promise, its money, what to do next."""

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.act import Act
from grants.core.audit.queries import has_acted, trail_of
from grants.core.kernel.countries import country_name
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.donors.queries import contacts_of
from grants.giving.donors.senders import is_confirmed, not_confirmed
from grants.giving.pledges import timeline
from grants.giving.pledges.changes.queries import changes_of, open_change
from grants.giving.pledges.dates.queries import open_request
from grants.giving.pledges.deposits import DepositLine, DepositsOn
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, pledge_for_viewer, received
from grants.giving.pledges.schedule import payments
from grants.giving.pledges.views import pages
from grants.giving.pledges.workflow import (
    CHANGE,
    OFFERED,
    PLEDGE,
    RECORDED_THE_PROMISE,
    STANDING,
    PledgeState,
)
from grants.integrity.diligence.gate import reason_blocked
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document
from grants.platform.web.steps import buttons


def pages_with(deposits_on: DepositsOn) -> Blueprint:
    """The pages of pledges, complete: with the page of one pledge, which shows its deposits."""

    @pages.get("/<reference>", endpoint="show")
    @needs(Permission.PLEDGE_SEE)
    def show(reference: str) -> ResponseReturnValue:
        """One pledge, and what this person may do with it now."""
        found = pledge_for_viewer(session(), reference, viewer())
        return _shown(found, deposits_on(session(), found))

    return pages


def _shown(found: Pledge, deposits: Sequence[DepositLine]) -> ResponseReturnValue:
    came = received(session(), found)
    trail = trail_of(session(), "pledge", found.id)
    done, closed = {row.action for row in trail}, _in_the_way(found)
    return render_template(
        "giving/pledges/show.html",
        pledge=found,
        name=PLEDGE.names[found.state],
        came=came,
        outstanding=outstanding(found, came),
        payments=payments(found, came),
        deposits=deposits,
        changes=changes_of(session(), found),
        new_date=open_request(session(), found),
        change_names=CHANGE.names,
        story=timeline.for_fund(found, trail),
        acts=_acts(found, done, shut=bool(closed)),
        acknowledged="acknowledge" in done,
        offered="offer_agreement" in done,
        reason_blocked=closed,
        contacts=contacts_of(session(), found.donor_id) if found.donor_id else (),
        sees_donor=viewer().may(Permission.DONOR_SEE),
        outreach=viewer().may(Permission.OUTREACH_SEE, Scope(found.fund_id)),
        country=country_name,
    )


def _in_the_way(pledge: Pledge) -> str:
    """Why nothing can be accepted on a pledge that is not withdrawn or declined; empty if it
    can.
    """
    if pledge.donor is None or pledge.state not in STANDING:
        return ""
    if not is_confirmed(session(), pledge.donor):
        return not_confirmed(pledge.donor)
    return reason_blocked(session(), pledge.donor, pledge.fund)


_ACCEPT = ("acknowledge", "sign_agreement")


def _acts(found: Pledge, done: set[str], *, shut: bool) -> list[tuple[str, str]]:
    """(words, address) of what this person may do with the pledge now. While it is blocked (`shut`)
    by due diligence nothing is offered that accepts it.
    """
    act, person = this_act(), viewer()
    offered = [
        (button.text, button.href)
        for button in buttons(found, PLEDGE, reference=found.reference)
        if not (shut and button.action in _ACCEPT)
    ]
    deferred = found.state is PledgeState.SIGNED and found.conditional
    if (
        deferred
        and "meet_condition" not in done
        and person.may(Permission.PLEDGE_SIGN, found.scope)
    ):
        here = url_for("pledges.meet_condition", reference=found.reference)
        offered.append((_("Record that the condition has been met"), here))
    if (
        found.state in OFFERED
        and not shut
        and person.may(Permission.PLEDGE_SIGN, Scope(found.fund_id))
    ):
        here = url_for("pledges.offer_agreement", reference=found.reference)
        offered.append((_("Prepare the agreement for signature"), here))
    if found.returned_document and person.may(Permission.PLEDGE_SIGN, found.scope):
        here = url_for("pledges.send_agreement_back", reference=found.reference)
        offered.append((_("Return the agreement"), here))
    if _may_change(found, act):
        here = url_for("pledges.change", reference=found.reference)
        offered.append((_("Reduce or write off"), here))
    if _may_record(found, act):
        here = url_for("contributions.record", reference=found.reference)
        offered.append((_("Record a deposit"), here))
    return offered


def _may_change(found: Pledge, act: Act) -> bool:
    return (
        found.state in STANDING
        and act.actor.may(Permission.PLEDGE_CHANGE, Scope(fund_id=found.fund_id))
        and bool(outstanding(found, received(session(), found)))
        and open_change(session(), found) is None
    )


def _may_record(found: Pledge, act: Act) -> bool:
    return (
        found.state in STANDING
        and act.actor.may(Permission.CONTRIBUTION_RECORD, Scope(fund_id=found.fund_id))
        and not has_acted(session(), "pledge", found.id, RECORDED_THE_PROMISE, act.actor)
    )


@pages.get("/<reference>/agreement/returned", endpoint="returned_file")
@needs(Permission.PLEDGE_SEE)
def returned(reference: str) -> ResponseReturnValue:
    """The agreement as the donor signed it and handed it in."""
    found = pledge_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.PLEDGE_SEE, Scope(fund_id=found.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    if found.returned_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(found.returned_document)


@pages.get("/<reference>/agreement/file", endpoint="agreement_file")
@needs(Permission.PLEDGE_SEE)
def agreement(reference: str) -> ResponseReturnValue:
    """The file of the signed agreement."""
    found = pledge_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.PLEDGE_SEE, Scope(fund_id=found.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    if found.agreement_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(found.agreement_document)
