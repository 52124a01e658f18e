"""The page of one pledge for the fund's people: its promise, its money, what to do next."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.act import Act
from grants.core.audit.queries import has_acted, trail_of
from grants.core.countries.countries import country_name
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.giving.donors.queries import contacts_of
from grants.giving.donors.senders import is_confirmed, not_confirmed
from grants.giving.pledges import timeline
from grants.giving.pledges.changes.queries import changes_of, open_change
from grants.giving.pledges.dates.queries import open_request
from grants.giving.pledges.deposits import DepositLine, DepositsOn
from grants.giving.pledges.forms import PledgeFilter
from grants.giving.pledges.gifts import clearance_of_giver
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.giving.pledges.proposals.queries import open_proposal
from grants.giving.pledges.proposals.workflow import PROPOSAL
from grants.giving.pledges.queries import (
    is_paid,
    outstanding,
    pledge_for_viewer,
    received,
)
from grants.giving.pledges.schedule import payments
from grants.giving.pledges.signatures.queries import open_agreement
from grants.giving.pledges.signatures.workflow import AGREEMENT_SIGNING
from grants.giving.pledges.views import PLEDGES, pages, wanted_by
from grants.giving.pledges.workflow import (
    AGREED,
    CHANGE,
    OFFERED,
    PLEDGE,
    RECORDED_THE_PROMISE,
    STANDING,
    PledgeState,
    name_of,
)
from grants.integrity.diligence.gate import reason_blocked
from grants.integrity.diligence.queries import SHUT
from grants.platform.tables.cases import (
    Case,
    Part,
    Stage,
    dated,
    part_of,
    stage_bar,
    tabs,
)
from grants.platform.tables.cells import Link, Tag
from grants.platform.tables.turns import Turn, waits_for
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document
from grants.platform.web.steps import Button, buttons

DEPOSITS_ON: Slot[DepositsOn] = Slot("pledges.page_views.DEPOSITS_ON")
"""What finds the deposits on a pledge, with their receipts: contributions stand above pledges."""


@pages.get("/<reference>")
@needs(Permission.PLEDGE_SEE)
def show(reference: str) -> ResponseReturnValue:
    """One pledge, and what this person may do with it now."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    came = received(session(), pledge)
    deposits = [line for lines_on in DEPOSITS_ON for line in lines_on(session(), pledge)]
    trail = trail_of(session(), "pledge", pledge.id)
    actions, closed = {row.action for row in trail}, _in_the_way(pledge)
    return render_template(
        "giving/pledges/show.html",
        pledge=pledge,
        name=name_of(pledge.state, paid=is_paid(pledge, came), gift=pledge.is_gift),
        came=came,
        outstanding=outstanding(pledge, came),
        payments=payments(pledge, came),
        deposits=[_deposit_row(line) for line in deposits],
        changes=[_change_row(change) for change in changes_of(session(), pledge)],
        new_date=open_request(session(), pledge),
        **_proposal_of(pledge),
        story=timeline.for_fund(pledge, trail),
        turn=_turn_on(pledge, actions, shut=bool(closed)),
        **_case_of(pledge, came, actions),
        acknowledged="acknowledge" in actions,
        offered="offer_agreement" in actions,
        reason_blocked=closed,
        unconfirmed=pledge.donor is not None and not is_confirmed(session(), pledge.donor),
        signing=open_agreement(session(), pledge),
        contacts=contacts_of(session(), pledge.donor_id) if pledge.donor_id else (),
        sees_donor=viewer().may(Permission.DONOR_SEE),
        outreach=viewer().may(Permission.OUTREACH_SEE, Scope(pledge.fund_id)),
        country=country_name,
    )


def _proposal_of(pledge: Pledge) -> dict[str, Any]:
    """What the fund proposes to the donor to earmark the pledge for, if anything."""
    proposal = open_proposal(session(), pledge)
    if proposal is None:
        return {"proposal": None}
    steps = [
        button
        for button in buttons(proposal, PROPOSAL, number=proposal.id, reference=pledge.reference)
        if button.action in {"record_letter", "withdraw"}
    ]
    name = PROPOSAL.names[proposal.state]
    return {"proposal": proposal, "proposal_name": name, "proposal_steps": steps}


