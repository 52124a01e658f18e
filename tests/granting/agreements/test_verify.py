"""Each check on live data finds the fault it is there for, and nothing on a sound grant."""

import pytest
from flask import Flask
from sqlalchemy import text

from grants.books.ledger import verify
from grants.books.ledger.verify import breaches
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.granting.agreements.verify import CHECKS, TRIGGERS
from grants.granting.payments.refunds import record_refund
from tests.books.ledger.books import settle
from tests.factories import act_of
from tests.grants import Scene, an_accepted_report, pay


@pytest.fixture
def paid(scene: Scene) -> Scene:
    """One instalment paid, one report accepted, a little refunded."""
    scene.run()
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    an_accepted_report(scene.session, scene.reports[0], scene.people)
    finance = act_of(scene.session, scene.people.finance)
    record_refund(scene.session, scene.award, usd(500), clock.today(), "RF", finance)
    settle(scene.session)
    return scene


def found(scene: Scene) -> list[str]:
    return [sentence for check in CHECKS for sentence in check(scene.session)]


def break_by_force(scene: Scene, fault: str) -> None:
    """As a person with the database's own password could."""
    settle(scene.session)
    scene.session.execute(text("SET session_replication_role = replica"))
    scene.session.execute(text(fault))
    scene.session.execute(text("SET session_replication_role = origin"))


def test_a_sound_grant_passes(paid: Scene) -> None:
    assert found(paid) == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("UPDATE instalment SET amount_minor = 1 WHERE number = 3", "add up to"),
        ("UPDATE award SET amount_minor = 700000", "were paid"),
        ("UPDATE grant_refund SET amount_minor = 800001", "were refunded"),
        ("DELETE FROM grant_refund", "and the ledger do not match"),
        ("UPDATE instalment SET bank_reference = 'X' WHERE number = 1", "has no entry"),
        ("UPDATE instalment SET paid_on = paid_on - 1 WHERE number = 1", "has no entry"),
        ("UPDATE award SET psc_percent = 12", "still to be paid"),
        ("UPDATE report SET spent_minor = 1 WHERE number = 1", "does not add up"),
        ("UPDATE report SET people = 15 WHERE number = 1", "does not add up"),
        ("UPDATE report SET exploitation = '{}' WHERE number = 1", "does not add up"),
    ],
)
def test_a_fault_by_force_is_found(paid: Scene, fault: str, sentence: str) -> None:
    break_by_force(paid, fault)
    assert any(sentence in told for told in found(paid))


@pytest.mark.parametrize("rule", TRIGGERS)
def test_a_rule_switched_off_is_found(app: Flask, paid: Scene, rule: str) -> None:
    paid.session.execute(text(f"ALTER TABLE {TRIGGERS[rule]} DISABLE TRIGGER {rule}"))
    assert any(rule in told for told in breaches(paid.session))


def test_the_ledgers_verify_asks_about_grants_as_well(app: Flask) -> None:
    assert set(CHECKS) <= set(verify.CHECKS)
