"""The briefing: public, from what is published, and it ties to the books."""

from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.papers.statements.builders.funds.briefing import briefing
from tests.factories import staff
from tests.granting.results.test_circumstances import TOLD, report_with
from tests.grants import Scene, once_ended, pay, publish_results
from tests.platform.web.client import SignInAs, StrictClient


def test_a_fund_that_has_just_begun_has_a_briefing(session: Session, fund: Fund) -> None:
    facts = briefing(session, fund.code).facts
    assert (facts.grants, facts.countries, facts.edition) == (0, 0, None)
    assert facts.lessons == ()
    assert facts.people.totals == (None,)


def test_it_ties_to_the_books_and_says_what_is_published(scene: Scene) -> None:
    running = scene.run()
    pay(running.session, running.instalments[0], running.people, clock.today())
    report_with(running, TOLD)
    with once_ended(running.reports[0]):
        publish_results(running.session, running.fund, running.people)
        facts = briefing(running.session, running.fund.code).facts
    books = balances(running.session, running.fund)
    assert (facts.paid, facts.available) == (books.grant_expense, books.available)
    assert facts.awarded == running.award.amount
    assert sum(amount.minor for _country, amount in facts.places) == facts.paid.minor
    assert facts.edition == 1
    assert facts.lines("pillars") == [("Protection and assistance", 40), ("Prevention", 12)]
    assert facts.lines("grounds") == [("Sex or gender", 40)]
    assert dict(facts.roles) == {"Country of origin": 30, "Country of destination": 12}
    told = " ".join(facts.lessons)
    assert "100% of the people reached were women and girls" in told
    assert "38% were recruited through the Internet" in told
    assert running.organisation.name not in repr(facts)


def test_anybody_may_have_it_and_observer_and_manager_are_led_to_it(
    scene: Scene, client: StrictClient, sign_in_as: SignInAs
) -> None:
    scene.run()
    scene.session.commit()
    code = scene.fund.code
    address = f"/documents/briefing/{code}.pdf"
    assert client.get(f"/documents/briefing/{code}.json").status_code == 200
    observer = sign_in_as(staff(scene.session, Role.OBSERVER))
    assert address in observer.get(f"/dashboard/{code}/portfolio").text
    assert address in sign_in_as(scene.people.manager).get(f"/dashboard/{code}").text
