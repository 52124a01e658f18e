"""What logs say, and what they never say."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest

from grants.core.kernel import logs


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The log as production writes it, for one test."""
    everything, hook = logging.getLogger(), sys.excepthook
    before = everything.handlers, everything.level
    written = StringIO()
    logs.configure(as_json=True, level="INFO", into=written)
    yield written
    logging.captureWarnings(capture=False)
    everything.handlers, sys.excepthook = before[0], hook
    everything.setLevel(before[1])
    for name in (*logs.OWN, "procrastinate.worker"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def last(log: StringIO) -> dict[str, object]:
    found: dict[str, object] = json.loads(log.getvalue().splitlines()[-1])
    return found


def test_a_line_is_one_object_with_its_facts(log: StringIO) -> None:
    logs.logger("grants.anything").warning("stopped", part="web", status=1)
    line = last(log)
    assert (line["event"], line["part"], line["status"]) == ("stopped", "web", 1)
    assert (line["level"], line["logger"]) == ("warning", "grants.anything")
    assert str(line["timestamp"]).endswith("Z")


def test_a_library_writes_in_the_same_form_without_addresses(
    log: StringIO,
) -> None:
    told = "refused <ada.lovelace@un.example>: GET /sign-in/passphrase?next=/start&name=Ada HTTP"
    logging.getLogger("a.library").warning(told)
    assert last(log)["event"] == "refused <(address)>: GET /sign-in/passphrase?… HTTP"


def test_a_library_is_heard_from_warnings_on(log: StringIO) -> None:
    logging.getLogger("a.library").info("chatter")
    assert log.getvalue() == ""


def test_an_error_is_told_by_its_kinds_and_its_place_not_by_its_message(
    log: StringIO,
) -> None:
    try:
        try:
            raise KeyError("Ada Lovelace")
        except KeyError as error:
            raise ValueError("typed by Ada Lovelace") from error
    except ValueError:
        logging.getLogger("grants.anything").exception("unexpected error")
    line = last(log)
    assert line["error"] == "ValueError < KeyError"
    assert "tests/core/kernel/test_logs.py" in str(line["where"])
    assert "Ada" not in str(line)


def test_a_job_is_told_by_its_task_without_what_it_was_given(
    log: StringIO,
) -> None:
    job = {"id": 12, "task_name": "messages.deliver", "attempts": 2, "task_kwargs": {"to": "Ada"}}
    logging.getLogger("procrastinate.worker.worker").info(
        "Job messages.deliver[12](to='Ada') ended", extra={"action": "job_success", "job": job}
    )
    line = last(log)
    assert (line["event"], line["task"], line["job"], line["tries"]) == (
        *("job_success", "messages.deliver"),
        *(12, 2),
    )
    assert "Ada" not in str(line)


def test_what_ends_a_command_is_told_in_the_same_way(log: StringIO) -> None:
    try:
        raise RuntimeError("ada@un.example")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    line = last(log)
    assert (line["event"], line["error"]) == ("unexpected end", "RuntimeError")
    assert "ada" not in str(line)
