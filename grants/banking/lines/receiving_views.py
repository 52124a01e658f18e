"""The acts by which a line of the bank becomes a pledge's money: as proposed, in parts, together
with other lines; and money that went back to a donor.
"""

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.banking.bank import queries, service
from grants.banking.bank.forms import ReceiveForm, RefundForm, TogetherForm, line_choice
from grants.banking.bank.models import BankLine
from grants.banking.bank.service import Part
from grants.banking.bank.views import pages
from grants.banking.lines.deciding_views import LINE_PAGE, line_called, to_line
from grants.banking.matching.proposals import PledgeProposal, pledges_for
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import total
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_by_reference, pledge_for_viewer
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction


@pages.post(f"{LINE_PAGE}/accept/<reference>")
@needs(Permission.BANK_MATCH)
def accept(line_id: int, reference: str) -> ResponseReturnValue:
    """One press of a button: what was proposed, and fits as well as then, is recorded."""
    line = line_called(line_id)
    proposal = _proposal_for(line, reference)
    if proposal is None or not proposal.sure:
        raise DomainError(_("This match is no longer suggested. Check the line again."))
    with transaction() as opened:
        pledge = opened.get_one(Pledge, proposal.pledge.id)
        part = Part(pledge, proposal.amount, proposal.fee or None)
        _flash_receipts(service.accept(opened, line, [part], this_act()))
    return to_line(line)


@pages.post(f"{LINE_PAGE}/unidentified")
@needs(Permission.BANK_MATCH)
def unidentified(line_id: int) -> ResponseReturnValue:
    """Nobody knows yet whose money it is: it waits in suspense, with a deposit but no pledge."""
    line = line_called(line_id)
    with transaction() as opened:
        part = Part(None, line.amount, line.fee or None)
        _flash_receipts(service.accept(opened, line, [part], this_act()))
    return to_line(line)


def _proposal_for(line: BankLine, reference: str) -> PledgeProposal | None:
    proposals = pledges_for(session(), line)
    return next((item for item in proposals if item.pledge.reference == reference), None)


def _flash_receipts(deposits: Sequence[Deposit]) -> None:
    numbers = spaced(",").join(deposit.receipt.reference for deposit in deposits if deposit.receipt)
    if numbers:
        flash(_("Recorded. Being sent to the donor: %(numbers)s.", numbers=numbers), "success")
    else:
        flash(_("Recorded as unidentified until it is allocated to a pledge."), "success")


@pages.route(f"{LINE_PAGE}/receive", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def receive(line_id: int) -> ResponseReturnValue:
    """Money received, in one part or several: filled in, checked, recorded."""
    line = line_called(line_id)
    pledge = request.args.get("pledge", "")
    currency = _currency_of(line, pledge)
    form = ReceiveForm(currency=currency, data={"parts": _prefilled_parts(line, pledge)})
    parts: list[Part] = []
    if form.validate_on_submit() and (parts := _read_parts(form, line)) and form.checked.data:
        with attempt(form) as (opened, outcome):
            _flash_receipts(service.accept(opened, line, parts, this_act()))
        if outcome:
            return to_line(line)
    checking = bool(parts) and not form.errors and not form.form_errors
    return render_template(
        "banking/lines/check.html" if checking else "banking/lines/receive.html",
        line=line,
        form=form,
        parts=parts,
        sum=total((part.amount for part in parts), currency),
        seen={name: texts[0] for name, texts in form.typed().items()} | {"checked": "yes"},
    )


def _currency_of(line: BankLine, reference: str) -> str:
    """The pledge's, where the bank says what was sent in it; else the account's."""
    if proposal := _proposal_for(line, reference):
        return proposal.pledge.currency
    return line.currency


def _prefilled_parts(line: BankLine, reference: str) -> list[dict[str, Any]]:
    """The proposal that was chosen, or the line as money of an unknown sender."""
    if proposal := _proposal_for(line, reference):
        amount, fee = proposal.amount, proposal.fee
    else:
        amount, fee = line.amount, line.fee
    return [{"reference": reference, "amount": amount, "fee": fee or None}]


def _read_parts(form: ReceiveForm, line: BankLine) -> list[Part]:
    """What was typed; nothing, with a word in the form, if a reference is no pledge's or the
    parts are not the line.
    """
    try:
        parts = [
            Part(
                _pledge_for(row["reference"]) if row["reference"] else None,
                row["amount"],
                row["fee"] or None,
                row["reason"] or None,
            )
            for row in form.parts.data
        ]
        service.require_whole(line, parts)
    except (Missing, DomainError) as refusal:
        form.complain("parts", refusal.message)
        return []
    return parts


def _pledge_for(reference: str) -> Pledge:
    pledge = pledge_by_reference(session(), reference)
    return pledge_for_viewer(session(), pledge.reference, viewer())


def _pledge_of(form: TogetherForm | RefundForm) -> Pledge | None:
    """The pledge that was typed; else a word in the form."""
    try:
        return _pledge_for(form.reference.data or "")
    except Missing as refusal:
        form.complain("reference", refusal.message)
        return None


@pages.route(f"{LINE_PAGE}/together", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def together(line_id: int) -> ResponseReturnValue:
    """This line and others are payments on one pledge."""
    line = line_called(line_id)
    near = queries.lines_like(session(), line)
    form = TogetherForm(
        [line_choice(candidate) for candidate in near],
        data={"reference": request.args.get("pledge", ""), "lines": [str(line.id)]},
    )
    if form.validate_on_submit() and (pledge := _pledge_of(form)):
        chosen = [candidate for candidate in near if str(candidate.id) in form.lines.data]
        with attempt(form) as (opened, outcome):
            _flash_receipts(service.accept_together(opened, chosen, pledge, this_act()))
        if outcome:
            return to_line(line)
    return render_template("banking/lines/together.html", line=line, form=form)


@pages.route(f"{LINE_PAGE}/refund", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def refund(line_id: int) -> ResponseReturnValue:
    """A donor got money back."""
    line = line_called(line_id)
    form = RefundForm()
    if form.validate_on_submit() and (pledge := _pledge_of(form)):
        with attempt(form) as (opened, outcome):
            service.refund(opened, line, pledge, this_act(form.reason.data))
        if outcome:
            flash(_("The refund has been posted to the ledger."), "success")
            return to_line(line)
    return render_template("banking/lines/refund.html", line=line, form=form)
