"""A report is kept while it is written, sent when it adds up, accepted or sent back by the fund."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.submissions.dossier import dossier
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.kernel.money import Money, total, usd
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.queries import viewer_of
from grants.core.people.role_permissions import GRANTED
from grants.core.people.viewer import Viewer
from grants.granting.payments.refunds import record_refund
from grants.granting.reporting.differences import differences_of
from grants.granting.reporting.drafts import save_section
from grants.granting.reporting.models import BudgetLine, Report
from grants.granting.reporting.queries import (
    budget_of,
    figures,
    late_with_us,
    overdue,
    report_for_viewer,
    spending,
    spent,
    to_correct,
    to_read,
    to_write,
    warnings_on,
)
from grants.granting.reporting.service import accept, send_back, submit
from grants.granting.reporting.work import Work
from grants.granting.reporting.workflow import ReportPart, ReportState
from grants.granting.results.editions import people_reached
from grants.granting.results.queries import results_of, years_with_results
from grants.granting.results.service import next_edition
from grants.platform.messages.models import Message
from grants.platform.questions.reading import Fault
from tests.books.ledger.books import settle
from tests.factories import a_call, a_submission, act_of, an_organisation, member, staff
from tests.grants import (
    Scene,
    a_running_grant,
    accept_report,
    an_accepted_report,
    an_approved_award,
    cash,
    once_ended,
    pay,
    publish_results,
    report_content,
)


def viewing(scene: Scene, person: Person) -> Viewer:
    viewer = viewer_of(scene.session, person.id)
    assert viewer is not None
    return viewer


def send(scene: Scene, at: int = 0, **changed: Any) -> Report:
    report = scene.reports[at]
    content = replace(report_content(scene.session, report), **changed)
    submit(scene.session, report, content, act_of(scene.session, scene.people.grantee))
    return report


def refused(scene: Scene, match: str, at: int = 0, **changed: Any) -> None:
    with pytest.raises(DomainError, match=match):
        send(scene, at, **changed)
    assert scene.reports[at].state is ReportState.DUE


def spend(scene: Scene, *amounts: str) -> dict[str, Money]:
    """So much in each of the first categories."""
    lines = budget_of(scene.session, scene.award.id)
    told = [*amounts, *["0"] * len(lines)]
    return {line.category: Money.parse(told[at], "USD") for at, line in enumerate(lines)}


def test_a_report_is_sent_read_and_accepted_and_each_side_is_told(running: Scene) -> None:
    session, people = running.session, running.people
    report = send(running)
    assert (report.state, report.people, report.spent) == (
        ReportState.SUBMITTED,
        14,
        usd(100_000),
    )
    accept(session, report, ReportPart.NARRATIVE, act_of(session, people.officer))
    assert not report.decided_at, "the finances are not accepted yet"
    assert spent(session, running.award.id) == usd(0)
    accept(session, report, ReportPart.FINANCES, act_of(session, people.finance))
    assert report.state is ReportState.ACCEPTED
    told = session.scalars(
        select(Message).where(Message.event.startswith("report:")).order_by(Message.id)
    ).all()
    assert [(m.recipient.split("@")[0], m.event.split(":")[2]) for m in told] == [
        ("programme.officer", "submitted"),
        ("finance.officer", "submitted"),
        ("luz.casa-segura", "received"),
        ("luz.casa-segura", "accepted"),
    ]
    assert spent(session, running.award.id) == usd(100_000)


def test_a_report_sent_back_tells_why_can_be_mended_and_sent_again(running: Scene) -> None:
    session, people = running.session, running.people
    report = send(running)
    officer = people.officer
    with pytest.raises(DomainError, match="in at least one section"):
        send_back(session, report, {"story": " "}, act_of(session, officer))
    shelter = {"story": "Say more about the shelter."}
    send_back(session, report, shelter, act_of(session, officer))
    assert report.state is ReportState.SENT_BACK
    send(running, narrative="The shelter held 14 women.")
    send_back(session, report, {"people": "And the men?"}, act_of(session, officer))
    send(running)
    told = session.scalars(
        select(Message).where(Message.event.contains(":sent_back:")).order_by(Message.id)
    ).all()
    assert ["Say more about the shelter." in told[0].text, "And the men?" in told[1].text] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"beneficiaries": {}, "exploitation": {}}, "0 if there were none"),
        ({"narrative": " "}, "Fill in “What did you do in this period"),
        ({"challenges": ""}, "Fill in “What difficulties"),
        ({"exploitation": {"sexual": 13}}, "14 people by sex and age, and 13 by form"),
        ({"beneficiaries": {"female": {"0-11": -1, "12-17": 15}}}, "below 0"),
        ({"services": {"legal": -1}}, "below 0"),
        ({"expenditure": {"staff": usd(1)}}, "each budget category"),
        ({"expenditure": {}}, "each budget category"),
    ],
)
def test_what_is_missing_or_does_not_add_up_is_named(
    running: Scene, changed: dict[str, Any], match: str
) -> None:
    refused(running, match, **changed)


def test_an_amount_below_nothing_and_more_than_the_grant_is_refused(running: Scene) -> None:
    refused(running, "below 0", expenditure=spend(running, "5", "-1"))
    refused(running, r"20000\.01 USD, and the grant is", expenditure=spend(running, "20000.01"))
    send(running, expenditure=spend(running, "12000"))
    refused(running, r"add up to 20000\.01", 1, expenditure=spend(running, "8000.01"))


def test_a_code_that_no_page_offers_is_a_fault_of_the_program(running: Scene) -> None:
    with pytest.raises(ValueError, match="unknown codes"):
        send(running, services={"name of a victim": 1})


def test_reports_are_sent_and_accepted_in_order(running: Scene) -> None:
    refused(running, "earlier report first", 1)
    first = send(running)
    second = send(running, 1)
    with pytest.raises(DomainError, match="earlier report first"):
        accept_report(running.session, second, running.people)
    accept_report(running.session, first, running.people)
    accept_report(running.session, second, running.people)


def test_no_report_is_submitted_before_the_end_of_its_period(running: Scene) -> None:
    report = running.reports[0]
    report.covers_to = clock.today() + timedelta(1)
    report.due_on = report.covers_to + timedelta(30)
    refused(running, "It can be submitted from that day", narrative="Done already.")
    report.covers_to = clock.today()
    send(running)


def test_spending_above_what_was_received_or_above_a_line_is_told_to_both_sides(
    running: Scene,
) -> None:
    with_a_budget(running)
    session, people = running.session, running.people
    first = running.reports[0]
    within = figures(session, first, spend(running, "8000", "0"))
    assert len(warnings_on(session, first, within)) == 1, "nothing has been paid yet"
    pay(session, running.instalments[0], people, clock.today())
    assert warnings_on(session, first, within) == []
    above = figures(session, first, spend(running, "666.67", "7333.34"))
    received, line = warnings_on(session, first, above)
    assert "8,000.01" in received
    assert "8,000.00 has been received" in received
    assert line.startswith("Direct aid: USD\N{NO-BREAK SPACE}7,333.34 spent of a budget of")
    finance = act_of(session, people.finance)
    record_refund(session, running.award, usd(100), clock.today(), "BACK-1", finance)
    assert "7,999.00 has been received" in warnings_on(session, first, within)[0]


def with_a_budget(scene: Scene) -> None:
    """As if the application had asked for two parts of staff and one of aid."""
    session = scene.session
    session.execute(text("DELETE FROM budget_line"))
    session.add_all(
        BudgetLine(
            award_id=scene.award.id,
            category=code,
            position=at,
            label={"en": name},
            amount_minor=cents,
        )
        for at, (code, name, cents) in enumerate(
            (("staff", "Staff", 1_333_334), ("aid", "Direct aid", 666_666))
        )
    )
    session.flush()


def test_the_budget_of_the_application_is_brought_to_the_award_to_the_cent(
    session: Session, fund: Fund
) -> None:
    cash(session, fund)
    call = a_call(session, fund)
    application = a_submission(session, call, usd=12_000)
    award = an_approved_award(
        session, fund, application.organisation, staff(session, Role.APPROVING_OFFICER), "7000.01"
    )
    award.application_id = application.id
    a_running_grant(session, award, staff(session, Role.FUND_MANAGER))
    lines = budget_of(session, award.id)
    asked = dict(dossier(session, application).budget)
    assert sum(asked.values(), usd(0)) == Money.parse("12000", "USD")
    assert [line.name for line in lines] == list(asked)
    assert sum(line.amount_minor for line in lines) == 700_001
    for line in lines:
        exact = asked[line.name].minor * 700_001 / 1_200_000
        assert abs(line.amount_minor - exact) < 2


def test_without_a_budget_the_usual_categories_hold_and_ask_for_no_explanation(
    running: Scene,
) -> None:
    lines = budget_of(running.session, running.award.id)
    assert lines[0].name == "Direct aid to victims"
    assert {line.amount_minor for line in lines} == {0}
    send(running, expenditure=spend(running, "19999"))


def test_budget_and_actual_stand_side_by_side(running: Scene) -> None:
    with_a_budget(running)
    send(running, expenditure=spend(running, "10000", "2000"))
    second = running.reports[1]
    told = figures(running.session, second, spend(running, "3000.34", "3000"))
    staff_, aid = told.lines
    assert (staff_.budget, staff_.before, staff_.now) == (
        usd(1_333_334),
        usd(1_000_000),
        usd(300_034),
    )
    assert (staff_.so_far, staff_.left) == (usd(1_300_034), usd(33_300))
    assert (aid.so_far, aid.is_over, aid.is_under) == (usd(500_000), False, True)
    assert (told.budget, told.so_far) == (usd(2_000_000), usd(1_800_034))
    assert spending(running.session, running.award.id, running.reports).so_far == usd(0)


def test_a_difference_beyond_a_tenth_asks_for_its_explanation(running: Scene) -> None:
    with_a_budget(running)
    more, less = spend(running, "0", "7333.34"), spend(running, "11999.99", "0")
    sentence = r"Direct aid: USD\s7,333\.34 spent of a budget of USD\s6,666\.66, 10% more\. Say why"
    refused(running, sentence, expenditure=more, explanations={})
    send(running, expenditure=spend(running, "0", "7333.33"), explanations={})
    refused(running, "Staff.*10% less. Say why", 1, expenditure=less, explanations={})
    second = send(running, 1, expenditure=less, explanations={"staff": "A post was vacant."})
    (told,) = differences_of(running.session, second)
    assert (told.name, told.percent, told.reason) == ("Staff", -10, "A post was vacant.")


def test_a_line_without_a_figure_is_asked_for_it_and_not_for_a_reason_too(running: Scene) -> None:
    with_a_budget(running)
    session, final = running.session, running.reports[1]
    act = act_of(session, running.people.grantee)
    save_section(session, final, "money", {"q_spent_aid": ["1.00"]}, 0, act)
    work = Work(session, final)
    problems = [(p.question, p.fault) for p in work.part("money").problems]
    assert ("spent_staff", Fault.MISSING) in problems
    assert ("explain_staff", Fault.WRONG) not in problems
    assert ("explain_aid", Fault.WRONG) in problems


def test_one_grantee_neither_sees_nor_writes_anothers_report(running: Scene) -> None:
    session, report = running.session, running.reports[0]
    stranger = member(session, an_organisation(session, "Nova Vita", "MD"), name="Iva Munteanu")
    with pytest.raises(Missing):
        report_for_viewer(session, running.award.reference, 1, viewing(running, stranger))
    act = act_of(session, stranger)
    with pytest.raises(Forbidden):
        submit(session, report, report_content(session, report), act)
    with pytest.raises(Forbidden):
        save_section(session, report, "story", {}, 0, act)
    own = viewing(running, running.people.grantee)
    assert report_for_viewer(session, running.award.reference, 1, own) is report


@pytest.mark.parametrize("role", list(Role))
def test_only_the_grantee_writes_and_only_the_programme_officer_accepts(
    running: Scene, role: Role
) -> None:
    session, report = running.session, running.reports[0]
    outside = role in OUTSIDE
    if outside:
        person = member(session, running.organisation, role, "Any Body")
    else:
        person = staff(session, role, "Any Body")
    act = act_of(session, person, "A reason.")
    content = report_content(session, report)
    if Permission.REPORT_WRITE in GRANTED[role]:
        submit(session, report, content, act)
    else:
        with pytest.raises(Forbidden):
            submit(session, report, content, act)
        send(running)
    sections = {ReportPart.NARRATIVE: {"people": "Why?"}, ReportPart.FINANCES: {"money": "Why?"}}
    for part, corrections in sections.items():
        if part.permission in GRANTED[role]:
            accept(session, report, part, act)
            continue
        with pytest.raises(Forbidden):
            accept(session, report, part, act)
        with pytest.raises(Forbidden):
            send_back(session, report, corrections, act)


def test_the_to_do_list_counts_reports_for_each_side(running: Scene) -> None:
    session, people = running.session, running.people
    interim = running.reports[0]
    grantee, officer = (viewing(running, p) for p in (people.grantee, people.officer))

    def counts(viewer: Viewer, day: date) -> tuple[int, ...]:
        """To write in time, overdue; to read, late with us."""
        with clock.at(datetime.combine(day, time(12), UTC)):
            each = (to_write, overdue, to_read, late_with_us)
            return tuple(session.scalar(count(viewer)) or 0 for count in each)

    soon, late = interim.due_on - timedelta(30), interim.due_on + timedelta(1)
    assert counts(grantee, soon - timedelta(1)) == (0, 0, 0, 0)
    assert counts(grantee, soon) == (1, 0, 0, 0)
    assert counts(grantee, late) == (0, 1, 0, 0), "once, as overdue"
    assert counts(officer, late) == (0, 0, 0, 1)
    send(running)
    assert counts(officer, late) == (0, 0, 1, 0)
    assert counts(grantee, late) == (0, 0, 0, 0)
    send_back(session, interim, {"story": "More."}, act_of(session, people.officer))
    assert counts(grantee, soon) == (0, 0, 0, 0)
    assert session.scalar(to_correct(grantee)) == 1


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE report SET narrative = 'Other' WHERE number = 1",
        "UPDATE report SET spent_minor = 0 WHERE number = 1",
        'UPDATE report SET line_spending = \'{"a": "1.00"}\' WHERE number = 1',
        "UPDATE report SET results = '{\"1\": {}}' WHERE number = 1",
        "DELETE FROM report WHERE number = 1",
    ],
)
def test_the_database_keeps_what_was_sent(running: Scene, attack: str) -> None:
    send(running)
    settle(running.session)

    def run() -> None:
        with running.session.begin_nested():
            running.session.execute(text(attack))

    with pytest.raises(DBAPIError, match="never changed"):
        run()


def test_the_public_sees_people_reached_and_no_small_count(running: Scene) -> None:
    session = running.session
    empty = people_reached(session, running.fund)
    assert empty.total is None
    content: dict[str, Any] = {
        "beneficiaries": {"female": {"18-24": 40, "12-17": 12}, "male": {"25-59": 20}},
        "exploitation": {"sexual": 30, "labour": 40, "begging": 2},
        "services": {"shelter": 52, "legal": 3},
    }
    report = send(running, **content)
    with once_ended(report):
        assert people_reached(session, running.fund).total is None
        accept_report(session, report, running.people)
        assert people_reached(session, running.fund).total is None, "not published yet"
        publish_results(session, running.fund, running.people)
        found = people_reached(session, running.fund)
    assert found.total == 72
    assert found.by_sex.lines == [("Women and girls", 52), ("Men and boys", 20)]
    assert found.by_sex.nobody == "Other or not disclosed"
    assert found.by_age.count("18-24") == 40
    assert found.by_age.count("12-17") == 12
    assert found.by_form.count("begging") is None
    assert sum(count for _name, count in found.by_form.lines) == 72
    assert found.services["shelter"] == 52
    assert found.services["legal"] is None


def test_people_of_several_reports_and_another_fund_are_kept_apart(running: Scene) -> None:
    session = running.session
    with once_ended(running.reports[-1]):
        for report in running.reports:
            an_accepted_report(session, report, running.people)
        publish_results(session, running.fund, running.people)
        assert people_reached(session, running.fund).total == 28
        other = establish(session, Charter("OTHER", {"en": "Another fund"}, {"en": "Aid"}))
        assert people_reached(session, other).total is None


def test_a_year_tells_what_was_paid_in_it_and_whom_its_reports_reached(running: Scene) -> None:
    session, first = running.session, running.reports[0]
    year = first.covers_to.year
    with once_ended(first):
        an_accepted_report(session, first, running.people)
        with clock.at(datetime(year - 1, 12, 31, 12, tzinfo=clock.zone())):
            assert not next_edition(session, running.fund).reports, "the year has not begun"
        publish_results(session, running.fund, running.people)
        assert year in years_with_results(session, running.fund)
        found = results_of(session, running.fund, year)
        ever = people_reached(session, running.fund)
        assert found.people == replace(ever, roles={}), "roles are told of all years only"
        assert results_of(session, running.fund, 1999).people.total is None


def test_what_a_grantee_sent_back_is_not_counted_as_paid(running: Scene) -> None:
    session, fund, people = running.session, running.fund, running.people
    today = clock.today()
    pay(session, running.instalments[0], people, today)
    finance = act_of(session, people.finance)
    record_refund(session, running.award, usd(10_000), today, "BACK-1", finance)
    paid = balances(session, fund).grant_expense
    found = [results_of(session, fund, year) for year in years_with_results(session, fund)]
    assert total(one.paid - one.returned for one in found) == paid > usd(0)
    assert [one.returned for one in found] == [usd(10_000)]
    assert [(line.country, line.grants) for line in found[0].countries] == [
        (running.award.country, 1)
    ]
