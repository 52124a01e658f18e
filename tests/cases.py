"""How many cases a property tries: some in every run, many more where `make test-long` asks."""

import pytest

_asked_for_many = False


def heed(config: pytest.Config) -> None:
    """Find out, before the tests are read, whether this run takes the many cases."""
    global _asked_for_many  # noqa: PLW0603 - decided once for a process
    _asked_for_many = "many" in config.option.markexpr


def cases(some: int, many: int) -> int:
    """The number of cases in this run, for a test that is marked `many`."""
    return many if _asked_for_many else some
