"""In which order the tests run, and which of them go to the same worker."""

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
)
"""Where the longest tests are. They begin first, so that no worker waits for another at the end."""
TOGETHER = (
    "browser",
    "rules/test_crawl.py",
    "rules/test_access.py",
    "papers/statements/test_origin.py",
    "test_serving.py",
    "test_staying_up.py",
)
"""Files whose tests share something dear: one worker runs all tests of a file."""


def turn(item: pytest.Item) -> int:
    """The lower, the earlier."""
    for place, path in enumerate(LONGEST):
        if item.path.is_relative_to(TESTS / path):
            return place
    return len(LONGEST)


class ByNeed(LoadScopeScheduling):
    """The next test for whichever worker is free; files of TOGETHER as a whole."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False  # the order is ours
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        path = TESTS.parent / file
        return file if any(path.is_relative_to(TESTS / one) for one in TOGETHER) else nodeid
