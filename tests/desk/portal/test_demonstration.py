"""In development a visitor becomes each person of the demonstration; nowhere else."""

from dataclasses import replace

import pytest
from flask import Flask

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from seeds.company import sign_ins
from tests.platform.web.client import StrictClient
from tests.rules.demonstration import Demonstration, browser_of


@pytest.mark.parametrize("email", [email for _role, email in sign_ins()])
def test_one_button_signs_in_each_role(demonstration: Demonstration, email: str) -> None:
    browser = browser_of(demonstration.app(StrictClient), demonstration, None)
    assert isinstance(browser, StrictClient)
    assert email in browser.get("/demonstration").text
    answer = browser.submit(f"/demonstration/{email}", page="/demonstration")
    assert answer.location == "/start"
    assert browser.get("/account").status_code == 200


def test_nobody_else_can_be_entered(demonstration: Demonstration) -> None:
    browser = browser_of(demonstration.app(StrictClient), demonstration, None)
    assert isinstance(browser, StrictClient)
    answer = browser.submit("/demonstration/stranger@example.org", page="/demonstration")
    assert answer.status_code == 404


def test_under_another_name_than_this_machines_own_nobody_can_be_entered(
    demonstration: Demonstration,
) -> None:
    browser = browser_of(demonstration.app(StrictClient), demonstration, None)
    assert browser.get("/demonstration").status_code == 200
    answer = browser.get("/demonstration", base_url="http://rebound.example.org")
    assert answer.status_code == 404


def test_without_a_demonstration_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().get("/demonstration").status_code == 404


def test_production_has_no_such_page(settings: Settings, database: Database) -> None:
    live = replace(settings, base_url="https://fund.example.org", secret_key="x" * 32)
    app = create_app(live, database)
    assert not [rule for rule in app.url_map.iter_rules() if "demonstration" in rule.rule]
