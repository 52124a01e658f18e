"""Every public figure, wherever it stands, adds up to the ledger: over random histories."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from grants.books.certificates.service import bytes_of
from grants.books.ledger.accounts import Account
from grants.books.ledger.periods import close, still_open
from grants.books.ledger.queries import account_sums
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.deciding.announcements.public_names import count_unpublished
from grants.desk.dashboards.portfolio import portfolio_of, sum_of
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in
from grants.granting.results.editions import people_reached
from grants.granting.results.service import next_edition, publish_edition
from grants.papers.certification.certifying import certify
from grants.papers.statements.builders.funds.annex import annex
from grants.papers.statements.builders.funds.fund import fund_statement
from grants.papers.typesetting.paper import Span, as_json
from grants.platform.web.allowance import Allowances
from grants.publishing.api import views
from grants.publishing.facts.grants import totals_of
from grants.publishing.facts.money import years_of_books
from grants.publishing.tables.years import YEARS
from tests.cases import cases
from tests.desk.moving_in.history.histories import full_histories
from tests.factories import act_of, staff
from tests.platform.web.client import StrictClient
from tests.publishing.standards import rules

SUPPORT = Decimal(13)
Rows = list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.mark.many
@pytest.mark.timeout(900)
@settings(
    max_examples=cases(6, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_public_figure_is_the_ledgers(
    app: Flask, client: StrictClient, database: Database, folder: Path, data: Any
) -> None:
    files = data.draw(full_histories(folder, SUPPORT))
    with database.session() as session:
        fund = fund_by_code(session, "UNVTF")
        fund.names_grantees = data.draw(st.booleans())
        take_over(session, fund.code, given_in(files.write(folder)))
        session.flush()
        _publish_people(session, fund)
        app.config["QUERY_BUDGET"] = 200
        views.ALLOWED = Allowances()
        _compare_everything(session, fund, client)
        _compare_certified(session, fund, client, data.draw(st.randoms(use_true_random=False)))
        session.rollback()


def _publish_people(session: Session, fund: Fund) -> None:
    """What the reports count is published, where there is enough of it."""
    edition = next_edition(session, fund)
    if edition.reports and edition.people >= fund.smallest_count:
        publish_edition(session, fund, act_of(session, staff(session, Role.FUND_MANAGER)))


def _compare_people(session: Session, fund: Fund, client: StrictClient) -> None:
    """People of grants: alike in each form, none small, none of an organisation that is not named,
    and together no more than everyone who is counted.
    """
    tree: Any = etree.fromstring(
        client.get(f"/funds/{fund.code}/standards/iati-activities.xml").data
    )
    in_iati = {
        kind: sorted(map(int, tree.xpath(f"iati-activity[@hierarchy='2']//period/{tag}/@value")))
        for kind, tag in (("people_planned", "target"), ("people_reached", "actual"))
    }
    everyone = people_reached(session, fund).total or 0
    for rows in _in_each_form(client, fund, "grants"):
        for kind, in_standard in in_iati.items():
            told = {row["reference"]: int(row[kind]) for row in rows if row[kind]}
            assert sorted(told.values()) == in_standard
            assert all(people >= fund.smallest_count for people in told.values())
            named = {row["reference"] for row in rows if row["organisation"]}
            assert told.keys() <= named
            assert kind == "people_planned" or sum(told.values()) <= everyone


def _compare_everything(session: Session, fund: Fund, client: StrictClient) -> None:
    span = Span(date(1990, 1, 1), clock.today())
    statement = as_json(fund_statement(session, fund.code, span).facts)
    question = f"fund={fund.code}&from={span.since}&to={span.until}"
    assert client.get(f"/api/v1/source-and-use?{question}").json == statement
    source, use = statement["source"], statement["use"]
    books = account_sums(session, fund.id)
    paid, returned = Decimal(use["transfers_to_grantees"]), Decimal(source["refunds_from_grantees"])
    spent = usd(books.get(Account.GRANT_EXPENSE, 0)).decimal
    assert paid - returned == spent
    for grants in _in_each_form(client, fund, "grants"):
        assert _sum_of(grants, "paid_usd") == paid
        assert _sum_of(grants, "returned_usd") == returned
    for payments in _in_each_form(client, fund, "payments"):
        assert _sum_of(payments, "amount_usd") == spent
    for contributions in _in_each_form(client, fund, "contributions"):
        assert _sum_of(contributions, "amount_usd") == Decimal(source["contributions"])
    _compare_corrections(client, fund)
    _compare_standards(client, fund, source, use)
    _compare_pages(client, fund, paid, returned)
    _compare_years(session, fund, client)
    _compare_people(session, fund, client)
    assert as_json(annex(session, fund.code, span).facts)["statement"] == statement
    _compare_named_and_withheld(session, fund, client)
    listed = totals_of(session, fund).grants + count_unpublished(session, fund)
    assert listed == sum_of(portfolio_of(session, fund)).awards


def _compare_certified(session: Session, fund: Fund, client: StrictClient, chance: Random) -> None:
    """A certified statement, as it is kept for good, with what the public reads of its year."""
    over = [year for year in years_of_books(session, fund) if year < clock.today().year]
    if not over:
        return
    span = Span(date(year := chance.choice(over), 1, 1), date(year, 12, 31))
    finance = act_of(session, staff(session, Role.FINANCE_OFFICER))
    for month in still_open(session, fund, span.since, span.until):
        close(session, fund, month, finance)
    officer = act_of(session, staff(session, Role.CERTIFYING_OFFICER))
    certificate = certify(session, "fund-statement", fund.code, span, officer)
    question = f"fund={fund.code}&from={span.since}&to={span.until}"
    public = client.get(f"/api/v1/source-and-use?{question}").json
    for copy in certificate.copies:
        assert json.loads(copy.facts) == public
    page = client.get(f"/funds/{fund.code}/source-and-use").text
    address = f"/funds/{fund.code}/certified/{certificate.serial}/en.pdf"
    assert address in page
    assert "the ledger has changed since" not in page
    assert client.get(address).data == bytes_of(certificate.copies[1])


def _compare_corrections(client: StrictClient, fund: Fund) -> None:
    """What was taken back of each record is what its corrections say, in every form."""
    payments, contributions = (
        next(iter(_in_each_form(client, fund, name))) for name in ("payments", "contributions")
    )
    taken_back = [row for row in [*payments, *contributions] if Decimal(row["amount_usd"]) < 0]
    for rows in _in_each_form(client, fund, "corrections"):
        kept = [row for row in rows if row["figure"] != "awarded"]
        assert [int(row["entry"]) for row in kept] == sorted(
            int(row["entry"]) for row in taken_back
        )
        change = _sum_of(kept, "after_usd") - _sum_of(kept, "before_usd")
        assert change == _sum_of(taken_back, "amount_usd")


def _in_each_form(client: StrictClient, fund: Fund, name: str) -> Iterable[Rows]:
    """A table from the interface, page by page, and from each file."""
    rows: Rows = []
    address = f"/api/v1/{name}?fund={fund.code}&limit=2"
    while address:
        answer = client.get(address).json
        assert answer is not None
        rows += answer["data"]
        address = answer["next"]
    place = f"/funds/{fund.code}/data/{name}"
    whole = client.get(f"{place}.json").json
    assert whole is not None
    assert whole["data"] == rows
    yield rows
    yield list(csv.DictReader(io.StringIO(client.get(f"{place}.csv").data.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(client.get(f"{place}.xlsx").data)).active
    assert sheet is not None
    heads, *lines = sheet.values
    yield [dict(zip(map(str, heads), line, strict=True)) for line in lines]


def _sum_of(rows: Rows, key: str) -> Decimal:
    return sum((Decimal(str(row[key])) for row in rows), Decimal()).quantize(Decimal("0.01"))


def _compare_standards(
    client: StrictClient, fund: Fund, source: Mapping[str, str], use: Mapping[str, str]
) -> None:
    place = f"/funds/{fund.code}/standards"
    content = client.get(f"{place}/iati-activities.xml").data
    assert rules.faults_of_activities(content) == []
    tree: Any = etree.fromstring(content)
    moved = {"1": Decimal(), "3": Decimal(), "4": Decimal()}
    for transaction in tree.iter("transaction"):
        kind = str(transaction.xpath("string(transaction-type/@code)"))
        moved[kind] = moved.get(kind, Decimal()) + Decimal(transaction.findtext("value") or "")
    net = Decimal(use["transfers_to_grantees"]) - Decimal(source["refunds_from_grantees"])
    assert moved["3"] == net
    assert moved["1"] == Decimal(source["contributions"]) - Decimal(use["refunds_to_donors"])
    own = ("programme_support_cost", "direct_costs", "administration_fees", "bank_charges")
    assert moved["4"] == sum(Decimal(use[key]) for key in own)
    content = client.get(f"{place}/360giving.json").data
    assert rules.faults_of_360giving(content) == []
    giving = json.loads(content, parse_float=Decimal)
    assert sum(grant["amountDisbursed"] for grant in giving["grants"]) == net
    planned = [Decimal(value) for value in tree.xpath("iati-activity/budget/value/text()")]
    assert sum(planned) == sum(grant["amountAwarded"] for grant in giving["grants"])


def _compare_pages(client: StrictClient, fund: Fund, paid: Decimal, returned: Decimal) -> None:
    page = re.sub(r"<[^>]+>", "", client.get(f"/funds/{fund.code}/grants").text)
    for amount in (paid, returned):
        assert f"{amount:,.2f}" in page


def _compare_named_and_withheld(session: Session, fund: Fund, client: StrictClient) -> None:
    """Grants whose name is shown and those whose name is not add up to what the fund awarded."""
    every = totals_of(session, fund)
    for rows in _in_each_form(client, fund, "grants"):
        shown = [row for row in rows if row["organisation"]]
        withheld = [row for row in rows if not row["organisation"]]
        assert len(withheld) == every.withheld
        assert len(shown) + len(withheld) == every.grants
        awarded = _sum_of(shown, "awarded_usd") + _sum_of(withheld, "awarded_usd")
        assert awarded == every.awarded.decimal
        paid = _sum_of(shown, "paid_usd") + _sum_of(withheld, "paid_usd")
        assert paid == every.paid.decimal


def _compare_years(session: Session, fund: Fund, client: StrictClient) -> None:
    """The page of source and use, line by line and year by year, with the statement of each year,
    which is what is certified; and the annex with the statement of all years.
    """
    page = html.fromstring(client.get(f"/funds/{fund.code}/source-and-use").text)
    (table,) = page.xpath("//table[contains(caption, 'by year')]")
    heads = [head.text_content().strip() for head in table.xpath(".//thead//th")]
    years = [int(head) for head in heads if head.isdecimal()]
    assert years
    assert years == years_of_books(session, fund)[: len(years)]
    rows = table.xpath(".//tbody/tr | .//tfoot/tr")
    columns = list(zip(*(_amounts_of(row, len(years)) for row in rows), strict=True))
    for records in _in_each_form(client, fund, "years"):
        by_year = {int(record["year"]): _amounts_in(record) for record in records}
        assert by_year.keys() == set(years_of_books(session, fund))
        assert [by_year[year] for year in years] == [list(column) for column in columns]
    for year, column in zip(years, columns, strict=True):
        span = Span(date(year, 1, 1), min(date(year, 12, 31), clock.today()))
        of_year = as_json(fund_statement(session, fund.code, span).facts)
        lines = [of_year["opening_balance"], *of_year["source"].values(), *of_year["use"].values()]
        lines += [of_year["exchange_differences_on_cash"], of_year["closing_balance"]]
        assert list(column) == [Decimal(line) for line in lines], year


def _amounts_in(row: Mapping[str, Any]) -> list[Decimal]:
    return [Decimal(str(row[column.key])) for column in YEARS.columns if column.kind == "amount"]


def _amounts_of(row: Any, number: int) -> list[Decimal]:
    cells = [cell.text_content().strip() for cell in row.xpath("td | th")][-number:]
    return [Decimal(re.sub(r"[^0-9.-]", "", cell.replace("\u2212", "-"))) for cell in cells]
