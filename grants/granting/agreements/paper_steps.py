"""What the papers of a grant wait for: preparation, bank details, agreement, amendments."""

from collections.abc import Iterator, Mapping
from datetime import date

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.awards.models import Award
from grants.granting.agreements.queries import GrantProgress
from grants.granting.agreements.step import NextStep, waits_for_fund
from grants.granting.agreements.with_fund import BeingChecked
from grants.granting.changes.models import GrantChange
from grants.granting.changes.workflow import ChangeState
from grants.granting.preparing.workflow import Part
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import Side


def of_acceptance(award: Award, progress: GrantProgress) -> Iterator[NextStep]:
    """An award is accepted, or another start decided on, before the agreement goes out."""
    reply = progress.reply
    if progress.signing is not None:
        return
    if reply is not None and reply.to_answer and reply.asked_at:
        seen_as = _("The fund decides on another start of the grant")
        since = award.fund.day_of(reply.asked_at)
        yield waits_for_fund(_("Decide on another start of the grant"), seen_as, "start", 0, since)
    elif reply is None or reply.accepted_at is None:
        yield NextStep(_("Accept the award"), "accept", 0, from_grantee=True, by=None)


def being_checked(award: Award, checked: BeingChecked) -> Iterator[NextStep]:
    """What the organisation has given before the agreement, and the fund has not answered yet."""
    texts = {
        Part.BUDGET: (_("Check the budget"), _("The fund checks your budget")),
        Part.FINANCE: (
            _("Check the finance questionnaire"),
            _("The fund checks your finance questionnaire"),
        ),
    }
    for part, at in checked.parts.items():
        yield waits_for_fund(*texts[part], "prepare", 0, award.fund.day_of(at))
    if checked.account:
        seen_as = _("The fund checks your bank details")
        since = award.fund.day_of(checked.account)
        yield waits_for_fund(_("Check the bank details"), seen_as, "account", 0, since)


CHANGES: Mapping[ChangeState, tuple[str, str]] = {
    ChangeState.REQUESTED: (
        _l("Examine change %(number)s: %(kind)s"),
        _l("The fund examines change %(number)s: %(kind)s"),
    ),
    ChangeState.SENT_BACK: (_l("Correct change %(number)s: %(kind)s"), ""),
    ChangeState.RECOMMENDED: (
        _l("Approve change %(number)s: %(kind)s"),
        _l("The fund decides on change %(number)s: %(kind)s"),
    ),
    ChangeState.APPROVED: (
        _l("Send the amendment of change %(number)s for signature: %(kind)s"),
        _l("The fund sends you the amendment of change %(number)s to sign: %(kind)s"),
    ),
    ChangeState.AGREED: (
        _l("Change %(number)s will be in force: %(kind)s"),
        _l("Change %(number)s will be in force: %(kind)s"),
    ),
    ChangeState.RETURNED: (
        _l("Record the amendment of change %(number)s: %(kind)s"),
        _l("The fund records the amendment of change %(number)s: %(kind)s"),
    ),
}
"""What an open change waits for, and how the organisation reads it where the fund does it."""


def of_change(award: Award, change: GrantChange, signing: Signing | None) -> NextStep:
    if signing is not None and signing.reference == f"{award.reference}/{change.number}":
        return _signed_by_turns(change, signing)
    names = {"number": change.number, "kind": change.label}
    what, seen_as = (str(text) % names for text in CHANGES[change.state])
    return NextStep(
        what,
        "change",
        change.number,
        from_grantee=not seen_as,
        by=change.effective_on if change.awaits_day else None,
        seen_as=seen_as,
        since=award.fund.day_of(change.requested_at) if seen_as else None,
    )


def to_sign(award: Award, signing: Signing | None) -> NextStep:
    """Whose turn it is until the agreement is signed by both sides."""
    if signing is None and award.returned_document_id is not None:
        text, seen_as = _("Record the signed agreement"), _("The fund records the signed agreement")
        return waits_for_fund(text, seen_as, "record", 0, None)
    if signing is None:
        text = _("Prepare the agreement and send it for signature")
        seen_as = _("The fund prepares the agreement and sends it to you for signature")
        return waits_for_fund(text, seen_as, "record", 0, None)
    if signing.awaits_clearance:
        return _to_clear(signing, _("agreement"))
    if signing.turn is Side.FUND:
        text, seen_as = _("Sign the agreement for the fund"), _("The fund signs the agreement")
        return waits_for_fund(text, seen_as, "agreement", signing.id, _with_fund_since(signing))
    text, late = _("Sign the agreement"), bool(signing.sign_by and signing.sign_by < clock.today())
    return NextStep(text, "agreement", signing.id, from_grantee=True, by=signing.sign_by, late=late)


def _signed_by_turns(change: GrantChange, signing: Signing) -> NextStep:
    """An amendment that is out to be signed waits for the side whose turn it is."""
    number = change.amendment
    if signing.awaits_clearance:
        return _to_clear(signing, _("amendment %(number)s", number=number))
    text = _("Sign amendment %(number)s", number=number)
    if signing.turn is Side.GRANTEE:
        return NextStep(text, "agreement", signing.id, from_grantee=True, by=signing.sign_by)
    seen_as = _("The fund signs amendment %(number)s", number=number)
    return waits_for_fund(text, seen_as, "agreement", signing.id, _with_fund_since(signing))


def _to_clear(signing: Signing, paper: str) -> NextStep:
    """A paper that the organisation does not see yet."""
    text = _("Give legal clearance: %(paper)s", paper=paper)
    seen_as = _("The fund’s legal clearance before you sign: %(paper)s", paper=paper)
    return waits_for_fund(text, seen_as, "clearance", 0, _with_fund_since(signing))


def _with_fund_since(signing: Signing) -> date:
    """Since when a paper waits for the fund: signed by the other side, sent out or drawn."""
    signed = [signature.signed_at for signature in signing.standing_signatures]
    return signing.award.fund.day_of(max(signed, default=signing.sent_at or signing.drawn_at))
