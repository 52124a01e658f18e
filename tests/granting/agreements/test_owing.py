"""What the grantee owes and what it is owed, with days, and what a payment waits for."""

from datetime import UTC, date, datetime, time, timedelta

from grants.core.kernel import clock
from grants.core.kernel.money import total, usd
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.granting.agreements.owing import Owing, days_in_words, owing_on
from grants.granting.agreements.queries import progress_by_grant
from grants.granting.findings.service import answer
from tests.factories import act_of, an_organisation
from tests.granting.findings.register import a_finding
from tests.grants import Scene, a_running_grant, an_approved_award, pay
from tests.platform.web.client import SignInAs


def owing(scene: Scene, day: date | None = None) -> Owing:
    on = day or clock.today()
    with clock.at(datetime.combine(on, time(12), UTC)):
        progress = progress_by_grant(scene.session, [scene.award])
        return owing_on(scene.session, [scene.award], progress, on)


def test_the_fund_owes_what_is_not_paid_and_says_what_it_waits_for(scene: Scene) -> None:
    running = scene.run()
    first = owing(running)
    assert first.to_pay == total(part.amount for part in running.instalments)
    assert first.to_refund == usd(0)
    (payment,) = [line for line in first.to_grantee if line.step.kind == "payment"]
    assert payment.amount == running.instalments[0].amount
    pay(running.session, running.instalments[0], running.people, clock.today())
    second = owing(running)
    assert second.to_pay == first.to_pay - running.instalments[0].amount
    (payment,) = [line for line in second.to_grantee if line.step.kind == "payment"]
    assert any("report" in condition for condition in payment.waits_for)


def test_a_report_is_owed_with_the_days_that_are_left_or_late(scene: Scene) -> None:
    report = scene.run().reports[0]
    for shift, late, words in ((-12, False, "in 12 days"), (1, True, "1 day late")):
        on = report.due_on + timedelta(shift)
        lines = [line for line in owing(scene, on).by_grantee if line.step.kind == "report"]
        assert lines[0].step.late is late
        assert lines[0].days_in_words(on) == words
    assert days_in_words(report.due_on, report.due_on) == "today"
    assert days_in_words(None, report.due_on) == ""


def test_a_finding_is_owed_until_it_is_answered(scene: Scene, sign_in_as: SignInAs) -> None:
    """On the page of all grants and on that of the grant, with a link to where it is answered."""
    running = scene.run()
    finding = a_finding(running)
    (line,) = [line for line in owing(running).by_grantee if line.step.kind == "finding"]
    assert (line.step.by, line.step.late) == (finding.due_on, False)
    running.session.commit()
    browser = sign_in_as(scene.people.grantee)
    for page in ("/grants", f"/grants/{scene.award.reference}"):
        assert f'href="/findings/{finding.reference}"' in browser.get(page).text
    answer(running.session, finding, "Here.", act_of(running.session, scene.people.grantee))
    assert not [line for line in owing(running).by_grantee if line.step.kind == "finding"]


def test_both_sides_are_on_the_page_of_the_grantee(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    scene.session.commit()
    browser = sign_in_as(scene.people.grantee)
    page = browser.get("/grants").text
    assert "What you owe us" in page
    assert "What we owe you" in page
    assert "still to be paid" in page
    assert 'href="/grants"' in browser.get("/start").text


def test_who_acts_for_two_organisations_reads_whose_each_thing_is(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    session, grantee = scene.session, scene.people.grantee
    other = an_organisation(session, "Casa Dos")
    award = an_approved_award(session, scene.fund, other, scene.people.approver)
    a_running_grant(session, award, scene.people.manager)
    session.commit()
    browser = sign_in_as(grantee)
    assert "Casa Dos" not in browser.get("/grants").text
    appoint(session, grantee, Role.ORGANISATION_ADMIN, organisation=other)
    session.commit()
    page = browser.get("/grants").text
    owed = page[page.index("What you owe us") : page.index("What we owe you")]
    assert owed.count("Casa Dos") == 3, "bank details and two reports"
    assert scene.award.organisation.name in owed
    assert "Casa Dos" in browser.get("/start").text
