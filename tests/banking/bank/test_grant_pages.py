"""The pages on which a line becomes a grant's money, a transfer of support costs, or unidentified
money; and what the reconciliation says of them.
"""

import pytest

from grants.banking.bank.models import BankLine
from grants.banking.bank.workflow import LineState
from grants.banking.lines import paying
from grants.banking.reconciliation.figures import as_plain, from_plain
from grants.banking.reconciliation.queries import reconcile
from grants.books.ledger.queries import balances
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.granting.payments.workflow import InstalmentState
from tests.banking.bank.test_grants import finance, line_of, lines_of, pay_first, told
from tests.grants import Scene, approved
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def certified(scene: Scene) -> Scene:
    scene.run()
    approved(scene.session, scene.instalments[0], scene.people)
    return scene


@pytest.fixture
def browser(sign_in_as: SignInAs, certified: Scene) -> StrictClient:
    certified.session.commit()
    return sign_in_as(certified.people.finance)


def shown(browser: StrictClient, line: BankLine) -> str:
    return browser.get(f"/bank/lines/{line.id}").get_data(as_text=True)


def debit(scene: Scene) -> BankLine:
    text = f"{scene.award.reference} instalment 1"
    line = line_of(scene, "-8000", text=text, name=scene.organisation.name)
    scene.session.commit()
    return line


def test_the_line_shows_the_instalment_first_and_offers_no_direct_cost(
    certified: Scene, browser: StrictClient
) -> None:
    line = debit(certified)
    page = shown(browser, line)
    assert page.index("100 of 100") < page.index("What the bank says")
    assert "The line quotes the grant and this instalment." in page
    assert "Record this payment" in page
    assert "A direct cost" not in page
    listed = browser.get("/bank").get_data(as_text=True)
    assert f"Instalment {certified.award.reference}/1 (100 of 100)" in listed
    typed = browser.get(f"/bank/lines/{line.id}/direct-cost").get_data(as_text=True)
    assert "This payment matches a grant." in typed


def test_the_list_names_the_grant_whose_refund_a_credit_is(
    certified: Scene, browser: StrictClient
) -> None:
    pay_first(certified)
    line_of(certified, "310.25", text=certified.award.reference, name=certified.organisation.name)
    certified.session.commit()
    assert certified.award.reference in browser.get("/bank").get_data(as_text=True)


def test_one_press_pays_the_instalment_and_the_second_is_told(
    certified: Scene, browser: StrictClient
) -> None:
    line, (first, *_others) = debit(certified), certified.instalments
    here = f"/bank/lines/{line.id}/pay/{certified.award.reference}/1"
    answer = browser.submit(here, data={"version": first.version})
    assert answer.status_code == 302
    certified.session.expire_all()
    assert (first.state, first.bank_reference) == (InstalmentState.PAID, "DB0001")
    assert line.state is LineState.MATCHED
    again = browser.submit(here, data={"version": first.version})
    assert again.status_code == 409
    assert balances(certified.session, certified.fund).grant_expense == usd(800_000)


def test_the_page_of_the_payment_shows_what_is_asked_before_it(
    certified: Scene, browser: StrictClient
) -> None:
    line = debit(certified)
    page = browser.get(f"/bank/lines/{line.id}/pay/{certified.award.reference}/1")
    text = page.get_data(as_text=True)
    assert "The grant agreement is signed, and the grant is active" in text
    assert "Record this payment" in text


def test_an_instalment_that_is_not_certified_says_so_and_has_no_button(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    line = debit(scene)
    page = shown(sign_in_as(scene.people.finance), line)
    assert "Awaiting certification" in page
    assert "Record this payment" not in page
    assert "A direct cost" not in page


def test_who_matches_no_lines_is_offered_no_payment(certified: Scene, sign_in_as: SignInAs) -> None:
    line = debit(certified)
    page = shown(sign_in_as(certified.people.certifier), line)
    assert "Record this payment" not in page
    here = f"/bank/lines/{line.id}/pay/{certified.award.reference}/1"
    assert sign_in_as(certified.people.certifier).submit(here).status_code == 403


def test_a_refund_is_offered_by_its_name_and_not_as_interest(
    certified: Scene, browser: StrictClient
) -> None:
    pay_first(certified)
    reference = certified.award.reference
    line = line_of(certified, "499.50", text=f"Refund {reference}", name="CASA SEGURA")
    certified.session.commit()
    page = shown(browser, line)
    assert "Record this refund" in page
    assert "bank/interest" not in page
    assert f"/bank/lines/{line.id}/interest" not in page
    here = f"/bank/lines/{line.id}/grantee-refund"
    assert reference in browser.get(here).get_data(as_text=True)
    assert "Grant not found." in browser.submit(here, data={"reference": "X"}).get_data(
        as_text=True
    )
    assert browser.submit(here, data={"reference": reference}).status_code == 302
    certified.session.expire_all()
    assert line.state is LineState.MATCHED


def test_unidentified_money_is_recorded_by_its_name(
    certified: Scene, browser: StrictClient
) -> None:
    line = line_of(certified, "500", name="Unknown sender")
    certified.session.commit()
    assert "Record as unidentified money" in shown(browser, line)
    assert browser.submit(f"/bank/lines/{line.id}/unidentified").status_code == 302
    certified.session.expire_all()
    assert balances(certified.session, certified.fund).suspense == usd(50_000)
    assert line.state is LineState.MATCHED


def test_support_costs_are_a_group_of_the_reconciliation_until_they_are_transferred(
    certified: Scene, browser: StrictClient
) -> None:
    session, award = certified.session, certified.award
    pay_first(certified)
    line, transfer, unknown = lines_of(
        certified,
        told("499.50", text=award.reference),
        told("-975.06", reference="PSC"),
        told("20", reference="WHO"),
    )
    paying.take_refund(session, line, award, finance(certified))
    month = clock.today().replace(day=1)
    figures = reconcile(session, line.account, month)
    assert figures.support_cost_sum == usd(-97_506)
    assert figures.only_ledger_sum == usd(-800_000)
    assert not [item for item in figures.entries if item.support_cost]
    assert [item.what for item in figures.support_costs] == ["Programme support costs"] * 2
    kept = from_plain(as_plain(figures))
    assert (kept.support_cost_sum, kept.unexplained) == (usd(-97_506), figures.unexplained)
    session.commit()
    here = f"/bank/reconciliations/{line.account.code}/{month:%Y-%m}"
    page = browser.get(here).get_data(as_text=True)
    assert "Programme support costs charged, not yet transferred" in page
    assert "1 deposit of" in page
    assert unknown.state is LineState.UNMATCHED
    assert "Record this transfer" in shown(browser, transfer)
    act = browser.submit(
        f"/bank/lines/{transfer.id}/support-cost", data={"until": clock.today().isoformat()}
    )
    assert act.status_code == 302
    session.expire_all()
    after = reconcile(session, line.account, month)
    assert (after.support_cost_sum, after.unexplained) == (usd(0), figures.unexplained)


def test_a_transfer_of_another_sum_is_refused_with_what_is_due(
    certified: Scene, browser: StrictClient
) -> None:
    pay_first(certified)
    line = line_of(certified, "-1000")
    certified.session.commit()
    here = f"/bank/lines/{line.id}/support-cost"
    assert "does not match the total charged" in browser.get(here).get_data(as_text=True)
    answer = browser.submit(here, data={"until": clock.today().isoformat()})
    assert "not yet transferred add up to" in answer.get_data(as_text=True)
