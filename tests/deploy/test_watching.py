"""The alarm rules and the dashboard ask for figures that there are, with labels that they have."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.core import Metric
from sqlalchemy.orm import Session

from grants.core.database.db import Database
from grants.operations.metrics.answering import StoredFigures
from grants.operations.metrics.counting import DURATION, REQUESTS
from grants.platform.documents.store import Folder

WATCHING = Path(__file__).parents[2] / "deploy/watching"
RULES = yaml.safe_load((WATCHING / "alarms.yaml").read_text())["groups"][0]["rules"]
BOARD = json.loads((WATCHING / "dashboard.json").read_text())
ASKED = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in BOARD["panels"] for target in panel["targets"]),
]
LABELS = {"page", "method", "status", "state", "job", "le"}


@pytest.fixture
def figures(database: Database, session: Session, tmp_path: Path) -> set[str]:
    """The names of all figures that an installation gives."""
    REQUESTS.labels("none", "GET", "200").inc(0)
    DURATION.labels("none").observe(0)
    families: list[Metric] = [*StoredFigures(database, Folder(tmp_path)).collect()]
    for counted in (REQUESTS, DURATION):
        families += counted.collect()
    return {sample.name for family in families for sample in family.samples}


def test_every_figure_that_is_asked_for_exists(figures: set[str]) -> None:
    asked = {name for expr in ASKED for name in re.findall(r"paragraph20_\w+", expr)}
    assert asked <= figures
    ours = {name for name in figures if not name.endswith(("_created", "_sum", "_count"))}
    assert ours - asked == set(), "nobody would see it"


def test_labels_are_labels_of_the_figures() -> None:
    for expr in ASKED:
        named = re.findall(r"(\w+)=~?\"", expr)
        for group in re.findall(r"by \(([^)]*)\)", expr):
            named += [word.strip() for word in group.split(",")]
        assert set(named) <= LABELS, expr


def test_a_backup_that_never_was_rings_whether_its_figure_is_there_or_not() -> None:
    (rule,) = (rule["expr"] for rule in RULES if rule["alert"] == "BackupMissing")
    assert "time() - paragraph20_last_backup_timestamp_seconds > 90000" in rule
    assert "absent(paragraph20_last_backup_timestamp_seconds)" in rule


def test_each_rule_says_how_urgent_it_is_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["expr"].count("(") == rule["expr"].count(")")
