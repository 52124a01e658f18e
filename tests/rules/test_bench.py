"""The benchmarks stand on copies of the demonstration: copies can be made of all that it holds."""

from collections.abc import Iterator

import psycopg
import pytest

from bench._large import Copies, multiply
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
