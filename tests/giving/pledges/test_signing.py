"""A contribution agreement is signed online: by the donor with a code, then by the fund."""

import re
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.giving.pledges.agreements import to_check
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, acknowledge
from grants.giving.pledges.signatures.models import AgreementSignature, AgreementSigning
from grants.giving.pledges.signatures.queries import open_agreement
from grants.giving.pledges.signatures.workflow import AgreementState
from grants.giving.pledges.signing.service import (
    ask_again,
    coded,
    offer,
    record_copy,
    send_back,
    send_code,
    sign,
)
from grants.giving.pledges.workflow import PledgeState
from grants.platform.documents.service import content_of
from grants.platform.messages.models import Message
from grants.platform.signatures import codes
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.platform.web.client import SignInAs

THEIRS = Signed("Theresa Lindner", "Ambassador", Way.CODE)
OURS = Signed("Fund Manager", "Manager of the Fund", Way.FACTOR)
quick = pytest.mark.usefixtures("quick_papers")


@dataclass
class Parties:
    """An agreement that is out, and who signs it."""

    session: Session
    pledge: Pledge
    signing: AgreementSigning
    signatory: Person
    manager: Person

    @property
    def donor(self) -> Act:
        return act_of(self.session, self.signatory, "The title is wrong")

    @property
    def fund(self) -> Act:
        return act_of(self.session, self.manager, "Another person is to sign")


@pytest.fixture
def parties(session: Session, fund: Fund) -> Parties:
    manager = staff(session, Role.FUND_MANAGER)
    by = act_of(session, manager)
    pledge = a_pledge(session, fund)
    assert pledge.donor is not None
    signatory = member(session, pledge.donor, Role.DONOR_SIGNATORY, "Theresa Lindner")
    acknowledge(session, pledge, by)
    return Parties(session, pledge, offer(session, pledge, "", by), signatory, manager)


@quick
def test_both_sides_sign_and_the_agreement_is_recorded(parties: Parties) -> None:
    session, pledge, signing = parties.session, parties.pledge, parties.signing
    sent = signing.document.sha256
    sign(session, signing, THEIRS, parties.donor)
    assert signing.state == AgreementState.COUNTERSIGN.value
    assert pledge.state == PledgeState.ACKNOWLEDGED.value
    assert session.scalar(to_check(parties.fund.actor)) == 1
    sign(session, signing, OURS, parties.fund)
    assert signing.state == AgreementState.SIGNED.value
    assert pledge.state == PledgeState.SIGNED.value
    assert pledge.agreement_document is signing.signed_document
    assert [part.name for part in signing.signatures] == [THEIRS.name, OURS.name]
    assert {part.sha256 for part in signing.signatures} == {sent}
    assert session.scalar(to_check(parties.fund.actor)) == 0
    assert open_agreement(session, pledge) is None


def test_the_signed_pdf_names_both(parties: Parties) -> None:
    session, signing = parties.session, parties.signing
    sign(session, signing, THEIRS, parties.donor)
    sign(session, signing, OURS, parties.fund)
    assert signing.signed_document is not None
    assert content_of(signing.signed_document).startswith(b"%PDF")


@quick
def test_nobody_signs_out_of_turn_or_for_the_other_side(session: Session, parties: Parties) -> None:
    signing, pledge = parties.signing, parties.pledge
    assert pledge.donor is not None
    reader = act_of(session, member(session, pledge.donor, Role.DONOR_READER, "Paul Eder"))
    giver = act_of(session, member(session, pledge.donor, Role.DONOR_GIVER, "Florian Aigner"))
    stranger = member(session, a_donor(session, name="Another"), Role.DONOR, "Eve Stone")
    for other in (parties.fund, reader, giver, act_of(session, stranger)):
        with pytest.raises(Forbidden):
            sign(session, signing, THEIRS, other)
        with pytest.raises(Forbidden):
            send_code(session, signing, other)
    sign(session, signing, THEIRS, parties.donor)
    with pytest.raises(Forbidden):
        sign(session, signing, OURS, parties.donor)
    with pytest.raises(Conflict):
        send_back(session, signing, parties.donor)
    both = act_of(session, member(session, pledge.donor, Role.DONOR, "Fund Manager"))
    with pytest.raises(Forbidden):
        sign(session, signing, OURS, both)


@quick
def test_the_fund_asks_to_sign_again_and_the_donor_returns_it_unsigned(parties: Parties) -> None:
    session, signing = parties.session, parties.signing
    sign(session, signing, THEIRS, parties.donor)
    with pytest.raises(DomainError):
        ask_again(session, signing, replace(parties.fund, reason=""))
    ask_again(session, signing, parties.fund)
    assert signing.state == AgreementState.OUT.value
    assert signing.standing_signatures == []
    sign(session, signing, THEIRS, parties.donor)
    ask_again(session, signing, parties.fund)
    send_back(session, signing, parties.donor)
    assert signing.state == AgreementState.SENT_BACK.value
    letter = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert letter is not None
    assert "The title is wrong" in letter.text
    fresh = offer(session, parties.pledge, "", parties.fund)
    sign(session, fresh, THEIRS, parties.donor)


