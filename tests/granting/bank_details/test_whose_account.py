"""Whose account it is: the fund's own and another organisation's are refused, others explained."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.service import describe
from grants.books.ledger import verify
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import appoint
from grants.granting.bank_details.doubts import doubts_about, same_account
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.service import (
    Account,
    Call,
    approve,
    record_call,
    request_details,
)
from grants.granting.bank_details.telephones import known_numbers
from grants.granting.payments.service import approve as approve_payment
from grants.granting.payments.service import certify, release
from grants.granting.payments.todo import to_approve
from tests.factories import a_call, a_submission, act_of, an_organisation, member, staff
from tests.grants import (
    ACCOUNT,
    TELEPHONE,
    Scene,
    a_file,
    a_running_grant,
    account_of,
    paid_to,
    with_telephone,
)
from tests.platform.web.client import SignInAs

OWN = "AT61 1904 3002 3457 3201"
CALL = Call(clock.today(), TELEPHONE, "Luz Reyes")


@pytest.fixture
def running(scene: Scene) -> Scene:
    """A signed grant of an organisation in Honduras whose telephone is known; the fund's account
    has its number.
    """
    account = scene.session.scalars(select(BankAccount)).first()
    assert account is not None
    account.number, account.bic = OWN.replace(" ", ""), "BKAUATWW"
    a_running_grant(scene.session, scene.award, scene.people.manager)
    with_telephone(scene.session, scene.organisation, scene.people.grantee)
    return scene


def ask(scene: Scene, account: Account) -> BankDetails:
    session, person = scene.session, scene.people.grantee
    paper, act = a_file(session, person, "letter.pdf"), act_of(session, person)
    return request_details(session, scene.fund, scene.organisation, account, paper, act)


def called(scene: Scene, details: BankDetails) -> BankDetails:
    call = replace(CALL, called_on=clock.today())
    record_call(scene.session, details, call, act_of(scene.session, scene.people.officer))
    return details


@pytest.mark.parametrize(
    "account",
    [
        replace(ACCOUNT, number=OWN, bic=""),
        replace(ACCOUNT, number=OWN, bic="", holder="UNVTF"),
        replace(ACCOUNT, number="19043-00234573201", bic="BKAUATWW"),
        replace(ACCOUNT, number="002 3457 3201", bic="BKAUATWWXXX"),
    ],
)
def test_an_account_of_the_fund_is_refused_however_it_is_written(
    running: Scene, account: Account
) -> None:
    with pytest.raises(DomainError, match="account of the fund itself"):
        ask(running, account)


def test_an_account_of_another_organisation_is_refused_until_the_end(running: Scene) -> None:
    session = running.session
    other = an_organisation(session, "Another House")
    theirs = replace(running.people, grantee=member(session, other, name="Eva Paz"))
    account = replace(ACCOUNT, number="00-998877")
    details = ask(running, account)
    with pytest.raises(DomainError, match="Another organisation already uses"):
        paid_to(session, running.fund, other, theirs, account)
    own = session.scalars(select(BankAccount).where(BankAccount.number.is_not(None))).one()
    own.number, own.bic = "00998877", "BSOUHNTE"
    with pytest.raises(DomainError, match="account of the fund itself"):
        called(running, details)
    other.merged_into_id = running.organisation.id
    own.number = "00998878"
    approve(session, called(running, details), act_of(session, running.people.approver))


def test_the_same_number_at_another_bank_is_another_account() -> None:
    one = replace(ACCOUNT, number="12345678", bic="BSOUHNTE")
    assert same_account(one, replace(one, number="1234 5678", bic="BSOUHNTEXXX"))
    assert not same_account(one, replace(one, bic="BNORHNTE"))
    assert not same_account(one, replace(one, number=""))


def test_a_foreign_account_or_another_holder_counts_only_with_a_reason(running: Scene) -> None:
    session, approver = running.session, running.people.approver
    account = replace(ACCOUNT, number="DE89 3704 0044 0532 0130 00", bic="", holder="Thief Ltd")
    details = ask(running, account)
    country, holder = doubts_about(details)
    assert "held in Germany" in country
    assert "registered in Honduras" in country
    assert "Thief Ltd" in holder
    called(running, details)
    with pytest.raises(DomainError, match="Explain why the account may be used"):
        approve(session, details, act_of(session, approver))
    approve(session, details, act_of(session, approver, "Its trustee; the deed was seen."))


def test_a_holder_by_another_name_of_the_organisation_raises_no_doubt(running: Scene) -> None:
    running.organisation.other_names = ["Association for Safe Houses"]
    for holder in ("CASA SEGURA", "Asociación Casa Segura", "Association for Safe Houses"):
        assert doubts_about(BankDetails(organisation=running.organisation, **_stated(holder))) == []


def test_a_name_of_general_words_alone_is_its_own(running: Scene) -> None:
    running.organisation.name = "Centre for Women"
    own = BankDetails(organisation=running.organisation, **_stated("CENTRE FOR WOMEN"))
    assert doubts_about(own) == []


def _stated(holder: str) -> dict[str, str]:
    return {"holder": holder, "number": "1234", "bic": "BSOUHNTE", "bank": "B"}


def test_a_number_that_came_with_or_after_the_request_is_not_called(running: Scene) -> None:
    session, officer = running.session, running.people.officer
    details = ask(running, ACCOUNT)
    new = replace(profile_of(running.organisation), telephone="+1 202 555 0199")
    describe(session, running.organisation, new, act_of(session, running.people.grantee))
    assert [known.number for known in known_numbers(session, details)] == [TELEPHONE]
    for number in ("+1 202 555 0199", "+504 9999 9999", ""):
        with pytest.raises(DomainError, match="knew before this request"):
            record_call(session, details, replace(CALL, number=number), act_of(session, officer))
    assert called(running, details).called_number == TELEPHONE


def test_the_numbers_of_earlier_calls_are_known(running: Scene) -> None:
    session = running.session
    paid_to(session, running.fund, running.organisation, running.people)
    later = ask(running, replace(ACCOUNT, number="00 7777 1111"))
    assert [known.digits for known in known_numbers(session, later)] == ["50425501234"]


def test_the_numbers_of_submitted_applications_are_known(session: Session, fund: Fund) -> None:
    organisation = a_submission(session, a_call(session, fund)).organisation
    person = people_of_organisation(session, organisation.id)[0]
    paper, act = a_file(session, person, "letter.pdf"), act_of(session, person)
    details = request_details(session, fund, organisation, account_of(organisation), paper, act)
    (known,) = known_numbers(session, details)
    assert known.number == "+504 2233 4455"
    assert known.source.startswith("application UNVTF")


def test_the_person_who_called_does_not_approve_the_payment(running: Scene) -> None:
    session, people = running.session, running.people
    appoint(session, people.officer, Role.APPROVING_OFFICER)
    paid_to(session, running.fund, running.organisation, people)
    first = running.instalments[0]
    certify(session, first, act_of(session, people.certifier, "Needed now."))
    called_back = act_of(session, people.officer)
    assert session.scalar(to_approve(called_back.actor)) == 0
    with pytest.raises(Forbidden, match="confirmed the account by a call"):
        approve_payment(session, first, called_back)
    approver = act_of(session, people.approver)
    assert session.scalar(to_approve(approver.actor)) == 1
    approve_payment(session, first, approver)
    release(session, first, clock.today(), "TT-1", act_of(session, people.finance))


def test_an_account_that_is_no_iban_needs_bic_and_address_of_the_bank(running: Scene) -> None:
    for account in (replace(ACCOUNT, bic=""), replace(ACCOUNT, bank_address=" ")):
        with pytest.raises(DomainError, match="BIC and address"):
            ask(running, account)


def test_what_is_one_account_in_the_database_is_a_breach(running: Scene) -> None:
    session = running.session
    details = paid_to(session, running.fund, running.organisation, running.people)
    own = session.scalars(select(BankAccount).where(BankAccount.number.is_not(None))).one()
    own.number, own.bic = details.number, details.bic
    assert f"Bank details {details.id} are an account of a fund." in verify.breaches(session)


def test_the_pages_tell_the_doubts_and_ask_for_the_reason(
    running: Scene, sign_in_as: SignInAs, session: Session
) -> None:
    details = ask(running, replace(ACCOUNT, number="DE89 3704 0044 0532 0130 00", bic=""))
    session.commit()
    path = f"/bank-details/{details.id}"
    told = "The account is held in Germany, and the organisation is registered in Honduras."
    grantee = sign_in_as(running.people.grantee)
    assert told in grantee.get(path).text
    officer = sign_in_as(running.people.officer)
    page = officer.get(f"{path}/check").text
    assert told in page
    assert TELEPHONE in page
    called(running, details)
    session.commit()
    approver = sign_in_as(running.people.approver)
    assert told in approver.get(f"{path}/approve").text
    session.refresh(details)
    seen = {"version": str(details.version)}
    assert approver.submit(f"{path}/approve", seen).status_code == 200
    typed = seen | {"reason": "Its bank is in Berlin, as the statutes say."}
    assert approver.submit(f"{path}/approve", typed).location == path
    assert "as the statutes say" not in grantee.get(path).text


def test_without_a_known_number_the_page_says_what_to_do(
    scene: Scene, sign_in_as: SignInAs, session: Session
) -> None:
    a_running_grant(session, scene.award, scene.people.manager)
    details = ask(scene, ACCOUNT)
    session.commit()
    finance = sign_in_as(staff(session, Role.FINANCE_OFFICER, "Second Finance"))
    page = finance.get(f"/bank-details/{details.id}/check").text
    assert "knew no telephone number" in page
