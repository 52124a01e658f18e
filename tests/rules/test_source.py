"""The code keeps the house's rules, and each rule catches the fault it is there for."""

import pytest

from tests.rules import source
from tests.rules.source import Finder, faults, planted

RULES: list[tuple[Finder, str]] = [
    (source.state_writes, "pledge.state = 'signed'"),
    (source.state_writes, "setattr(pledge, 'state', 'signed')"),
    (source.state_writes, "session.execute(update(Pledge).values(state='signed'))"),
    (source.web_beside_acts, "import flask\ndef sign(session: Session) -> None: ..."),
    (source.web_beside_acts, "from flask import g\ndef sign(session: Session) -> None: ..."),
    (source.commits, "session.commit()"),
    (source.environment_reads, "import os\nos.environ['HOME']"),
    (source.clock_reads, "datetime.now()"),
    (source.clock_reads, "date.today()"),
    (source.floats, "rate = float(text)"),
    (source.floats, "rate = 1.13"),
    (source.untranslated, "raise DomainError('No money left.')"),
    (source.untranslated, "name = TextField('Your name')"),
    (source.untranslated, "flash(f'Saved {name}')"),
]


@pytest.mark.parametrize("finder", {finder for finder, _fault in RULES})
def test_the_code_keeps_the_rule(finder: Finder) -> None:
    assert faults(finder) == []


@pytest.mark.parametrize(("finder", "fault"), RULES)
def test_the_rule_catches_a_planted_fault(finder: Finder, fault: str) -> None:
    assert planted(finder, fault)


def test_the_rules_leave_honest_code_alone() -> None:
    honest = "raise DomainError(_('No money left.'))\nsession.flush()\nname = TextField(_l('Name'))"
    assert not [fault for finder, _fault in RULES for fault in planted(finder, honest)]
