"""Pages of higher rooms that belong beside a record: its screening, its reviews, its award.

A view says so itself, and its mark decides who sees the link:

    @pages.get("/applications/<reference>/screening")
    @beside("application", _l("Screening"), 10)
    @needs(Permission.SCREENING_DECIDE)
    def show(reference: str) -> ResponseReturnValue: …

So a record's own page need not know the rooms above it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, url_for

from grants.platform.web.access import opens

View = TypeVar("View", bound=Callable[..., Any])
_ENTRY = "_beside"


@dataclass(frozen=True, slots=True)
class Beside:
    """A link beside a kind of record, low places first; `when` asks the record itself."""

    record: str
    text: str
    place: int
    when: Callable[[Any], bool]


def _is_always(_record: Any) -> bool:
    return True


def beside(
    record: str, text: str, place: int, when: Callable[[Any], bool] = _is_always
) -> Callable[[View], View]:
    """Offer this page beside every record of a kind; its address takes the record's reference."""

    def marked(view: View) -> View:
        setattr(view, _ENTRY, Beside(record, text, place, when))
        return view

    return marked


def links_beside(record: str, subject: Any) -> list[tuple[str, str]]:
    """(text, address) of the pages beside a record that this person may open."""
    links = []
    for endpoint, view, entry in _marked_pages().get(record, ()):
        if opens(view) and entry.when(subject):
            links.append((entry.place, str(entry.text), endpoint))
    return [
        (text, url_for(endpoint, reference=subject.reference))
        for _p, text, endpoint in sorted(links)
    ]


def _marked_pages() -> dict[str, list[tuple[str, Any, Beside]]]:
    """Every page that stands beside records, by their kind."""
    pages_by_kind: dict[str, list[tuple[str, Any, Beside]]] | None
    pages_by_kind = current_app.extensions.get("beside")
    if pages_by_kind is None:
        pages_by_kind = {}
        for endpoint, view in current_app.view_functions.items():
            if entry := getattr(view, _ENTRY, None):
                pages_by_kind.setdefault(entry.record, []).append((endpoint, view, entry))
        current_app.extensions["beside"] = pages_by_kind
    return pages_by_kind
