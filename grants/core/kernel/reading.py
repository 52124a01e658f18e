"""In which language a text is read that is there in other languages than those of its page.

A call and its form may be in French alone, or a fund may not speak the reader's language: inside
`reading()` messages, dates and numbers follow the text.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from grants.core.kernel.language import (
    OFFERED,
    Language,
    current_language,
    speaking,
    written_language,
)

READ = OFFERED
"""The languages of the United Nations, in which calls and forms are written."""

_preferred: ContextVar[Sequence[str]] = ContextVar("preferred", default=())


@contextmanager
def preferring(codes: Sequence[str]) -> Iterator[None]:
    """Inside, a text is read in the first of these languages that it is there in."""
    token = _preferred.set(codes)
    try:
        yield
    finally:
        _preferred.reset(token)


def preferred() -> tuple[str, ...]:
    """In which languages the reader reads first, second, …, whatever their country."""
    return tuple(dict.fromkeys(code.partition("-")[0] for code in _preferred.get()))


def language_read(languages: Collection[str]) -> Language:
    """The language in which the reader reads a text that is there in these languages: in one that
    they prefer, else in that of the page, else in English, in which each fund writes first, else in
    the first that it was written in.
    """
    spoken = current_language()
    for code in _preferred.get():
        if spoken.pseudo and code == spoken.code:  # no dialect of the language it marks
            return spoken
        if readable := next(
            (candidate for candidate in (code, code.partition("-")[0]) if candidate in languages),
            "",
        ):
            return written_language(readable)
    if spoken.pseudo or not languages or spoken.code in languages:
        return spoken
    return written_language("en" if "en" in languages else next(iter(languages)))


@contextmanager
def reading(languages: Collection[str]) -> Iterator[Language]:
    """Speak the language in which the reader reads a text that is there in these languages."""
    with speaking(language_read(languages)) as language:
        yield language
