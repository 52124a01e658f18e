"""What a fund is about a whole year: contributions by donor, the annex, the report to a donor."""

import io
import json
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from grants.books.ledger.cash import source_and_use
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import enter_organisation
from grants.giving.contributions.service import allocate
from grants.papers.statements.builders.funds.story import story_of
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import render, workbook
from grants.papers.typesetting.paper import Span, as_json
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates
from tests.factories import a_deposit, a_pledge, act_of, staff
from tests.grants import Scene, an_accepted_report, pay
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import StrictClient

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def told(session: Session, document: str, reference: str, span: Span = YEAR) -> dict[str, Any]:
    facts: dict[str, Any] = as_json(paper_of(session, document, reference, span).facts)
    return facts


@pytest.fixture
def donors(session: Session, fund: Fund) -> tuple[Organisation, Organisation]:
    """One that is named; another, with a formula for a name, that does not want to be. The first
    sent a part without a name, which was found out in March.
    """
    publish_rates(session)
    open_, shy = (
        enter_organisation(session, "Arcadia", DonorKind.MEMBER_STATE, "GR", code="ARC"),
        enter_organisation(
            session, "=1+1 Quiet Hands", DonorKind.IGO, None, code="QH", public_name=False
        ),
    )
    pledge = a_pledge(session, fund, eur("90000"), open_, pledged_on=JANUARY)
    a_deposit(session, fund, pledge, eur("8990"), value_on=JANUARY, fee=eur("10"))
    lost = a_deposit(session, fund, None, eur("8000"), value_on=FEBRUARY)
    allocate(session, lost, pledge, act_of(session, staff(session, Role.FINANCE_OFFICER)), MARCH)
    quiet = a_pledge(session, fund, eur("900"), shy, pledged_on=JANUARY)
    a_deposit(session, fund, quiet, eur("900"), value_on=JANUARY)
    return open_, shy


def test_contributions_by_donor_are_what_source_and_use_calls_contributions(
    session: Session, fund: Fund, donors: object
) -> None:
    for span in (
        YEAR,
        Span(date(2026, 2, 1), date(2026, 2, 28)),
        Span(date(2024, 6, 1), date(2026, 3, 9)),
        Span(date(2026, 3, 10), date(2026, 3, 10)),
    ):
        books = source_and_use(session, fund, span.since, span.until).source.contributions
        for document in ("contributions", "public-contributions"):
            facts = told(session, document, "UNVTF", span)
            assert facts["total"] == str(books), (document, span)
            assert sum(map(cents, facts["amounts"])) == cents(facts["total"])


def cents(text: str) -> int:
    return Money.parse(text, "USD").minor


def test_every_donor_stands_in_its_kind_with_its_years(
    session: Session, fund: Fund, donors: object
) -> None:
    facts = told(session, "contributions", "unvtf", Span(date(2025, 1, 1), date(2026, 12, 31)))
    assert facts["years"] == [2025, 2026]
    states, others = facts["groups"]
    assert states["kind"] == "member_state"
    assert states["donors"][0]["amounts"] == ["0.00", "20000.00"]
    assert others["donors"][0]["name"] == "=1+1 Quiet Hands"
    assert facts["donors"] == 2


def test_the_public_never_reads_the_name_of_whoever_does_not_want_it(
    session: Session, fund: Fund, donors: object, client: StrictClient
) -> None:
    session.commit()
    query = "?from=2026-01-01&to=2026-12-31"
    answer = client.get(f"/documents/public-contributions/UNVTF.json{query}")
    assert answer.status_code == 200
    assert "Quiet" not in answer.text
    assert "QH" not in answer.text
    (line,) = json.loads(answer.data)["groups"][1]["donors"]
    assert (line["donor"], line["name"], line["total"]) == (
        None,
        "Anonymous donors (1)",
        "1000.00",
    )
    pdf = client.get(f"/documents/public-contributions/UNVTF.pdf{query}").data
    book = client.get(f"/documents/public-contributions/UNVTF.xlsx{query}").data
    assert "Quiet" not in text_of(pdf)
    assert "Quiet" not in _cells(book)
    assert client.get(f"/documents/contributions/UNVTF.pdf{query}").status_code == 302
    annex = told(session, "annex", "UNVTF")
    assert "Quiet" not in json.dumps(annex)
    assert [line["name"] for line in annex["donors"]] == ["Arcadia", "Anonymous donors"]


def _cells(book: bytes) -> str:
    sheets = load_workbook(io.BytesIO(book)).worksheets
    return " ".join(str(cell.value) for sheet in sheets for row in sheet for cell in row)


def test_a_workbook_holds_figures_as_figures_and_no_formula(
    session: Session, fund: Fund, donors: object
) -> None:
    name, content = workbook(session, "contributions", "UNVTF", YEAR)
    assert name.endswith(".xlsx")
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows[0] == ["Type of donor", "Donor", "Country", "2026", "Total, USD"]
    assert rows[1] == ["Member State", "Arcadia", "Greece", 20000, 20000]
    assert rows[2][1] == "=1+1 Quiet Hands"
    assert [cell.data_type for cell in sheet[3]][1] == "s"
    assert rows[-1][-1] == 21000


