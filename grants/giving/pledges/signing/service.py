"""A contribution agreement is signed online by both sides, or a signed copy is recorded."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import keep_apart
from grants.giving.donors.models import Donor
from grants.giving.pledges import service as pledges
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, tell_donor
from grants.giving.pledges.signatures.models import AgreementSignature, AgreementSigning
from grants.giving.pledges.signatures.queries import open_agreement
from grants.giving.pledges.signatures.workflow import AGREEMENT_SIGNING, OPEN, Party
from grants.giving.pledges.workflow import OFFERED
from grants.platform.documents.service import keep_issued
from grants.platform.messages.service import tell
from grants.platform.signatures import codes
from grants.platform.signatures.codes import Coded
from grants.platform.signatures.drawing import Drawn, drawn, printed_whole
from grants.platform.signatures.stamps import Signed, Stamp

DOCUMENT = "contribution-agreement"


def offer(session: Session, pledge: Pledge, condition: str, act: Act) -> AgreementSigning:
    """The agreement goes out to be signed: the donor receives it, and the PDF that both sign is
    kept. Offered again, the last one counts.
    """
    keep_apart(act.actor, pledge.donor_id or 0)
    pledges.offer_agreement(session, pledge, condition, act)
    end_open(session, pledge, act)
    session.flush()
    donor = session.get(Donor, pledge.donor_id)
    language = donor.language if donor else "en"
    paper = drawn(session, DOCUMENT, pledge.reference, language)
    signing = AgreementSigning(
        pledge=pledge,
        language=language,
        document=keep_issued(session, paper.file_name, paper.printed(), act),
        facts_sha256=paper.facts_sha256,
        sent_at=act.at,
    )
    begin(session, signing, AGREEMENT_SIGNING, act, sha256=signing.document.sha256)
    return signing


def record_copy(session: Session, pledge: Pledge, agreement: Agreement, act: Act) -> None:
    """The copy that was signed on paper is recorded: nothing is left to be signed online."""
    keep_apart(act.actor, pledge.donor_id or 0)
    end_open(session, pledge, act)
    pledges.sign_agreement(session, pledge, agreement, act)


def end_open(session: Session, pledge: Pledge, act: Act) -> None:
    """What went out before can be signed no more."""
    former = open_agreement(session, pledge)
    if former is not None:
        advance(session, former, AGREEMENT_SIGNING, "end", act)


def sign(session: Session, signing: AgreementSigning, how: Signed, act: Act) -> None:
    """The side whose turn it is signs; with the second signature the agreement holds.

    A code, or a second factor, was asked for by the page. Refused once the agreement would say
    something else than when it went out.
    """
    side = signing.turn
    require_turn(signing, side, act)
    stamp = how.stamped(side.value, act.at, signing.document.sha256)
    whole = _whole_agreement(session, signing, stamp) if side is Party.FUND else None
    version = signing.version
    signing = _locked_signing(session, signing)
    signing.seen_at(version)
    action = f"sign_for_{side.value}"
    require(session, signing, AGREEMENT_SIGNING, action, act)
    _require_current(session, signing)
    if whole is None:
        _enter_signature(session, signing, action, how, stamp, act)
        _tell_fund(session, signing, "to_countersign", act)
        return
    pledge = signing.pledge
    signing.signed_document = keep_issued(session, f"signed-{signing.document.name}", whole, act)
    _enter_signature(session, signing, action, how, stamp, act)
    today = pledge.fund.today()
    agreement = Agreement(today, bool(pledge.condition), signing.signed_document)
    pledges.sign_agreement(session, pledge, agreement, act)


def ask_again(session: Session, signing: AgreementSigning, act: Act) -> None:
    """The donor's signature cannot be taken, for a reason: the donor is asked to sign again."""
    signing = _locked_signing(session, signing)
    keep_apart(act.actor, signing.pledge.donor_id or 0)
    require(session, signing, AGREEMENT_SIGNING, "ask_again", act)
    for signature in signing.standing_signatures:
        signature.returned_at = act.at
    advance(session, signing, AGREEMENT_SIGNING, "ask_again", act)
    event = f"agreement:{signing.id}:again:{signing.version}"
    tell_donor(
        session, signing.pledge, "agreement_sent_back", act, event=event, reason=act.reason or ""
    )


def send_back(session: Session, signing: AgreementSigning, act: Act) -> None:
    """The donor does not sign the agreement as it is, for a reason: the fund is told."""
    signing = _locked_signing(session, signing)
    advance(session, signing, AGREEMENT_SIGNING, "send_back", act)
    _tell_fund(session, signing, "returned_unsigned", act)