def _case_of(pledge: Pledge, came: Money, actions: Collection[str]) -> dict[str, Any]:
    """The pledge as a case: its stages, its parts, and its place in the list."""
    stages = _stages_of(pledge, came, actions)
    parts = [Part("", _("Pledge and payments")), Part("history", _("History"))]
    days = {_("Pledge"): pledge.pledged_on, _("Agreement"): pledge.agreement_signed_on}
    parts = parts if stages else parts[:1]  # why it ended stands on the page itself
    listed = wanted_by(PledgeFilter(all_funds(session())))
    return {
        "case": Case(dated(stages, days, PLEDGE.names[pledge.state].next), tabs(parts)),
        "part": part_of(parts),
        "in_list": PLEDGES.beside(session(), listed, pledge, "pledges.index"),
    }


def _stages_of(pledge: Pledge, came: Money, actions: Collection[str]) -> Sequence[Stage]:
    """What has happened, then what is to come. A paid pledge that was never signed is not waiting
    for a signature.
    """
    if pledge.state not in STANDING:
        return ()
    stages = {
        _("Pledge"): True,
        _("Acknowledgement"): "acknowledge" in actions,
        _("Agreement"): pledge.state in AGREED,
        _("Payment"): is_paid(pledge, came),
    }
    happened = [text for text, past in stages.items() if past]
    ahead = [text for text, past in stages.items() if not past]
    if stages[_("Payment")] or pledge.state in AGREED:
        left_out = _("Acknowledgement") if pledge.state in AGREED else _("Agreement")
        ahead = [text for text in ahead if text != left_out]
    return stage_bar([*happened, *ahead], len(happened))


def _deposit_row(line: DepositLine) -> list[Any]:
    """A deposit and its receipt, as a row."""
    receipt = line.receipt and url_for(
        "statements.download", document="receipt", reference=line.receipt
    )
    return [
        Link(line.bank_reference, url_for("contributions.show", deposit_id=line.deposit_id)),
        line.value_on,
        line.amount,
        line.fee,
        line.usd,
        Link(line.receipt, receipt) if receipt else None,
    ]


def _change_row(change: PledgeChange) -> list[Any]:
    """A change that was asked for, as a row."""
    name = CHANGE.names[change.state]
    page = url_for("pledge_changes.show", change_id=change.id)
    return [
        Link(change.kind.label, page),
        change.amount,
        change.decided_on,
        Tag(str(name.staff), name.tone),
    ]


def _in_the_way(pledge: Pledge) -> str:
    """Why nothing can be accepted on a pledge that is not withdrawn or declined; empty if it
    can.
    """
    if pledge.donor is None or pledge.state not in STANDING:
        return ""
    if not is_confirmed(session(), pledge.donor):
        return not_confirmed(pledge.donor)
    if pledge.express and clearance_of_giver(session(), pledge) not in SHUT:
        return ""
    return reason_blocked(session(), pledge.donor, pledge.fund)


_ACCEPT = ("acknowledge", "sign_agreement")


def _turn_on(pledge: Pledge, actions: set[str], *, shut: bool) -> Turn:
    """What the pledge waits for, if this person does it, and their other acts."""
    offered = _offered_acts(pledge, actions, shut=shut)
    acts = [Button("", text, href) for text, href, _usual in offered]
    if offered and offered[0][2]:
        return Turn(acts[0], acts[1:])
    return Turn(None, acts, "" if shut else waits_for(PLEDGE.names[pledge.state]))


def _may_propose(pledge: Pledge) -> bool:
    """May this person propose another earmark now?"""
    return (
        pledge.state in STANDING
        and pledge.earmarking is not Earmarking.UNEARMARKED
        and viewer().may(Permission.PLEDGE_SIGN, Scope(pledge.fund_id))
        and open_proposal(session(), pledge) is None
    )


