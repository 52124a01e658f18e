"""In which order the tests run, and which of them go to the same worker."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
LONGEST = (
    "browser/test_every_page.py",
    "rules/test_crawl.py",
    "rules/test_access.py",
    "browser/test_three_ways.py",
    "desk/moving_in/history/test_recompute.py",
    "browser",
    "papers",
    "test_every_state.py",
)
"""Where the longest tests are: they begin first, so that no worker waits for another at the end.
The last one looks at the demonstration as it was planted, before another test serves it.
"""
TOGETHER = (
    "browser",
    "rules/test_crawl.py",
    "rules/test_access.py",
    "core/database/test_roles.py",
    "papers/statements/test_origin.py",
    "rules/test_source.py",
    "rules/test_safe_code.py",
    "test_serving.py",
    "test_staying_up.py",
)
"""Files whose tests share something dear: one worker runs all tests of a file."""


def turn(item: pytest.Item) -> int:
    """The lower, the earlier."""
    return _turn(item.nodeid.partition("::")[0])


@cache
def _turn(file: str) -> int:
    return next((place for place, path in enumerate(LONGEST) if _is_in(file, path)), len(LONGEST))


def walks(item: pytest.Item) -> bool:
    """Does this test walk through the product as a whole, and so belong to `make test-walks`: in a
    browser, over the demonstration, or by ending what is served?
    """
    file = item.nodeid.partition("::")[0]
    planted = "planting" in getattr(item, "fixturenames", ())
    return planted or any(_is_in(file, path) for path in ("browser", "test_staying_up.py"))


@cache
def _is_together(file: str) -> bool:
    return any(_is_in(file, path) for path in TOGETHER)


def _is_in(file: str, path: str) -> bool:
    """Is a file, given from the root of the project, this one of the tests, or in this folder?"""
    return f"{file}/".startswith(f"{TESTS.name}/{path}/")


class ByNeed(LoadScopeScheduling):
    """The next test for whichever worker is free; files of TOGETHER as a whole."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False  # the order is ours
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if _is_together(file) else nodeid
