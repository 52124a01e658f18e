"""Sending a paper about a grant out to be signed, and signing it.

Agreements use it, and so does any other paper that both sides sign (an amendment). A room above
gives a `papers.Kind` when the house is joined, which says how its paper is called in the catalogue,
what must hold before it goes out, and what holds once both have signed. The facts of the paper have
a field `signatures: tuple[Stamp, ...] = ()`, which its template prints with the macro `signatures`
of templates/papers/statements/parts.html. Then

    send_out(session, award, "amendment", "UNVTF-G-2026-001-A1", "fr", act)

draws it and sends it to the side that signs first; this room has the pages, to-dos and e-mails of
everything that follows until `Kind.conclude` is called with the act of the last signature, in the
same transaction: `signing.signed_document` is the PDF with both names. While a paper is out
(`queries.require_none_out`) nothing that it says may be changed.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.kernel.errors import Conflict, DomainError, FundError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, keep_apart
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import STANDING
from grants.granting.signing import telling
from grants.granting.signing.models import Signature, Signing
from grants.granting.signing.papers import drawn, kind_of
from grants.granting.signing.queries import open_signing, require_none_out
from grants.granting.signing.rules import rules_of
from grants.granting.signing.workflow import (
    SIGNING,
    WITH_PARTIES,
    Side,
    SigningState,
)
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep_issued
from grants.platform.signatures.drawing import printed_whole
from grants.platform.signatures.stamps import Signed, Stamp, Way


def send_out(
    session: Session, award: Award, kind: str, reference: str, language: str, act: Act
) -> Signing:
    """Draw a paper and send it to the side that signs first, or to legal clearance before.

    Conflict while another paper of this grant is out; refused, too, for what its kind asks for.
    """
    act.demand(Permission.AGREEMENT_SIGN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    award = lock_award(session, award.id)
    require_none_out(session, award)
    kind_of(kind).require_ready(session, award, reference, act)
    rules = rules_of(session, award.fund)
    paper = drawn(session, kind, reference, language)
    content = paper.printed()
    signing = Signing(
        award=award,
        kind=kind,
        reference=reference,
        language=language,
        first=rules.first,
        needs_clearance=rules.needs_clearance,
        document=keep_issued(session, paper.file_name, content, act),
        facts_sha256=paper.facts_sha256,
        drawn_at=act.at,
    )
    begin(session, signing, SIGNING, act, reference=reference, sha256=signing.document.sha256)
    if rules.needs_clearance:
        telling.tell_clearance(session, signing, act)
    else:
        _give_to_first(session, signing, "send", act)
    return signing


def clear(session: Session, signing: Signing, act: Act) -> None:
    """Legal clearance is given: the paper goes out. Not by the person who prepared it."""
    signing = locked(session, signing)
    keep_apart(act.actor, signing.award.organisation_id)
    _require_standing(signing)
    require_unchanged(session, signing)
    _give_to_first(session, signing, "clear", act)


def refuse_clearance(session: Session, signing: Signing, act: Act) -> None:
    """Legal clearance is refused, for a reason: the paper does not go out as it is."""
    signing = locked(session, signing)
    keep_apart(act.actor, signing.award.organisation_id)
    advance(session, signing, SIGNING, "refuse_clearance", act)
    telling.tell_fund(session, signing, "not_cleared", act)


def _give_to_first(session: Session, signing: Signing, action: str, act: Act) -> None:
    days = rules_of(session, signing.award.fund).days_to_sign
    signing.sent_at = act.at
    signing.sign_by = signing.award.fund.today() + timedelta(days) if days else None
    advance(session, signing, SIGNING, action, act)
    telling.tell_turn(session, signing, act)


def sign(session: Session, signing: Signing, how: Signed, act: Act) -> None:
    """The side whose turn it is signs; with the second signature the paper holds.

    A code, or a second factor, was asked for by the page. Refused once the paper would say
    something else than when it went out, or the grant does not stand any more.
    """
    side = signing.turn
    require_turn(signing, side, act)
    _require_checkable(signing, side, how)
    stamp = how.stamped(side.value, act.at, signing.document.sha256)
    whole = _whole_paper(session, signing, stamp, how.document)
    version = signing.version
    signing = locked(session, signing)
    signing.seen_at(version)
    action = f"{'countersign' if whole else 'sign'}_for_{side.value}"
    require(session, signing, SIGNING, action, act)
    _require_holding(session, signing, side, act)
    if whole is not None:
        name = f"signed-{signing.document.name}"
        signing.signed_document = keep_issued(session, name, whole, act)
    _enter_signature(session, signing, action, how, stamp, act)
    if whole is None:
        telling.tell_turn(session, signing, act)
    else:
        kind_of(signing.kind).conclude(session, signing, act)
    telling.tell_signed(session, signing, act)


def require_signable(session: Session, signing: Signing, side: Side, act: Act) -> None:
    """Refuse as `sign` would, whatever name and function are given."""
    require_turn(signing, side, act)
    _require_holding(session, signing, side, act)


def _require_holding(session: Session, signing: Signing, side: Side, act: Act) -> None:
    """The paper and its grant are still as they were when it went out, and this person may sign."""
    _require_standing(signing)
    _require_in_time(signing, side)
    _require_signer(session, signing, side, act)
    require_unchanged(session, signing)


def ask_again(session: Session, signing: Signing, act: Act) -> None:
    """The organisation's signature cannot be taken, for a reason: it is asked to sign again."""
    signing = locked(session, signing)
    keep_apart(act.actor, signing.award.organisation_id)
    _require_standing(signing)
    require(session, signing, SIGNING, "ask_again", act)
    for signature in signing.standing_signatures:
        signature.returned_at = act.at
    days = rules_of(session, signing.award.fund).days_to_sign
    if signing.sign_by is not None:
        fresh = signing.award.fund.today() + timedelta(days)
        signing.sign_by = max(signing.sign_by, fresh)
    advance(session, signing, SIGNING, "ask_again", act)
    telling.tell_again(session, signing, act)


