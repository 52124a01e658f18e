"""Logs: one event a line on standard error, JSON where machines read them, without personal data.

What people type, and who they are, is not for logs: an error is told by its kind and its place, not
by its message; e-mail addresses and query strings are cut out of what libraries say.
"""

import logging
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

OWN = ("grants", "csp")
"""Loggers of this application; of all others only warnings are written."""
FRAMES = 12
"""So many places of an error, the innermost last."""
ROOT = Path(__file__).parents[3]
_ADDRESS = re.compile(r"[^\s@<>'\"(),;:=]+@[^\s@<>'\"(),;:=]+\.\w+")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s'\"]+")

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)  # what is said goes to Python's own loggers, whoever writes


def configure(*, as_json: bool, level: str, into: TextIO | None = None) -> None:
    """Let every logger of this process write in this form, to standard error or `into`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        of_a_job,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    ]
    ending: list[Processor] = (
        [by_kind, without_personal_data, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [without_personal_data, structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)]
    )
    _write_with(structlog.stdlib.ProcessorFormatter(processors=[*shared, *ending]), level, into)
    if as_json:
        sys.excepthook = _log_what_ends_us


def _write_with(form: logging.Formatter, level: str, into: TextIO | None) -> None:
    handler = logging.StreamHandler(into)
    handler.setFormatter(form)
    everything = logging.getLogger()
    everything.handlers = [handler]
    everything.setLevel(logging.WARNING)
    for name in (*OWN, "procrastinate.worker"):
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Takes an event and its facts: `LOG.info("request", status=200)`."""
    bound_logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound_logger


def bind(**facts: str) -> None:
    """Say these of every line of this process from now on."""
    structlog.contextvars.bind_contextvars(**facts)


def take_over(name: str) -> None:
    """Let a library that brings handlers of its own write as all others do."""
    theirs = logging.getLogger(name)
    theirs.handlers, theirs.propagate = [], True


def of_a_job(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Lines of the worker say which job it was, and nothing of what the job was given."""
    record = event.get("_record")
    job = getattr(record, "job", None)
    if isinstance(job, dict):
        event["event"] = getattr(record, "action", "job")
        event.update(task=job.get("task_name"), job=job.get("id"), tries=job.get("attempts"))
    return event


def by_kind(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An error by its kinds, the outermost first, and where it came from: its message may hold what
    a person typed.
    """
    exc_info = event.pop("exc_info", None)
    error = (
        sys.exc_info()[1]
        if exc_info is True
        else exc_info[1]
        if isinstance(exc_info, tuple)
        else exc_info
    )
    if isinstance(error, BaseException):
        event["error"] = " < ".join(type(cause).__name__ for cause in _error_chain(error))
        event["where"] = [_place_of(frame) for frame in traceback.extract_tb(error.__traceback__)]
        event["where"] = event["where"][-FRAMES:]
    return event


def _error_chain(error: BaseException) -> list[BaseException]:
    errors, cause = [error], error.__cause__ or error.__context__
    while cause is not None and cause not in errors:
        errors.append(cause)
        cause = cause.__cause__ or cause.__context__
    return errors


def _place_of(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:])
    return f"{name}:{frame.lineno} {frame.name}"


def without_personal_data(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Cut e-mail addresses and query strings out of every text."""
    return {key: _clean_value(value) for key, value in event.items()}


def _clean_value(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _QUERY.sub("?…", _ADDRESS.sub("(address)", value))


def _log_what_ends_us(
    kind: type[BaseException], error: BaseException, place: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, place)
        return
    logging.getLogger("grants").critical("unexpected end", exc_info=(kind, error, place))