def test_more_years_than_a_page_holds_are_refused_in_words(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError, match="8 years"):
        paper_of(session, "contributions", "UNVTF", Span(date(2018, 12, 31), date(2026, 1, 1)))


def test_the_annex_ties_to_the_books_and_names_pledges_apart(
    session: Session, fund: Fund, donors: object
) -> None:
    facts = told(session, "annex", "UNVTF")
    assert facts["received"] == facts["statement"]["source"]["contributions"] == "21000.00"
    assert facts["pledged"] == "101000.00"
    assert (facts["grants"], facts["awarded"]) == (0, "0.00")
    assert "1 January 2026 to 31 December 2026" in text_of(
        render(session, "annex", "UNVTF", YEAR)[1]
    )
    sheets = load_workbook(io.BytesIO(workbook(session, "annex", "UNVTF", YEAR)[1])).sheetnames
    assert sheets[:3] == ["Contributions", "Source and use", "Grants"]
    assert len(sheets) == 7


def test_a_report_to_a_donor_tells_no_title_of_an_organisation_that_is_not_named(
    session: Session, fund: Fund, scene: Scene
) -> None:
    scene.run()
    an_accepted_report(session, scene.reports[0], scene.people, reached=20)
    with session.no_autoflush:
        fund.smallest_count = 2
        story = story_of(session, fund, scene.reports[0].covers_to.year)
        session.expire(fund)
    assert story is not None
    assert (story.title, story.country) == (None, "HN")


def test_grants_and_people_stand_in_the_annex_and_in_a_donors_report(
    session: Session, fund: Fund, donors: tuple[Organisation, Organisation], scene: Scene
) -> None:
    scene.run()
    year = scene.award.approved_on.year
    pay(session, scene.instalments[0], scene.people, scene.award.approved_on)
    an_accepted_report(session, scene.reports[0], scene.people, reached=5)
    span = Span(date(year, 1, 1), date(year, 12, 31))
    facts = told(session, "annex", "UNVTF", span)
    assert (facts["grants"], facts["awarded"]) == (1, "20000.00")
    (region,) = facts["regions"]
    assert (region["region"], region["countries"][0]["country"]) == ("latin_american", "HN")
    report = told(session, "donor-report", "ARC", span)
    assert report["grants"] == 1
    assert report["paid"] == str(scene.instalments[0].amount)
    assert report["regions"][0]["countries"][0]["amount"] == report["paid"]
    assert report["story"] is None, "too few people to be told of"
    with session.no_autoflush:
        fund.smallest_count, scene.award.organisation.may_be_named = 2, True
        story = story_of(session, fund, scene.reports[0].covers_to.year)
        session.expire(fund)
    assert story is not None
    assert (story.title, story.country) == (scene.award.title, "HN")
    assert {term.value for term in story.services} == {
        code for code, count in scene.reports[0].services.items() if count >= 2
    }
    sexes = next(table for table in facts["people"]["tables"] if table["by"] == "sex")
    women = next(row for row in sexes["rows"] if row["code"] == "female")
    assert women["counts"][-1] in (14, None)
    assert facts["people"]["smallest"] == fund.smallest_count


def test_a_donors_report_tells_its_share_and_wants_a_calendar_year(
    session: Session, fund: Fund, donors: object
) -> None:
    facts = told(session, "donor-report", "ARC")
    assert (facts["received"], facts["share"], facts["year"]) == ("20000.00", "95.2", 2026)
    (gift,) = facts["gifts"]
    assert (gift["pledged"], gift["received"], gift["outstanding"]) == (
        "90000.00",
        "17000.00",
        "73000.00",
    )
    with pytest.raises(DomainError, match="calendar year"):
        paper_of(session, "donor-report", "ARC", Span(date(2026, 1, 1), date(2026, 6, 30)))


def test_any_document_can_be_had_on_the_command_line(
    app: Flask, session: Session, fund: Fund, donors: object, tmp_path: Any
) -> None:
    session.commit()
    days = ("--from", "2026-01-01", "--to", "2026-12-31")

    def run(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=["statement", "paper", *words])

    told = json.loads(run("annex", "UNVTF", *days, "--json").stdout)
    assert (told["fund"], told["status"]) == ("UNVTF", "provisional")
    for option, name in (("--out", "a.pdf"), ("--xlsx", "a.xlsx")):
        assert run("annex", "UNVTF", *days, option, str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert run("donor-report", "ARC", *days, "--xlsx", str(tmp_path / "b")).exit_code == 2
    assert run("annex", "UNVTF", *days).exit_code == 2
    assert run("annex", "UNVTF", "--json").exit_code == 2
    assert run("nothing", "UNVTF", *days, "--json").exit_code == 2