def send_back(session: Session, signing: Signing, act: Act) -> None:
    """The organisation does not sign the paper as it is, for a reason: the fund is told."""
    signing = locked(session, signing)
    advance(session, signing, SIGNING, "send_back", act)
    telling.tell_fund(session, signing, "sent_back", act)


def withdraw(session: Session, signing: Signing, act: Act) -> None:
    """The fund takes the paper back before both have signed, for a reason."""
    signing = locked(session, signing)
    keep_apart(act.actor, signing.award.organisation_id)
    was_out = signing.sent_at is not None
    advance(session, signing, SIGNING, "withdraw", act)
    if was_out:
        telling.tell_withdrawn(session, signing, act)


def end_with_award(session: Session, award: Award, act: Act) -> None:
    """The award was cancelled: a paper that is out can be signed no more."""
    signing = open_signing(session, award.id)
    if signing is not None:
        advance(session, signing, SIGNING, "end", act)


def locked(session: Session, signing: Signing) -> Signing:
    """The paper, after its grant: both locked until the transaction ends."""
    lock_award(session, signing.award_id)
    session.refresh(signing, with_for_update={"of": Signing})
    return signing


def require_unchanged(session: Session, signing: Signing) -> None:
    """Conflict if the paper would not say today what it said when it was drawn."""
    now = drawn(session, signing.kind, signing.reference, signing.language)
    if now.facts_sha256 != signing.facts_sha256:
        raise Conflict(
            _(
                "The facts in this document have changed since it was sent. It cannot"
                " be signed: the fund must withdraw it and send a new one."
            )
        )


def _require_standing(signing: Signing) -> None:
    if signing.award.state not in STANDING:
        raise Conflict(_("This award was cancelled or has lapsed, so nothing can be signed."))


def require_turn(signing: Signing, side: Side, act: Act) -> None:
    """Conflict unless this side is to sign now; Forbidden to a person who does not sign for it."""
    if signing.state not in WITH_PARTIES or signing.turn is not side:
        raise Conflict(
            _(
                "This cannot be done now: the status is “%(state)s”.",
                state=SIGNING.names[signing.state].staff,
            )
        )
    if side is Side.GRANTEE:
        scope = Scope(organisation_id=signing.award.organisation_id)
        act.demand(Permission.APPLICATION_SIGN, scope)
    else:
        act.demand(Permission.AGREEMENT_SIGN, signing.scope)


def _require_checkable(signing: Signing, side: Side, how: Signed) -> None:
    """A grantee's signed copy is checked by the fund's own signature, so it cannot be the last."""
    if side is Side.GRANTEE and signing.first is Side.FUND and how.way is Way.UPLOAD:
        raise DomainError(
            _(
                "The fund has signed first. Sign online with a code: no one would check a copy "
                "that is uploaded after the fund’s signature."
            )
        )


def _require_in_time(signing: Signing, side: Side) -> None:
    late = signing.sign_by is not None and signing.award.fund.today() > signing.sign_by
    if side is Side.GRANTEE and late:
        raise Conflict(_("The last day for signing has passed. Write to the fund."))


def _require_signer(session: Session, signing: Signing, side: Side, act: Act) -> None:
    """What the kind of paper asks of it and of an officer. A grantee is not told what the fund has
    still to examine.
    """
    kind, award = kind_of(signing.kind), signing.award
    if side is Side.FUND:
        keep_apart(act.actor, award.organisation_id)
        kind.require_officer(session, award, act)
        kind.require_ready(session, award, signing.reference, act)
        return
    try:
        kind.require_ready(session, award, signing.reference, act)
    except FundError as obstacle:
        raise Conflict(
            _(
                "The fund has something to check before this document can be signed. You do not "
                "need to do anything now. Try again in a few days, or write to the fund."
            )
        ) from obstacle


def _whole_paper(
    session: Session, signing: Signing, last: Stamp, copy: Document | None
) -> bytes | None:
    """The PDF with both signatures, if this is the second one: drawn before anything is locked."""
    if signing.state is not SigningState.COUNTERSIGN:
        return None
    earlier = signing.standing_signatures
    stamps = [part.stamp for part in earlier]
    papers = [signing.document, *(part.document for part in earlier if part.document)]
    papers += [copy] if copy else []
    paper = drawn(session, signing.kind, signing.reference, signing.language)
    return printed_whole(paper, signing.language, (*stamps, last), papers)


def _enter_signature(
    session: Session, signing: Signing, action: str, how: Signed, stamp: Stamp, act: Act
) -> None:
    signature = Signature(
        signing=signing,
        side=Side(stamp.side),
        person_id=act.actor.person_id,
        name=stamp.name,
        function=stamp.function,
        way=how.way,
        sha256=stamp.sha256,
        document=how.document,
        signed_at=act.at,
    )
    session.add(signature)
    advance(session, signing, SIGNING, action, act, sha256=stamp.sha256, way=stamp.way)
    record(session, signature, "sign", act, side=stamp.side, name=stamp.name)
