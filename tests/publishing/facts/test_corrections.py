"""Published amounts that were changed later: on the page, in the file, from the interface."""

from sqlalchemy import select

from grants.books.ledger.models import Entry
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.contributions.reversal import reverse_deposit
from grants.granting.changes.workflow import ChangeKind
from grants.granting.payments.refunds import record_refund
from grants.granting.payments.returns import Arrival, Corrector, take_back
from grants.publishing.facts.corrections import corrections_after, corrections_of
from tests.factories import a_deposit, a_pledge, act_of, staff
from tests.granting.changes.scenes import asked_for, in_force, running_longer
from tests.grants import Scene, pay
from tests.platform.web.client import StrictClient


def test_a_return_a_refund_and_an_amendment_are_told_with_both_amounts(
    scene: Scene, client: StrictClient
) -> None:
    running_longer(scene)
    session, fund, award = scene.session, scene.fund, scene.award
    first, today = scene.instalments[0], clock.today()
    pay(session, first, scene.people, today)
    finance = act_of(session, scene.people.finance, "Sent back.")
    record_refund(session, award, usd(10_000), today, "BACK-1", finance)
    terms = {"ends_on": award.ends_on.isoformat(), "amount": "3333.33", "from": today.isoformat()}
    in_force(scene, asked_for(scene, ChangeKind.TOP_UP, **terms))
    session.commit()
    refund, amendment = corrections_of(session, fund, award)
    paid = first.amount
    assert (refund.before, refund.after) == (paid, paid - usd(10_000))
    assert (amendment.before, amendment.after) == (usd(2_000_000), usd(2_333_333))
    page = client.get(f"/funds/{fund.code}/grants/{refund.reference}").text
    assert "the organisation returned money" in page
    assert "23,333.33" in page
    assert "the organisation returned money" in client.get(f"/funds/{fund.code}/data").text
    rows = client.get(f"/api/v1/corrections?fund={fund.code}").json
    assert rows is not None
    assert [row["cause"] for row in rows["data"]] == ["refunded", "amended"]
    assert corrections_after(session, fund, refund.number, 1) == [amendment]


def test_a_payment_that_the_bank_returned_is_corrected(scene: Scene) -> None:
    from grants.granting.payments.service import release
    from tests.grants import approved

    session, (first, *_others) = scene.session, scene.run().instalments
    approved(session, first, scene.people)
    finance = act_of(session, scene.people.finance, "The account was closed.")
    release(session, first, clock.today(), "TT-1", finance)
    arrival = Arrival(clock.today(), "BACK-2")
    take_back(session, first, arrival, Corrector.FUND, finance)
    (correction,) = corrections_of(session, scene.fund, scene.award)
    assert (correction.before, correction.after) == (first.amount, usd(0))
    assert correction.cause == "payment_returned"


def test_a_reversed_contribution_is_corrected_to_nothing(scene: Scene) -> None:
    session, fund = scene.session, scene.fund
    deposit = a_deposit(session, fund, a_pledge(session, fund), usd(40_000))
    assert corrections_after(session, fund) == []
    officer = act_of(session, staff(session, Role.FINANCE_OFFICER, "Ida Roos"), "Entered twice.")
    reverse_deposit(session, deposit, officer)
    (correction,) = corrections_after(session, fund)
    entry = session.scalars(select(Entry).where(Entry.key == deposit.subject)).one()
    assert (correction.reference, correction.before) == (str(entry.id), usd(40_000))
    assert correction.after == usd(0)