@quick
def test_what_was_offered_before_or_says_something_else_is_not_signed(parties: Parties) -> None:
    session, pledge, first = parties.session, parties.pledge, parties.signing
    second = offer(session, pledge, "The budget has been passed.", parties.fund)
    assert first.state == AgreementState.WITHDRAWN.value
    with pytest.raises(Conflict):
        sign(session, first, THEIRS, parties.donor)
    assert pledge.donor is not None
    pledge.donor.name = "Republic of Ruritania"
    with pytest.raises(Conflict, match="has changed"):
        sign(session, second, THEIRS, parties.donor)


@quick
def test_a_signed_copy_ends_what_was_to_be_signed_online(parties: Parties) -> None:
    session, pledge = parties.session, parties.pledge
    agreement = Agreement(pledge.fund.today())
    record_copy(session, pledge, agreement, parties.fund)
    assert pledge.state == PledgeState.SIGNED.value
    assert parties.signing.state == AgreementState.WITHDRAWN.value
    with pytest.raises(Conflict):
        sign(session, parties.signing, THEIRS, parties.donor)


@quick
def test_a_code_is_asked_for_and_used_once(parties: Parties) -> None:
    session, signing, donor = parties.session, parties.signing, parties.donor
    send_code(session, signing, donor)
    code = _code_in(session)
    codes.count_try(session, coded(signing), donor)
    codes.use_code(session, coded(signing), code, donor)
    with pytest.raises(DomainError, match="no longer works"):
        codes.use_code(session, coded(signing), code, donor)


def _code_letter(session: Session) -> str:
    session.flush()
    letter = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert letter is not None
    return letter.text


def _code_in(session: Session) -> str:
    found = re.search(r"\b(\d{6})\b", _code_letter(session))
    assert found
    return found[1]


@quick
def test_the_pages_lead_from_both_sides_to_the_signed_agreement(
    session: Session, parties: Parties, sign_in_as: SignInAs
) -> None:
    reference, number = parties.pledge.reference, parties.signing.id
    session.commit()
    donor, page = sign_in_as(parties.signatory), f"/contribution-agreements/{number}"
    assert f"{page}/sign" in donor.get(f"/giving/{reference}").text
    assert donor.get(f"{page}/file").status_code == 200
    assert donor.submit(f"{page}/code", {}, page=f"{page}/sign").status_code == 302
    typed = {"function": "Ambassador", "code": _code_in(session), "agreed": "y"}
    assert f"{page}/sign\n" in _code_letter(session)
    typed["version"] = str(parties.signing.version)
    assert donor.submit(f"{page}/sign", typed).status_code == 302
    assert "The fund signs next" in donor.get(f"/giving/{reference}").text
    manager = sign_in_as(parties.manager)
    assert "Sign for the fund" in manager.get(f"/pledges/{reference}").text
    assert "Signed agreement from a donor to check" in manager.get("/start").text
    assert reference in manager.get("/pledges?returned=yes").text
    session.expire_all()
    typed = {"function": "Fund Manager", "agreed": "y", "version": str(parties.signing.version)}
    assert manager.submit(f"{page}/sign-for-fund", typed).status_code == 302
    session.expire_all()
    assert parties.pledge.state == PledgeState.SIGNED.value
    stranger = sign_in_as(member(session, a_donor(session, name="Another"), Role.DONOR, "Eve"))
    assert stranger.get(f"{page}/file").status_code == 404


@quick
@pytest.mark.parametrize("values", [{"name": "Eve Stone"}, {"sha256": "0" * 64}])
def test_the_database_keeps_a_signature_as_it_was_given(
    parties: Parties, values: dict[str, str]
) -> None:
    session = parties.session
    sign(session, parties.signing, THEIRS, parties.donor)
    session.flush()
    with pytest.raises(IntegrityError, match="never changed"), session.begin_nested():
        session.execute(update(AgreementSignature).values(**values))


@quick
@pytest.mark.parametrize("values", [{"facts_sha256": "0" * 64}, {"language": "fr"}])
def test_the_database_keeps_what_went_out_as_it_was(
    parties: Parties, values: dict[str, str]
) -> None:
    session = parties.session
    session.flush()
    with pytest.raises(IntegrityError, match="never changed"), session.begin_nested():
        session.execute(update(AgreementSigning).values(**values))
