"""The benchmarks stand on copies of the demonstration: copies can be made of all that it holds, and
what they measure answers.
"""

from collections.abc import Iterator

import psycopg
import pytest

from bench._browsers import Stand
from bench._commands import cost_of_start
from bench._copied import Copies
from bench._files import SECONDS, Written, costs, files
from bench._large import NOON
from bench._multiply import multiply
from bench.pages import measure, pages
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.platform.large_files.service import NotWanted
from tests.rules.demonstration import Demonstration
from tests.run import Run, create, drop


@pytest.fixture
def copied(planting: Demonstration, whole_run: Run, server_url: str) -> Iterator[str]:
    """The URL of a second demonstration, to be made larger."""
    name = f"{whole_run.own}_copied"
    yield create(server_url, name, f"{whole_run.name}_demonstration").replace("+psycopg", "")
    drop(server_url, name)


RULES = """
    SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, '', indisvalid FROM pg_index
    WHERE indrelid = ANY('{application,trail,pledge}'::regclass[]) ORDER BY 1, 2, 3
"""
"""What a copy may not lose: every constraint, and the indexes of the largest tables."""


def test_the_demonstration_is_multiplied_under_every_rule_of_the_database(copied: str) -> None:
    with psycopg.connect(copied, autocommit=True) as connection:
        counts = "SELECT (SELECT count(*) FROM application), (SELECT count(*) FROM call)"
        before, rules = connection.execute(counts).fetchone(), connection.execute(RULES).fetchall()
        multiply(copied, Copies(organisations=2, given=2, awarded=1, applied=2))
        after, rules_after = connection.execute(counts).fetchone(), connection.execute(RULES)
    assert before is not None
    assert after == (3 * before[0], 2 * before[1])
    assert rules_after.fetchall() == rules


def test_a_page_its_files_and_a_command_are_measured(copied: str, planting: Demonstration) -> None:
    with clock.at(NOON):
        stand = Stand(planting.folder, Database.at(copied))
        (page,) = [page for page in pages(stand, ["/awards"]) if page.address == "/awards"]
        found = measure(stand.browsers[page.looker], stand.database, page.address)
        taken = costs((stand, stand), [(page.address, page.looker)], ())
        command = cost_of_start(stand, ("ledger", "balances", "--json"))
        stand.database.dispose()
    _title, _heads, lines = files(taken)
    assert found is not None
    assert found.loaded > 0
    assert [line[0] for line in lines] == ["/awards?format=csv", "/awards?format=xlsx"]
    assert all(float(cell) > 0 for line in lines for cell in line[1:3])
    assert command.size > 0


def test_a_file_is_reckoned_from_its_first_row_on_and_not_from_a_few() -> None:
    assert Written().reckoned(100.0, 103.0) == 3.0
    stopped = Written(first_at=105.0, done=200, total=1000, stopped=True)
    assert stopped.reckoned(100.0, 106.0) == 5.0 + 5 * 1.0
    assert Written(first_at=105.0, done=3, total=1000, stopped=True).reckoned(100.0, 106.0) is None


def test_a_file_is_stopped_a_second_after_its_first_row() -> None:
    written = Written()
    written.tell(1, 50)
    assert not written.stopped
    written.first_at -= 2 * SECONDS
    with pytest.raises(NotWanted):
        written.tell(2, 50)
    assert (written.done, written.total) == (1, 50)
