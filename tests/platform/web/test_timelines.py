"""The trail of a record as a timeline."""

from dataclasses import dataclass
from datetime import UTC, datetime

from grants.platform.tables.tables import events_of


@dataclass(frozen=True)
class Row:
    id: int
    action: str
    day: int = 1
    actor: str = "Ingrid"
    reason: str = ""

    @property
    def at(self) -> datetime:
        return datetime(2026, 11, self.day, 9, self.id, tzinfo=UTC)


TITLES = {"change": "Form changed", "open": "Opened"}


def test_what_one_person_did_several_times_on_a_day_is_one_line() -> None:
    trail = [
        Row(1, "change"),
        Row(2, "change"),
        Row(3, "change"),
        Row(4, "change", actor="Tomas"),
        Row(5, "change", actor="Tomas", day=2),
        Row(6, "open", day=2),
    ]
    lines = [(one["title"], one["by"], one["text"]) for one in events_of(trail, TITLES)]
    assert lines == [
        ("Form changed", "Ingrid", "3 times"),
        ("Form changed", "Tomas", ""),
        ("Form changed", "Tomas", ""),
        ("Opened", "Ingrid", ""),
    ]
    assert events_of(trail, TITLES)[0]["at"] == trail[2].at


def test_each_reason_is_told() -> None:
    trail = [Row(1, "change", reason="First."), Row(2, "change", reason="Second.")]
    assert [one["text"] for one in events_of(trail, TITLES)] == ["First.", "Second."]
