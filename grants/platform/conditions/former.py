"""What a question was called that is no longer in its form, so that readers know it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from grants.core.kernel.language import gettext as _

_former: ContextVar[Callable[[str], str]] = ContextVar("former", default=lambda _key: "")


@contextmanager
def remembering(label_of: Callable[[str], str]) -> Iterator[None]:
    """Inside, a question that is no longer in the form is called what it was called before, which
    `label_of` tells for its key; empty if it never was in the form.
    """
    token = _former.set(label_of)
    try:
        yield
    finally:
        _former.reset(token)


def former_name(key: str) -> str:
    """What a question that is not in the form was called; its key if nobody remembers."""
    return _former.get()(key) or key


def unknown_question(key: str) -> str:
    """What is wrong where a question is named that the form does not have."""
    if label := _former.get()(key):
        return _(
            "the question “%(label)s” is no longer in the form; put it back, or choose another one "
            "here",
            label=label,
        )
    return _("there is no question with the key “%(key)s”", key=key)
