"""The way to an agreement: what the grantee owes, what the fund does, and where each is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.agreements.queries import GrantProgress, agreement_of
from grants.granting.bank_details.queries import open_request
from grants.granting.preparing.queries import asked_of, preparation_of
from grants.granting.preparing.workflow import Part, PreparationState
from grants.granting.signing.models import Signing
from grants.granting.signing.rules import rules_of
from grants.granting.signing.workflow import Side

WRITTEN_ON = {Part.BUDGET: "preparing.budget", Part.FINANCE: "preparing.finance"}


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing on the way: what, how far it is, and where it is done."""

    text: str
    status: str
    tone: str
    page: str = ""
    """The endpoint where it is done; "" where nothing is to be done there."""
    number: int = 0
    """Of the paper to sign."""
    part: str = ""
    """Of what the grantee prepares."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """All that stands before a signed agreement."""

    of_grantee: Sequence[Errand]
    of_fund: Sequence[Errand]


def way_of(session: Session, award: Award, progress: GrantProgress, viewer: Viewer) -> Way:
    """What is to be done before the agreement on an award is signed, by each side."""
    asked = asked_of(session, award)
    states = {part: _state_of(session, award, part) for part in asked}
    return Way(
        tuple(_of_grantee(session, award, progress, states, viewer)),
        tuple(_of_fund(session, award, progress, states, viewer)),
    )


def _state_of(session: Session, award: Award, part: Part) -> PreparationState | None:
    row = preparation_of(session, award.id, part)
    return row.state if row else None


States = dict[Part, PreparationState | None]


def _of_grantee(
    session: Session, award: Award, progress: GrantProgress, states: States, viewer: Viewer
) -> Iterator[Errand]:
    yield _acceptance(award, progress)
    writes = viewer.may(Permission.REPORT_WRITE, award.scope)
    for part, state in states.items():
        text = (
            _("Revise the budget") if part is Part.BUDGET else _("Answer the finance questionnaire")
        )
        if state in {None, PreparationState.SENT_BACK}:
            yield _to_do(text, WRITTEN_ON[part] if writes else "")
        elif state is PreparationState.ACCEPTED:
            yield _seen_at(_done(text, "preparing.show"), part)
        else:
            yield _seen_at(_waiting(text, _("With the fund"), "preparing.show"), part)
    yield _bank_details(session, award, progress)
    yield _signature(_("Sign the agreement"), Side.GRANTEE, award, progress.signing)


def _acceptance(award: Award, progress: GrantProgress) -> Errand:
    text, page, reply = _("Accept the award"), "preparing.acceptance", progress.reply
    if award.state in SIGNED or progress.signing or (reply and reply.accepted_at):
        return _done(text, page)
    if reply and reply.to_answer:
        return _waiting(text, _("Another start asked for"), page)
    return _to_do(text, page)


def _bank_details(session: Session, award: Award, progress: GrantProgress) -> Errand:
    text, page = _("Give the bank details"), "bank_details.of_grant"
    if progress.needs_account:
        return _to_do(text, page)
    if open_request(session, award.fund_id, award.organisation_id):
        return _waiting(text, _("With the fund"), page)
    return _done(text, page)


def _of_fund(
    session: Session, award: Award, progress: GrantProgress, states: States, viewer: Viewer
) -> Iterator[Errand]:
    if progress.reply and progress.reply.to_answer:
        yield _to_do(_("Decide on another start of the grant"), "preparing.acceptance")
    for part, state in states.items():
        text = (
            _("Check the budget") if part is Part.BUDGET else _("Check the finance questionnaire")
        )
        if state is PreparationState.SUBMITTED:
            yield _seen_at(_to_do(text, "preparing.show"), part)
        elif state is PreparationState.ACCEPTED:
            yield _seen_at(_done(text, "preparing.show"), part)
        else:
            yield _not_ready(text)
    sends = viewer.may(Permission.AGREEMENT_SIGN, award.scope)
    is_ready = all(state is PreparationState.ACCEPTED for state in states.values())
    terms = "agreements.terms" if sends else ""
    text = _("Set the instalments and reports")
    if agreement_of(session, award) is None:
        yield _waiting(text, _("As proposed"), terms)
    else:
        yield _done(text, terms)
    yield _sending(award, progress.signing, sends=sends, is_ready=is_ready)
    if progress.signing.needs_clearance if progress.signing else _needs_clearance(session, award):
        yield _clearance(award, progress.signing)
    yield _signature(_("Sign the agreement for the fund"), Side.FUND, award, progress.signing)


def _needs_clearance(session: Session, award: Award) -> bool:
    return rules_of(session, award.fund).needs_clearance


def _sending(award: Award, signing: Signing | None, *, sends: bool, is_ready: bool) -> Errand:
    text = _("Send the agreement for signature")
    if award.state in SIGNED or signing is not None:
        return _signed_on(_done(text, ""), signing)
    if not is_ready:
        return _not_ready(text)
    return _to_do(text, "agreements.send_out" if sends else "")


def _clearance(award: Award, signing: Signing | None) -> Errand:
    text = _("Give legal clearance")
    if signing is not None and signing.awaits_clearance:
        return _signed_on(_to_do(text, ""), signing)
    if signing is None and award.state not in SIGNED:
        return _not_ready(text)
    return _done(text, "")


def _signature(text: str, side: Side, award: Award, signing: Signing | None) -> Errand:
    if award.state in SIGNED:
        return _done(text, "")
    if signing is None or signing.awaits_clearance:
        return _not_ready(text)
    if signing.turn is not side:
        signed = {signature.side for signature in signing.standing_signatures}
        return _signed_on(_done(text, ""), signing) if side in signed else _not_ready(text)
    hint = ""
    if side is Side.GRANTEE and signing.sign_by:
        hint = _("By %(day)s. After that, the award lapses.", day=plain_day(signing.sign_by))
    return _signed_on(replace(_to_do(text, ""), hint=hint), signing)


def _signed_on(errand: Errand, signing: Signing | None) -> Errand:
    """With the page of the paper to sign, where there is one."""
    if signing is None:
        return errand
    return replace(errand, page="signing.show", number=signing.id)


def _seen_at(errand: Errand, part: Part) -> Errand:
    return replace(errand, part=part.value)


def _to_do(text: str, page: str) -> Errand:
    return Errand(text, _("To do"), "waiting", page)


def _waiting(text: str, status: str, page: str) -> Errand:
    return Errand(text, status, "active", page)


def _not_ready(text: str) -> Errand:
    return Errand(text, _("Not ready yet"), "neutral")


def _done(text: str, page: str) -> Errand:
    return Errand(text, _("Done"), "good", page)
