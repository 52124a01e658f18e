"""Spending is told by the organisation's own budget lines, and in its currency at its rate."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money, to_usd, total, usd
from grants.granting.reporting.answers import content_of
from grants.granting.reporting.content import Content
from grants.granting.reporting.drafts import save_section
from grants.granting.reporting.files import add_file
from grants.granting.reporting.models import FileKind
from grants.granting.reporting.planned import reported_lines
from grants.granting.reporting.projects import spending_lines
from grants.granting.reporting.queries import budget_of
from grants.granting.reporting.questions import SPENT, SpendingLine
from grants.granting.reporting.service import submit
from grants.granting.reporting.work import Work
from grants.papers.statements.catalogue import paper_of
from grants.platform.file_checks.checks import Upload
from seeds.scans import page_saying
from tests.factories import a_call, a_submission, act_of
from tests.grants import Scene, report_content

LINES = (
    SpendingLine("line_1", "staff", {"en": "Nurse"}, usd(100)),
    SpendingLine("line_2", "staff", {"en": "Cook"}, usd(50)),
    SpendingLine("rent", "rent", {"en": "Rent"}, usd(70)),
)


@pytest.fixture
def promised(scene: Scene) -> Scene:
    """A running grant on an application with a budget of its own lines."""
    call = a_call(scene.session, scene.fund)
    scene.award.application = a_submission(scene.session, call, name="Lines")
    return scene.run()


def test_the_lines_of_the_application_share_out_what_each_category_has(promised: Scene) -> None:
    session, award = promised.session, promised.award
    lines = spending_lines(session, award)
    assert any(not line.is_category and line.name for line in lines)
    for category in budget_of(session, award.id):
        shares = [line.budget for line in lines if line.category == category.category]
        assert total(shares) == category.amount


def by_line(scene: Scene, cents: int) -> Content:
    """So many cents for each line, and the categories that they make."""
    session, report = scene.session, scene.reports[0]
    lines = spending_lines(session, scene.award)
    expenditure: dict[str, Money] = {}
    for line in lines:
        expenditure[line.category] = expenditure.get(line.category, usd(0)) + usd(cents)
    own_lines = {line.key: usd(cents) for line in lines if not line.is_category}
    return replace(report_content(session, report), expenditure=expenditure, lines=own_lines)


def test_spending_by_line_adds_up_to_the_categories_and_stands_on_the_paper(
    promised: Scene,
) -> None:
    session, (first, second) = promised.session, promised.reports
    act = act_of(session, promised.people.grantee)
    content = by_line(promised, 700)
    with pytest.raises(ValueError, match="do not add up"):
        submit(session, first, _one_cent_more(content), act)
    submit(session, first, content, act)
    told = reported_lines(session, second, content_json(content))
    assert {(line.before, line.now) for line in told} == {(usd(700), usd(700))}
    facts = paper_of(session, "grant-report", f"{promised.award.reference}/1").facts
    assert total(line.now for line in facts.own_lines) == content.spent
    assert Work(session, first).content.lines == content.lines


def content_json(content: Content) -> dict[str, str]:
    return {key: str(amount) for key, amount in content.lines.items()}


def _one_cent_more(content: Content) -> Content:
    key = next(iter(content.lines))
    return replace(content, lines={**content.lines, key: content.lines[key] + usd(1)})


def values(currency: str, rate: str, *amounts: str) -> dict[str, str]:
    asked = {f"{SPENT}{line.key}": text for line, text in zip(LINES, amounts, strict=True)}
    return {**asked, "currency": currency, "rate": rate, "rate_source": "Advice of the bank"}


@given(
    amounts=st.tuples(*(st.integers(0, 10**9) for _line in LINES)),
    rate=st.decimals(Decimal("0.0001"), Decimal(50_000), places=4),
)
def test_amounts_of_another_currency_are_told_in_usd_line_by_line(
    amounts: tuple[int, ...], rate: Decimal
) -> None:
    typed = [str(Money(cents, "MXN")) for cents in amounts]
    content = content_of(values("MXN", str(rate), *typed), LINES)
    each = [to_usd(Money(cents, "MXN"), rate) for cents in amounts]
    assert content.expenditure == {"staff": each[0] + each[1], "rent": each[2]}
    assert content.spent == total(each)
    assert content.exchange is not None
    assert list(content.exchange.amounts.values()) == [Money(cents, "MXN") for cents in amounts]


def test_a_category_is_told_when_all_of_its_lines_are() -> None:
    content = content_of({f"{SPENT}line_1": "5.00", f"{SPENT}rent": "1.00"}, LINES)
    assert content.expenditure == {"rent": usd(100)}
    assert content.exchange is None


def test_a_rate_needs_its_source_and_its_evidence(scene: Scene) -> None:
    session, report = scene.session, scene.run().reports[0]
    act = act_of(session, scene.people.grantee)
    typed = {f"q_{SPENT}{line.key}": ["1,850"] for line in Work(session, report).lines}
    chosen = {"q_currency": ["MXN"], "q_rate": ["18.5"]}
    save_section(session, report, "money", typed | chosen, 0, act)
    work = Work(session, report)
    assert {problem.question for problem in work.part("money").problems} == {"rate", "rate_source"}
    with pytest.raises(DomainError, match="evidence of the exchange rate"):
        submit(session, report, _told(scene, work), act)
    upload = Upload("Advice.pdf", page_saying("Credit advice: 18.5"))
    add_file(session, report, FileKind.RATE, upload, act)
    source = chosen | {"q_rate_source": ["Advice of the bank, 3 May"]}
    save_section(session, report, "money", typed | source, work.part("money").version, act)
    work = Work(session, report)
    assert work.part("money").problems == []
    submit(session, report, _told(scene, work), act)
    assert report.spent == usd(10_000 * len(work.lines))
    assert report.exchange["rate"] == "18.5"
    assert Work(session, report).content.exchange == work.content.exchange


def _told(scene: Scene, work: Work) -> Content:
    """A whole report with the money as it is written."""
    return replace(
        report_content(scene.session, work.report),
        expenditure=work.content.expenditure,
        exchange=work.content.exchange,
    )