def _offered_acts(pledge: Pledge, actions: set[str], *, shut: bool) -> list[tuple[str, str, bool]]:
    """(words, address, is it the usual next step?) of what this person may do with the pledge now,
    the usual first. While it is blocked (`shut`) nothing is offered that accepts it.
    """
    act, person = this_act(), viewer()
    offered = [
        (button.text, button.href, button.action in _ACCEPT)
        for button in buttons(pledge, PLEDGE, reference=pledge.reference)
        if not (shut and button.action in _ACCEPT)
    ]
    deferred = pledge.state is PledgeState.SIGNED and pledge.conditional
    if (
        deferred
        and "meet_condition" not in actions
        and person.may(Permission.PLEDGE_SIGN, pledge.scope)
    ):
        address = url_for("pledges.meet_condition", reference=pledge.reference)
        offered.append((_("Record that the condition has been met"), address, True))
    if (
        pledge.state in OFFERED
        and not shut
        and person.may(Permission.PLEDGE_SIGN, Scope(pledge.fund_id))
    ):
        address = url_for("pledges.offer_agreement", reference=pledge.reference)
        offered.append((_("Prepare the agreement for signature"), address, True))
    if _may_propose(pledge):
        address = url_for("pledges.propose_earmark", reference=pledge.reference)
        offered.append((_("Propose another earmark"), address, False))
    offered += _signing_acts(pledge)
    if pledge.returned_document and person.may(Permission.PLEDGE_SIGN, pledge.scope):
        address = url_for("pledges.send_agreement_back", reference=pledge.reference)
        offered.append((_("Return the agreement"), address, False))
    if _may_change(pledge, act):
        address = url_for("pledges.change", reference=pledge.reference)
        offered.append((_("Reduce or write off"), address, False))
    if _may_record(pledge, act):
        address = url_for("contributions.record", reference=pledge.reference)
        offered.append((_("Record a deposit"), address, True))
    return sorted(offered, key=lambda offer: not offer[2])


def _signing_acts(pledge: Pledge) -> list[tuple[str, str, bool]]:
    """What the fund does with an agreement that is signed online."""
    signing = open_agreement(session(), pledge)
    steps = buttons(signing, AGREEMENT_SIGNING, number=signing.id) if signing else []
    inside = [step for step in steps if step.action in {"sign_for_fund", "ask_again"}]
    return [(step.text, step.href, step.action == "sign_for_fund") for step in inside]


def _may_change(pledge: Pledge, act: Act) -> bool:
    return (
        pledge.state in STANDING
        and act.actor.may(Permission.PLEDGE_CHANGE, Scope(fund_id=pledge.fund_id))
        and bool(outstanding(pledge, received(session(), pledge)))
        and open_change(session(), pledge) is None
    )


def _may_record(pledge: Pledge, act: Act) -> bool:
    return (
        (pledge.state in STANDING or pledge.awaits_transfer)
        and act.actor.may(Permission.CONTRIBUTION_RECORD, Scope(fund_id=pledge.fund_id))
        and not has_acted(session(), "pledge", pledge.id, RECORDED_THE_PROMISE, act.actor)
    )


@pages.get("/<reference>/agreement/returned", endpoint="returned_file")
@needs(Permission.PLEDGE_SEE)
def returned(reference: str) -> ResponseReturnValue:
    """The agreement as the donor signed it and handed it in."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.PLEDGE_SEE, Scope(fund_id=pledge.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    if pledge.returned_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(pledge.returned_document, pledge.scope)


@pages.get("/<reference>/agreement/file", endpoint="agreement_file")
@needs(Permission.PLEDGE_SEE)
def agreement(reference: str) -> ResponseReturnValue:
    """The file of the signed agreement."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    if not viewer().may(Permission.PLEDGE_SEE, Scope(fund_id=pledge.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    if pledge.agreement_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(pledge.agreement_document, pledge.scope)
