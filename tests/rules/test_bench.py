"""The benchmarks stand on copies of the demonstration: copies can be made of all that it holds, and
what they measure answers.
"""

from collections.abc import Iterator

import psycopg
import pytest

from bench._browsers import Stand
from bench._files import costs, files
from bench._large import NOON, Copies, multiply
from bench.pages import measure, pages
from grants.core.kernel import clock
from grants.core.kernel.db import Database
from grants.papers.statements import soon
from tests.rules.demonstration import Demonstration
from tests.run import Run, create, drop


@pytest.fixture
def copied(planting: Demonstration, whole_run: Run, server_url: str) -> Iterator[str]:
    """The URL of a second demonstration, to be made larger."""
    name = f"{whole_run.own}_copied"
    yield create(server_url, name, f"{whole_run.name}_demonstration").replace("+psycopg", "")
    drop(server_url, name)


def test_the_demonstration_is_multiplied_under_every_rule_of_the_database(copied: str) -> None:
    with psycopg.connect(copied, autocommit=True) as connection:
        counts = "SELECT (SELECT count(*) FROM application), (SELECT count(*) FROM call)"
        before = connection.execute(counts).fetchone()
        multiply(copied, Copies(organisations=2, given=2, awarded=1, applied=2))
        after = connection.execute(counts).fetchone()
    assert before is not None
    assert after == (3 * before[0], 2 * before[1])


def test_a_page_its_files_and_a_command_are_measured(
    copied: str, planting: Demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon, "PATIENCE", soon.PATIENCE)  # a stand sets it
    with clock.at(NOON):
        stand = Stand(planting.folder, Database.at(copied))
        (page,) = [page for page in pages(stand, ["/awards"]) if page.address == "/awards"]
        found = measure(stand.browsers[page.looker], stand.database, page.address)
        commands = [("ledger", "balances", "--json")]
        taken = costs((stand, stand), [(page.address, page.looker)], commands)
        stand.database.dispose()
    _title, _heads, lines = files(taken)
    assert found is not None
    assert found.loaded > 0
    assert [line[0] for line in lines] == [
        *("/awards?format=csv", "/awards?format=xlsx", "flask ledger balances --json")
    ]
    assert all(float(line[3]) > 0 for line in lines[-1:])
