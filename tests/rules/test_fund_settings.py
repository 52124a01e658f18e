"""What a fund says of itself is asked, checked, kept, shown again, exported and opened with.

Whoever adds a setting to a fund is told here where it is still missing.
"""

import inspect
from dataclasses import fields

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from wtforms.fields.core import UnboundField

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.desk.fund_setup import grant_rules, service
from grants.desk.fund_setup.description import EMPTY, RULES, charter_of, written
from grants.desk.fund_setup.forms import DescribeForm, filled
from grants.desk.fund_setup.service import DESCRIBED

FIXED = {"code", "financial_year"}
"""What a fund is opened with, and keeps."""
ELSEWHERE = {
    "smallest_count": "only the owner changes it, by the file of the fund",
    "payment_days": "the page of the reminder rules asks for it",
}
"""What one person changes in another place, and where."""
OF_TWO_PERSONS = EMPTY.keys() - DESCRIBED.keys() - FIXED - {"annual_target_usd", "bank_accounts"}


def test_each_setting_of_a_file_is_checked() -> None:
    assert EMPTY.keys() - RULES.keys() == set(), "add its rule to RULES in description.py"
    assert RULES.keys() - EMPTY.keys() == set(), "add how a new fund has it to EMPTY"


def test_each_setting_is_exported(session: Session, fund: Fund) -> None:
    lost = EMPTY.keys() - written(session, fund).keys()
    assert lost == set(), "let written() of description.py say it"


def test_each_column_of_a_fund_is_a_part_of_its_charter() -> None:
    columns = {column.name for column in Fund.__table__.columns} - {"id"}
    parts = {part.name for part in fields(Charter)}
    assert columns - parts == set(), "add it to Charter in grants/core/funds/service.py"


@pytest.mark.parametrize("part", [part.name for part in fields(Charter)])
def test_a_fund_is_opened_with_each_part_of_its_charter(part: str) -> None:
    assert f"charter.{part}" in inspect.getsource(establish), "let establish() keep it"
    assert f"{part}=" in inspect.getsource(charter_of), "let charter_of() hand it over"


def test_each_setting_is_changed_by_one_person_or_by_two() -> None:
    source = inspect.getsource(service) + inspect.getsource(grant_rules)
    lost = [key for key in sorted(OF_TWO_PERSONS) if f'after["{key}"]' not in source]
    assert lost == [], "name it in DESCRIBED, or for two persons in VALUES_AFTER, of service.py"


def test_the_page_asks_for_each_setting_that_one_person_changes(app: Flask) -> None:
    with app.test_request_context():
        asked = DescribeForm().description.keys()
    by_one = {*DESCRIBED, "annual_target_usd"} - ELSEWHERE.keys()
    assert by_one - asked == set(), "ask for it in _Described of forms.py"
    assert asked - by_one == set(), "saving it changes nothing: name it in DESCRIBED"


def test_the_page_shows_what_holds_before_it_is_changed() -> None:
    names = {
        name for name in dir(DescribeForm) if isinstance(getattr(DescribeForm, name), UnboundField)
    }
    lost = names - filled(EMPTY).keys()
    assert lost == set(), "saving would empty it: let filled() of forms.py give it, as PUBLISHED"
