"""The list is read whole, or its faults are reported by their lines."""

from datetime import UTC, date, datetime

import pytest

from grants.core.texts.tabular import UnreadableTable
from grants.integrity.sanctions.models import ListedKind
from grants.integrity.sanctions.reading import read_list
from tests.integrity.sanctions.lists import DRAVENKO, FRONT, a_list, entity


def _faults(content: bytes) -> list[str]:
    with pytest.raises(UnreadableTable) as refusal:
        read_list("list.xml", content)
    return refusal.value.message.splitlines()


def test_everything_that_tells_somebody_apart_is_read() -> None:
    generated_at, (person, front) = read_list("list.xml", a_list())
    assert generated_at == datetime(2026, 5, 8, 0, 0, 1, 133000, UTC)
    assert (person.kind, person.name) == (ListedKind.INDIVIDUAL, "MAREK IGOR DRAVENKO")
    assert person.original == "Марек Игорь Дравенко"
    assert person.aliases == [
        {"name": "Mark Dravenco", "quality": "good"},
        {"name": "The Banker of Zorin", "quality": "low"},
    ]
    assert person.births == ["1960 – 1962"]
    assert person.papers == [{"kind": "Passport", "number": "X123", "country": "Iraq"}]
    assert (person.countries, person.titles) == (["RU"], "Treasurer")
    assert (person.listed_on, person.updated_on) == (date(2011, 8, 29), date(2019, 2, 3))
    assert (front.kind, front.countries) == (ListedKind.ENTITY, ["AT"])


def test_each_fault_is_told_by_file_line_and_element() -> None:
    broken = DRAVENKO.replace("6900001", "none").replace("2011-08-29", "29 August 2011")
    faults = _faults(a_list(persons=[broken], entities=[FRONT, entity(7, " "), FRONT]))
    assert faults == [
        "list.xml:4: DATAID: “none” is not a number; expected the list’s own",
        "list.xml:8: LISTED_ON: “29 August 2011-04:00” is not a date; expected YYYY-MM-DD",
        "list.xml:34: FIRST_NAME: empty; expected a name",
        "list.xml:36: DATAID: 6900101 already appears on line 27",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"not xml", "list.xml:1: xml: this is not XML"),
        (b"<a>\n<b></a>", "list.xml:2: xml: this is not XML"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "list.xml:1: xml: this is not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', "list.xml:1: xml: a document type"),
        (b"<a>" * 50, "list.xml:1: xml: elements are nested"),
        (b"<OTHER/>", "list.xml:1: OTHER: unknown; expected CONSOLIDATED_LIST"),
        (b"<CONSOLIDATED_LIST/>", "list.xml:1: dateGenerated: “” is not a date and time"),
        (a_list("yesterday"), "list.xml:2: dateGenerated: “yesterday” is not a date and time"),
        (a_list(persons=[], entities=[]), "this list is empty"),
    ],
)
def test_what_is_no_such_list_is_refused(content: bytes, fault: str) -> None:
    assert any(fault in line for line in _faults(content))
