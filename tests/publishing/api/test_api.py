"""The public interface: answers that fit its description, and refusals that say what to do."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.deciding.announcements.public_references import public_reference
from grants.platform.web.allowance import Allowances
from grants.publishing.api import views
from grants.publishing.tables.declared import TABLES
from tests.desk.moving_in.history.folders import folder, run
from tests.grants import Scene
from tests.platform.web.client import StrictClient
from tests.publishing.pages.test_grants import paid_and_returned

ROOT = "/api/v1"


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_the_description_says(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch, mode: GenerationMode
) -> None:
    """What the description allows, and what it does not, over a fund with a grant."""
    paid_and_returned(scene)
    monkeypatch.setattr(views, "ALLOWED", Allowances())
    schema: Any = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app)
    asked = 0
    for found in schema.get_all_operations():
        _ask_operation(found.ok(), mode)
        asked += 1
    assert asked == len(TABLES) + 1 + 8, "four readings and four acts of programs"


def _ask_operation(operation: Any, mode: GenerationMode) -> None:
    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])  # a fund has to be there

    ask()


def test_pages_follow_one_another_to_the_last(scene: Scene, client: StrictClient) -> None:
    running = paid_and_returned(scene)
    code = scene.fund.code
    address, entries = f"{ROOT}/payments?fund={code}&limit=1", []
    while address:
        answer = client.get(address).json
        assert answer is not None
        entries += answer["data"]
        address = answer["next"]
    assert [entry["kind"] for entry in entries] == ["instalment_paid", "grantee_refunded"]
    assert entries[1]["amount_usd"] == "-499.51"
    assert {entry["grant"] for entry in entries} == {public_reference(running.award)}


def test_a_withheld_name_is_null_and_every_key_is_there(scene: Scene, client: StrictClient) -> None:
    running = paid_and_returned(scene)
    answer = client.get(f"{ROOT}/grants?fund={scene.fund.code}")
    grant = answer.json["data"][0]  # type: ignore[index]
    assert (grant["organisation"], grant["title"], grant["country"]) == (None, None, "HN")
    assert grant["awarded_usd"] == str(running.award.amount)
    assert running.award.organisation.name not in answer.text
    assert answer.json["next"] is None  # type: ignore[index]


def test_answers_are_open_to_others_and_known_by_their_etag(
    fund: Fund, client: StrictClient
) -> None:
    answer = client.get(f"{ROOT}/funds")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{ROOT}/funds", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert answer.json["data"][0]["code"] == fund.code  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("grants", 400, "?fund=CODE"),
        ("grants?fund=NONE", 404, "Available funds"),
        ("grants?fund=UNVTF&limit=0", 400, "limit: enter a whole number from 1"),
        ("grants?fund=UNVTF&after=x", 400, "after: enter a whole number"),
        ("source-and-use?fund=UNVTF&from=2026-02-30&to=2026-12-31", 400, "from: enter a day"),
        ("source-and-use?fund=UNVTF&from=2026-12-31&to=2026-01-01", 400, "ends before it begins"),
        ("donors", 404, "You can ask for: funds"),
    ],
)
def test_a_refusal_says_what_to_do(
    fund: Fund, client: StrictClient, path: str, status: int, says: str
) -> None:
    assert fund.code == "UNVTF"
    answer = client.get(f"{ROOT}/{path}")
    assert answer.status_code == status
    assert says in answer.json["error"]["message"]  # type: ignore[index]


def test_a_client_that_asks_too_often_waits(
    fund: Fund, client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fund
    monkeypatch.setattr(views, "ALLOWED", Allowances(number=1))
    assert client.get(f"{ROOT}/funds").headers["RateLimit-Remaining"] == "0"
    refused = client.get(f"{ROOT}/funds")
    assert (refused.status_code, refused.headers["RateLimit-Limit"]) == (429, "1")
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_every_table_adds_up_to_the_ledger(
    app: Flask, session: Session, client: StrictClient, tmp_path: Any, fund: Fund
) -> None:
    """A history that came from files: received, paid and returned, to the cent."""
    assert run(app, folder(tmp_path)).exit_code == 0
    year = clock.today().year
    whole = f"fund={fund.code}&from=2000-01-01&to={year}-12-31"
    statement = client.get(f"{ROOT}/source-and-use?{whole}").json
    assert statement is not None
    received = rows_of(client, f"contributions?fund={fund.code}")
    assert total_of(received, "amount_usd") == statement["source"]["contributions"] == "1250.00"
    assert received[0]["donor"] == "Austria"
    grants = rows_of(client, f"grants?fund={fund.code}")
    assert total_of(grants, "paid_usd") == statement["use"]["transfers_to_grantees"] == "300.00"
    assert total_of(grants, "returned_usd") == statement["source"]["refunds_from_grantees"]
    assert grants[0]["reference"] == "G1"
    assert statement["closing_balance"] == str(balances(session, fund).cash)


def rows_of(client: StrictClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}/{path}").json
    assert answer is not None
    rows: list[dict[str, Any]] = answer["data"]
    return rows


def total_of(rows: list[dict[str, Any]], key: str) -> str:
    return f"{sum(round(float(row[key]) * 100) for row in rows) / 100:.2f}"