def send_code(session: Session, signing: AgreementSigning, act: Act) -> None:
    """E-mail a new code to the signatory who acts; an earlier one stops working."""
    act.demand(Permission.PLEDGE_AGREE, signing.scope)
    require_turn(signing, Party.DONOR, act)
    codes.send_code(session, coded(signing), act)


def coded(signing: AgreementSigning) -> Coded:
    """The agreement, as a code is for it: the e-mail leads to the page on which it is typed."""
    page = absolute(f"/contribution-agreements/{signing.id}/sign")
    return Coded(AgreementSigning.__tablename__, signing.id, _facts_of(signing, url=page))


def require_turn(signing: AgreementSigning, side: Party, act: Act) -> None:
    """Conflict unless this side is to sign now; Forbidden to a person who does not sign for it."""
    if signing.state not in OPEN or signing.turn is not side:
        raise Conflict(
            _(
                "This cannot be done now: the status is “%(state)s”.",
                state=AGREEMENT_SIGNING.names[signing.state].staff,
            )
        )
    if side is Party.DONOR:
        act.demand(Permission.PLEDGE_AGREE, signing.scope)
    else:
        act.demand(Permission.PLEDGE_SIGN, signing.scope)
        keep_apart(act.actor, signing.pledge.donor_id or 0)


def _locked_signing(session: Session, signing: AgreementSigning) -> AgreementSigning:
    """The agreement, after its fund: both locked until the transaction ends."""
    lock(session, signing.pledge.fund_id)
    session.refresh(signing.pledge)
    session.refresh(signing, with_for_update={"of": AgreementSigning})
    return signing


def _require_current(session: Session, signing: AgreementSigning) -> None:
    """Conflict if the pledge cannot be signed any more, or the agreement would say today what it
    did not say when it went out.
    """
    if signing.pledge.state not in OFFERED:
        raise Conflict(_("This pledge can no longer be signed."))
    now = drawn(session, DOCUMENT, signing.pledge.reference, signing.language)
    if now.facts_sha256 != signing.facts_sha256:
        raise Conflict(
            _(
                "The content of this agreement has changed since it was sent. It "
                "cannot be signed: the fund must send a new one."
            )
        )


def _whole_agreement(session: Session, signing: AgreementSigning, last: Stamp) -> bytes:
    """The PDF with both signatures: drawn before anything is locked."""
    stamps = [signature.stamp for signature in signing.standing_signatures]
    paper: Drawn = drawn(session, DOCUMENT, signing.pledge.reference, signing.language)
    return printed_whole(paper, signing.language, (*stamps, last), [signing.document])


def _enter_signature(
    session: Session,
    signing: AgreementSigning,
    action: str,
    how: Signed,
    stamp: Stamp,
    act: Act,
) -> None:
    signature = AgreementSignature(
        signing=signing,
        side=Party(stamp.side),
        person_id=act.actor.person_id,
        name=stamp.name,
        function=stamp.function,
        way=how.way,
        sha256=stamp.sha256,
        signed_at=act.at,
    )
    session.add(signature)
    advance(session, signing, AGREEMENT_SIGNING, action, act, sha256=stamp.sha256, way=stamp.way)
    record(session, signature, "sign", act, side=stamp.side)
    record(session, signing.pledge, "sign_online", act, side=stamp.side)


def _facts_of(signing: AgreementSigning, **more: Any) -> dict[str, Any]:
    """What every e-mail about an agreement says."""
    pledge = signing.pledge
    assert pledge.donor is not None
    return {
        "fund": pledge.fund,
        "paper": _l("Contribution agreement"),
        "title": pledge.reference,
        "pledge": pledge,
        "donor": pledge.donor.name,
        "day": clock.day_of(signing.sent_at),
        "url": absolute(f"/giving/{pledge.reference}"),
        **more,
    }


def _tell_fund(session: Session, signing: AgreementSigning, name: str, act: Act) -> None:
    pledge = signing.pledge
    people = people_of_fund(session, Permission.PLEDGE_SIGN, pledge.fund_id)
    event = f"agreement:{signing.id}:{name}:{signing.version}"
    url = absolute(f"/pledges/{pledge.reference}")
    facts = {**_facts_of(signing, reason=act.reason or ""), "url": url}
    tell(session, people, f"giving/pledges/signing/{name}", act, event=event, **facts)
