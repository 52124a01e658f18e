"""Finance's pages of the bank: the queue, a line with its proposals, and every way to decide."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.workflow import LineState
from grants.books.ledger.costs import bring_in_opening_balance
from grants.books.ledger.queries import balances
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.core.texts.references import keep_references
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import received
from tests.banking.bank.arranging import a_line, euros, imported_lines, numbered
from tests.banking.bank.files import EURO_IBAN, BankEntry, camt
from tests.books.ledger.books import money, publish_rates, voucher
from tests.factories import a_deposit, a_donor, a_pledge, a_signed_pledge, member, staff
from tests.giving.pledges.test_pages import LIST_BUDGET, MENU
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def finance(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    publish_rates(session)
    return sign_in_as(staff(session, Role.FINANCE_OFFICER, "Fatou Diallo"))


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def _here(line: BankLine) -> str:
    return f"/bank/lines/{line.id}"


def quoting(session: Session, fund: Fund, pledge: Pledge, amount: str = "400") -> BankLine:
    """A payment that quotes a pledge in full."""
    donor = pledge.donor.name if pledge.donor else ""
    told = {"end_to_end": pledge.reference, "name": donor, "reference": "B1"}
    line = a_line(session, fund, money(amount), **told)
    session.commit()
    return line


def test_a_statement_is_taken_in_and_the_faults_of_one_are_told(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    numbered(session, fund)
    session.commit()
    good = camt([BankEntry(money("5"), reference="B1", name="Republic of Arcadia")])
    bad = camt([BankEntry(money("5"))], closing=money("9"), reference="S2")

    def send(content: bytes) -> tuple[int, str]:
        got = finance.submit("/bank/import", {"file": (io.BytesIO(content), "march.xml")})
        return got.status_code, got.get_data(as_text=True)

    status, page = send(bad)
    assert status == 200
    assert "march.xml: statement S2: the opening balance of 0.00" in page
    assert send(good)[0] == 302
    assert "1 line imported" in _text(finance, "/bank?state=unmatched")
    assert send(good)[0] == 302
    page = _text(finance, "/bank")
    assert "already imported, nothing has changed" in page
    assert "Republic of Arcadia" in page
    assert "march.xml" in _text(finance, "/bank/statements")


def test_a_sure_proposal_is_recorded_with_one_press(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(40_000))
    line = quoting(session, fund, pledge)
    assert f"{keep_references(pledge.reference)} (100 of 100)" in _text(finance, "/bank")
    page = _text(finance, _here(line))
    for reason in (
        "The line quotes the pledge’s reference.",
        "the full amount outstanding",
        "The sender’s name is the donor’s name.",
    ):
        assert reason in page
    done = finance.submit(f"{_here(line)}/accept/{pledge.reference}", page=_here(line))
    assert done.location == _here(line)
    page = _text(finance, _here(line))
    assert "Matched" in page
    assert "Deposit and receipt" in page
    assert received(session, pledge) == money("400")
    (deposit,) = session.scalars(select(Deposit))
    assert "Bank statement line" in _text(finance, f"/contributions/{deposit.id}")
    assert finance.get(f"/bank/deposits/{deposit.id}").location == _here(line)


def test_what_is_not_sure_cannot_be_recorded_with_one_press(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(40_000))
    line = a_line(session, fund, money("400"))
    session.commit()
    refused = finance.submit(f"{_here(line)}/accept/{pledge.reference}", page=_here(line))
    assert refused.status_code == 422
    assert str(balances(session, fund).cash) == "0.00"


def test_whoever_comes_second_is_led_back_to_the_line_as_it_is_now(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    line = a_line(session, fund, money("-5"))
    session.commit()
    ours = {"Referer": f"https://localhost{_here(line)}"}
    finance.submit(f"{_here(line)}/charge", {"reason": "A fee."})
    for referer, offered in ((ours, True), ({"Referer": "http://elsewhere.example/"}, False)):
        late = finance.submit(f"{_here(line)}/take-up", page="/bank/import", headers=referer)
        assert late.status_code == 409
        assert (f'href="{_here(line)}"' in late.text) is offered


def test_a_line_is_split_after_a_look_at_what_will_be_recorded(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    one, two = a_signed_pledge(session, fund), a_signed_pledge(session, fund)
    line = quoting(session, fund, one)
    parts = {
        "parts-0-reference": one.reference.lower(),
        "parts-0-amount": "300.00",
        "parts-0-fee": "2.50",
        "parts-1-reference": two.reference,
        "parts-1-amount": "60",
        "parts-2-reference": "",
        "parts-2-amount": "40",
    }
    page = finance.submit(f"{_here(line)}/receive", parts).get_data(as_text=True)
    assert "Check before it is recorded" in page
    assert "Unidentified: held in suspense" in page
    assert str(balances(session, fund).cash) == "0.00"
    done = finance.submit(f"{_here(line)}/receive", {**parts, "checked": "yes"})
    assert done.location == _here(line)
    assert received(session, one) == money("302.50")
    assert received(session, two) == money("60")
    assert str(balances(session, fund).suspense) == "40.00"


@pytest.mark.parametrize("checked", [{}, {"checked": "yes"}])
@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"parts-0-amount": "399"}, "The amounts add up to"),
        ({"parts-0-reference": "UNVTF-P-2026-9999-X"}, "is not correct"),
        ({"parts-0-amount": "much"}, "amount"),
    ],
)
def test_what_was_typed_wrongly_is_told_and_kept(
    finance: StrictClient,
    session: Session,
    fund: Fund,
    changed: dict[str, str],
    fault: str,
    checked: dict[str, str],
) -> None:
    pledge = a_signed_pledge(session, fund)
    line = quoting(session, fund, pledge)
    typed = {"parts-0-reference": pledge.reference, "parts-0-amount": "400"} | checked
    page = finance.submit(f"{_here(line)}/receive", typed | changed).get_data(as_text=True)
    assert fault in page
    assert "Record as received" in page
    assert str(balances(session, fund).cash) == "0.00"


def test_a_fee_and_a_euro_amount_that_the_bank_tells_are_filled_in(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("100", "EUR"))
    line = a_line(
        session, fund, money("104"), original=money("100", "EUR"), end_to_end=pledge.reference
    )
    session.commit()
    page = _text(finance, f"{_here(line)}/receive?pledge={pledge.reference}")
    assert 'value="100.00"' in page
    typed = {"parts-0-reference": pledge.reference, "parts-0-amount": "100", "checked": "yes"}
    where = f"{_here(line)}/receive?pledge={pledge.reference}"
    assert finance.submit(where, typed).location == _here(line)
    assert received(session, pledge) == money("100", "EUR")
    assert str(balances(session, fund).cash) == "104.00"


def test_several_lines_of_one_sender_go_to_one_pledge(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund)
    told = [BankEntry(money(m), reference=m, name="Arcadia") for m in ("10", "20", "30")]
    lines = imported_lines(session, fund, told)
    session.commit()
    where = f"{_here(lines[0])}/together"
    assert "30.00" in _text(finance, where)
    chosen = {"reference": pledge.reference, "lines": [str(lines[0].id), str(lines[2].id)]}
    assert finance.submit(where, chosen).location == _here(lines[0])
    assert received(session, pledge) == money("40")


def test_an_entry_is_matched_by_hand_and_as_proposed(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    a_deposit(session, fund, None, money("300"), value_on=date(2026, 3, 10), bank_reference="B100")
    a_deposit(session, fund, None, money("200"), value_on=date(2026, 3, 1))
    sure, other = imported_lines(
        session,
        fund,
        [BankEntry(money("300"), reference="B100"), BankEntry(money("200"), reference="B2")],
    )
    session.commit()
    page = _text(finance, _here(sure))
    assert "The entry quotes the same reference." in page
    found = page.partition(f"{_here(sure)}/match/")[2].partition('"')[0]
    done = finance.submit(f"{_here(sure)}/match/{found}", page=_here(sure))
    assert done.location == _here(sure)
    page = _text(finance, f"{_here(other)}/match")
    number = page.partition('name="postings"')[2].partition('value="')[2].partition('"')[0]
    assert finance.submit(f"{_here(other)}/match", {"postings": [number]}).location == _here(other)
    session.expire_all()
    assert {line.state for line in (sure, other)} == {LineState.MATCHED}
    assert str(balances(session, fund).cash) == "500.00"


def test_charge_interest_set_aside_and_undo(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    out, into, odd = imported_lines(
        session, fund, [BankEntry(money("-5")), BankEntry(money("8")), BankEntry(money("1"))], "100"
    )
    session.commit()
    finance.submit(f"{_here(out)}/charge", {"reason": "The monthly fee."})
    finance.submit(f"{_here(into)}/interest", {"reason": "The bank’s notice."})
    standing = balances(session, fund)
    assert (str(standing.bank_charges), str(standing.interest)) == ("5.00", "8.00")
    reason = {"reason": "The bank will put it right."}
    assert finance.submit(f"{_here(odd)}/set-aside", reason).location == _here(odd)
    assert "Set aside" in _text(finance, _here(odd))
    assert finance.submit(f"{_here(odd)}/take-up", page=_here(odd)).status_code == 302
    assert "cancelled but keep their numbers" in _text(finance, f"{_here(into)}/undo")
    assert finance.submit(f"{_here(into)}/undo", {"reason": ""}).status_code == 200
    assert finance.submit(f"{_here(into)}/undo", {"reason": "No."}).location == _here(into)
    assert str(balances(session, fund).interest) == "0.00"


def test_a_direct_cost_and_an_administration_fee_are_booked_after_a_look(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    bring_in_opening_balance(session, voucher(fund, date(2026, 2, 28), "opening"), money("100"))
    entries = [BankEntry(money("-30")), BankEntry(money("-2"))]
    cost, fee = imported_lines(session, fund, entries, "100")
    session.commit()
    for line, path in ((cost, "direct-cost"), (fee, "administration-fee")):
        page = f"{_here(line)}/{path}"
        assert path in _text(finance, _here(line)), "reached from the line's page"
        assert finance.submit(page, {"reason": ""}).status_code == 200
        assert finance.submit(page, {"reason": "Audit of 2025"}).location == _here(line)
        assert "Audit of 2025" in _text(finance, _here(line))
    standing = balances(session, fund)
    assert (str(standing.direct_costs), str(standing.administration_fees)) == ("30.00", "2.00")


def test_interest_is_booked_only_after_a_look_at_the_line_and_with_a_reason(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    entry = BankEntry(money("8"), name="Fundación Luz y Vida", text="Donación")
    (line,) = imported_lines(session, fund, [entry], "100")
    session.commit()
    page = _text(finance, f"{_here(line)}/interest")
    assert "Fundación Luz y Vida" in page
    assert "Donación" in page
    assert "8.00" in page
    assert finance.submit(f"{_here(line)}/interest", {"reason": ""}).status_code == 200
    assert str(balances(session, fund).interest) == "0.00"
    finance.submit(f"{_here(line)}/interest", {"reason": "The bank’s notice."})
    assert str(balances(session, fund).interest) == "8.00"


def test_interest_is_not_offered_beside_a_strong_match_to_a_pledge(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, usd(40_000))
    line = quoting(session, fund, pledge)
    page = _text(finance, _here(line))
    assert "Record it on this pledge" in page
    assert f"{_here(line)}/interest" not in page
    assert "This payment matches a pledge." in _text(finance, f"{_here(line)}/interest")


def test_a_refund_to_a_donor_is_recorded_and_what_was_typed_wrongly_is_kept(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund, money("1000"))
    a_deposit(session, fund, pledge, money("400"))
    (went,) = imported_lines(session, fund, [BankEntry(money("-150"))], "400")
    session.commit()
    assert "A refund to a donor" in _text(finance, _here(went))
    page = f"{_here(went)}/refund"
    kept = finance.submit(page, {"reference": "UNVTF-P-NONE", "reason": "Sent twice."})
    assert 'value="UNVTF-P-NONE"' in kept.text
    assert 'value="Sent twice."' in kept.text
    done = finance.submit(page, {"reference": pledge.reference, "reason": "Sent twice."})
    assert done.location == _here(went)
    assert "Refund to a donor" in _text(finance, _here(went))
    assert "Payment refunded" in _text(finance, f"/pledges/{pledge.reference}?part=history")
    assert str(balances(session, fund).cash) == "250.00"


def test_a_transfer_is_booked_from_either_side(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    euros(session, fund)
    a_deposit(session, fund, None, money("400", "EUR"), value_on=date(2026, 2, 10))
    (out,) = imported_lines(
        session,
        fund,
        [BankEntry(money("-400", "EUR"))],
        "400",
        currency="EUR",
        account=EURO_IBAN,
        reference="E1",
    )
    into = a_line(session, fund, money("415"))
    session.commit()
    assert "415.00" in _text(finance, f"{_here(out)}/transfer")
    done = finance.submit(f"{_here(into)}/transfer", {"other": str(out.id)})
    assert done.location == _here(into)
    assert str(balances(session, fund).cash) == "415.00"


def test_the_queue_costs_a_few_queries_whatever_it_proposes(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    for number in range(5):
        a_signed_pledge(session, fund, usd(1000 + number))
    told = [BankEntry(usd(1000 + n % 5), reference=f"B{n}", name="Arcadia") for n in range(62)]
    imported_lines(session, fund, told)
    session.commit()
    page = _text(finance, "/bank?state=unmatched")
    assert "62 results" in page
    assert finance.queries <= LIST_BUDGET + MENU + 8  # accounts; pledges by reference, sum, name
    file = finance.get("/bank?format=csv&account=UNVTF-USD&q=arcadia")
    assert len(file.get_data(as_text=True).splitlines()) == 63
    file.close()


def test_the_accounts_page_hides_the_middle_of_a_number(
    finance: StrictClient, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    numbered(session, fund)
    session.commit()
    page = _text(finance, "/bank/accounts")
    assert "AT61…3201" in page
    assert "AT611904300234573201" not in page
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    opened = {
        "code": "UNVTF-CHF",
        "fund": "UNVTF",
        "currency_code": "CHF",
        "name": "Franc account",
    }
    details = {
        "name": "Franc account",
        "beneficiary": "United Nations",
        "bank": "Bank of Vienna",
        "bank_address": "Schottengasse 6, Vienna",
        "intermediary_bank": "Bank of Zug, BIC ZUGBCH22",
        "number": "CH93 0076 2011 6238 5295 7",
        "bic": "bkauatww",
        "reason": "The bank’s letter of 2 March.",
    }
    here = "/bank/accounts/UNVTF-CHF"
    assert manager.submit("/bank/accounts/new", opened).location == here
    change = manager.submit(here, details).location
    account = session.scalars(select(BankAccount).where(BankAccount.code == "UNVTF-CHF")).one()
    assert not account.number
    approver = sign_in_as(staff(session, Role.APPROVING_OFFICER))
    assert "UNVTF-CHF" in _text(approver, "/bank/account-changes")
    assert approver.submit(f"{change}/approve").location == change
    session.refresh(account)
    assert account.masked == "CH93…2957"
    assert (account.beneficiary, account.bank_address, account.intermediary_bank) == (
        *("United Nations", "Schottengasse 6, Vienna"),
        "Bank of Zug, BIC ZUGBCH22",
    )
    assert "Details changed" in _text(manager, "/bank/accounts/UNVTF-CHF")
    assert "Close the account" not in _text(manager, "/bank/accounts/UNVTF-USD")
    assert manager.submit(f"{here}/close", page=here).location == "/bank/accounts"
    assert "Closed" in _text(manager, "/bank/accounts")
    assert "Close the account" not in _text(manager, here)


@pytest.mark.parametrize(
    ("role", "reading", "deciding", "accounts"),
    [
        (Role.FINANCE_OFFICER, 200, 200, 403),
        (Role.FUND_MANAGER, 200, 403, 200),
        (Role.CERTIFYING_OFFICER, 200, 403, 403),
        (Role.APPROVING_OFFICER, 200, 403, 403),
        (Role.AUDITOR, 200, 403, 403),
        (Role.TRUSTEE, 403, 403, 403),
        (Role.DONOR, 403, 403, 403),
    ],
)
def test_who_reads_and_who_decides(
    sign_in_as: SignInAs,
    session: Session,
    fund: Fund,
    role: Role,
    reading: int,
    deciding: int,
    accounts: int,
) -> None:
    line = a_line(session, fund, money("300"))
    if role is Role.DONOR:
        browser = sign_in_as(member(session, a_donor(session), Role.DONOR))
    else:
        browser = sign_in_as(staff(session, role))
    for path in ("/bank", "/bank/statements", "/bank/accounts", _here(line)):
        assert browser.get(path).status_code == reading, path
    for path in ("receive", "match", "transfer", "together", "set-aside", "direct-cost"):
        assert browser.get(f"{_here(line)}/{path}").status_code == deciding, path
    assert browser.get("/bank/import").status_code == deciding
    assert browser.get("/bank/accounts/new").status_code == accounts


def test_only_who_decides_on_lines_is_told_how_many_wait(
    session: Session, fund: Fund, finance: StrictClient, sign_in_as: SignInAs
) -> None:
    a_line(session, fund, money("400"))
    session.commit()
    reader = sign_in_as(staff(session, Role.FUND_MANAGER))
    counts = [
        re.findall(r">\s*Bank\s*<span[^>]*>(.*?)</span>", _text(browser, "/start"), re.DOTALL)
        for browser in (finance, reader)
    ]
    assert [len(found) for found in counts] == [1, 0]


def test_what_is_not_there_is_not_found(
    finance: StrictClient, session: Session, fund: Fund
) -> None:
    deposit = a_deposit(session, fund, a_pledge(session, fund), usd(5))
    session.commit()
    for path in ("/bank/lines/999", "/bank/deposits/x", f"/bank/deposits/{deposit.id}"):
        assert finance.get(path).status_code == 404
    assert ">Bank statement line<" not in _text(finance, f"/contributions/{deposit.id}")
