"""A fund as a file: what is exported is imported, and nothing is changed unless all of it holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.verify import CHECKS as BANK_CHECKS
from grants.books.settings.models import SettingChange
from grants.books.settings.verify import settings_are_as_decided
from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import Money
from grants.core.people.permissions import Role
from grants.desk.fund_setup.description import EMPTY, written
from grants.desk.fund_setup.service import describe_fund, import_fund, open_fund
from grants.granting.signing.rules import rules_of
from grants.granting.signing.workflow import Side
from tests.factories import a_pledge, act_of, staff

OWNER = Act.by_system("owner of the installation", "Imported from fund.json")

FILE: dict[str, Any] = {
    "code": "SEA",
    "name": {"en": "Trust fund for seafarers", "ar": "صندوق البحارة"},
    "purpose": {"en": "Aid to abandoned seafarers."},
    "mandate": {"en": "Established by resolution 99/1."},
    "letterhead": {"en": "Secretariat of the fund\nWagramer Strasse 5\n1400 Vienna"},
    "how_to_pay": {"en": "Quote the reference."},
    "signing_office": {"en": "Manager of the fund"},
    "signatories": [{"name": "Ada Lovelace", "title": {"en": "Manager of the fund"}}],
    "time_zone": "Europe/Vienna",
    "languages": ["en", "ar"],
    "currencies": ["USD", "EUR"],
    "annual_target_usd": "1000000.00",
    "support_cost_percent": "7.5",
    "operating_reserve_usd": "0.00",
    "bank_accounts": [
        {
            "code": "SEA-USD",
            "currency": "USD",
            "name": "Main account",
            "beneficiary": "Trust fund for seafarers",
            "bank": "Bank of Vienna",
            "bank_address": "Ring 1, Vienna",
            "intermediary_bank": "Bank of New York, IRVTUS3N",
            "number": "AT61 1904 3002 3457 3201",
            "bic": "BKAUATWW",
        },
        {"code": "SEA-EUR", "currency": "EUR", "name": "Euro account"},
    ],
}


def test_a_new_fund_is_as_its_file_says(session: Session, fund: Fund) -> None:
    import_fund(session, FILE, OWNER)
    made = fund_by_code(session, "SEA")
    found = written(session, made)
    for key, value in FILE.items():
        if key != "bank_accounts":
            assert found[key] == value, key
    accounts = {one["code"]: one for one in found["bank_accounts"]}
    assert accounts["SEA-USD"]["number"] == "AT611904300234573201"
    assert accounts["SEA-USD"]["intermediary_bank"] == "Bank of New York, IRVTUS3N"
    assert set(accounts) == {"SEA-USD", "SEA-EUR"}
    main = session.scalars(select(BankAccount).where(BankAccount.code == "SEA-USD")).one()
    assert main.is_main
    assert made.signed_by == "Ada Lovelace, Manager of the fund"


def test_what_is_exported_is_imported_and_changes_nothing(session: Session, fund: Fund) -> None:
    import_fund(session, FILE, OWNER)
    found = written(session, fund_by_code(session, "SEA"))
    assert import_fund(session, json.loads(json.dumps(found)), OWNER) == []


def test_settings_that_move_money_are_changed_by_the_acts_of_two_persons(
    session: Session, fund: Fund
) -> None:
    import_fund(session, FILE, OWNER)
    changed = import_fund(
        session, {"code": "SEA", "support_cost_percent": "13", "time_zone": "UTC"}, OWNER
    )
    assert [str(one) for one in changed] == [
        "time_zone: Europe/Vienna → UTC",
        "support_cost_percent: 7.5 → 13",
    ]
    assert len(session.scalars(select(SettingChange)).all()) == 2
    assert list(settings_are_as_decided(session)) == []
    with pytest.raises(DomainError, match="Only USD"):
        import_fund(session, {"code": "SEA", "operating_reserve_usd": "5.00"}, OWNER)


def test_every_fault_is_told_at_once(session: Session, fund: Fund) -> None:
    broken = {
        **FILE,
        "code": "sea",
        "name": {"ar": "صندوق"},
        "time_zone": "Mars/Base",
        "financial_year": "July",
        "currencies": ["XXX1"],
        "support_cost_percent": "101",
        "annual_target_usd": 12.5,
        "colour": "blue",
        "bank_accounts": [{"code": "SEA-USD", "currency": "???", "iban": "AT61"}],
    }
    with pytest.raises(DomainError) as refusal:
        import_fund(session, broken, OWNER)
    lines = refusal.value.message.splitlines()
    keys = [line.split(":")[0] for line in lines]
    assert keys == [
        "colour",
        "code",
        "name",
        "time_zone",
        "financial_year",
        "currencies",
        "annual_target_usd",
        "support_cost_percent",
        "bank_accounts[1].iban",
        "bank_accounts[1].currency",
    ]


@pytest.mark.parametrize("key", [key for key in EMPTY if key != "code"])
@pytest.mark.parametrize("value", [None, 7, "x", [None], {"en": 5}, [[]], {"a": {}}])
def test_no_wrong_kind_of_value_is_more_than_a_fault(
    session: Session, fund: Fund, key: str, value: Any
) -> None:
    if EMPTY[key] == value or (
        key
        in {
            *("smallest_count", "board_quorum", "payment_days", "grant_change_days"),
            *("thanks_months", "account_wait_days", "bank_letter_days"),
        }
        and value == 7
    ):
        return
    with pytest.raises(DomainError, match=key):
        import_fund(session, {**FILE, key: value}, OWNER)


def test_each_change_is_on_the_trail_with_what_it_was(session: Session, fund: Fund) -> None:
    import_fund(session, FILE, OWNER)
    made = fund_by_code(session, "SEA")
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    describe_fund(session, made, {"letterhead": {"en": "A new address"}}, act)
    row = session.scalars(select(TrailRow).where(TrailRow.action == "describe")).all()[-1]
    assert row.facts["letterhead"]["after"] == {"en": "A new address"}
    assert row.facts["letterhead"]["before"] == FILE["letterhead"]


def test_a_page_changes_no_setting_that_needs_two_persons(session: Session, fund: Fund) -> None:
    act = act_of(session, staff(session, Role.ADMINISTRATOR))
    assert describe_fund(session, fund, {"support_cost_percent": "0"}, act) == []
    assert fund.psc_percent == 13


def test_only_an_administrator_opens_a_fund(session: Session, fund: Fund) -> None:
    given = {key: value for key, value in FILE.items() if key != "bank_accounts"}
    with pytest.raises(Forbidden):
        open_fund(session, given, act_of(session, staff(session, Role.FUND_MANAGER)))
    open_fund(session, given, act_of(session, staff(session, Role.ADMINISTRATOR)))


def test_a_pledge_in_another_currency_than_the_funds_is_refused(
    session: Session, fund: Fund
) -> None:
    fund.currencies = ["USD", "EUR"]
    a_pledge(session, fund, Money.parse("100.00", "EUR"))
    with pytest.raises(DomainError, match="USD, EUR"):
        a_pledge(session, fund, Money.parse("100.00", "CHF"))


def test_the_commands_export_and_import_all_or_nothing(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["fund", *words])
        return result.exit_code, result.output

    file = tmp_path / "fund.json"
    file.write_text(json.dumps(FILE), encoding="utf-8")
    code, said = run("import", str(file))
    assert code == 0
    assert "bank_accounts.SEA-USD.bic: – → BKAUATWW" in said
    assert run("import", str(file)) == (0, "Nothing has changed.\n")
    code, said = run("export", "SEA")
    assert (code, json.loads(said)["name"]["ar"]) == (0, "صندوق البحارة")
    taken = {**FILE["bank_accounts"][1], "code": "UNVTF-USD"}
    file.write_text(json.dumps({**FILE, "purpose": {"en": "Else"}, "bank_accounts": [taken]}))
    code, said = run("import", str(file))
    assert (code, "another fund" in said) == (2, True)
    assert "Aid to abandoned seafarers." in run("export", "SEA")[1]
    file.write_text("[]")
    assert run("import", str(file))[0] == 2
    assert run("export", "NONE")[0] == 2


def test_the_checks_of_the_bank_hold_for_a_new_fund(session: Session, fund: Fund) -> None:
    import_fund(session, FILE, OWNER)
    assert [line for check in BANK_CHECKS for line in check(session)] == []


def test_how_grants_are_signed_and_looked_at_stands_in_the_file(
    session: Session, fund: Fund
) -> None:
    import_fund(session, FILE, OWNER)
    made = fund_by_code(session, "SEA")
    signing = written(session, made)["signing"] | {"first": "fund", "asks_finance": True}
    amounts = {"visit": "10000.00", "spot_check": "20000.00", "audit": "30000.50"}
    told = {"code": "SEA", "signing": signing, "assurance_from_usd": amounts}
    changed = import_fund(session, told, OWNER)
    assert {one.key for one in changed} == {"signing", "assurance_from_usd"}
    assert rules_of(session, made).first is Side.FUND
    assert written(session, made)["assurance_from_usd"] == amounts
    assert import_fund(session, told, OWNER) == []
    for wrong in ({"signing": {"first": "nobody"}}, {"assurance_from_usd": {"visit": "-1.00"}}):
        with pytest.raises(DomainError, match=next(iter(wrong))):
            import_fund(session, {"code": "SEA", **wrong}, OWNER)
