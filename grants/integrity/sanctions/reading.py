"""The consolidated list as the Security Council publishes it: XML, read whole or not at all."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

from grants.core.countries.countries import country_code
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.markup import Element, read_markup
from grants.core.texts.tabular import Problem, UnreadableTable
from grants.integrity.sanctions.models import ListedKind


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as it was read."""

    data_id: str
    kind: ListedKind
    reference: str
    list_type: str
    name: str
    original: str | None
    aliases: list[dict[str, str]]
    births: list[str]
    papers: list[dict[str, str]]
    addresses: list[str]
    countries: list[str]
    titles: str | None
    comments: str | None
    listed_on: date | None
    updated_on: date | None

    @property
    def fingerprint(self) -> str:
        """A digest of the entry: equal for the same entry, whichever list it is on."""
        text = json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Reading:
    """A list with everyone on it, and what is wrong with the file."""

    file: str
    generated_at: datetime | None = None
    listed: list[Listed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, element: Element, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, element.line, column, message))


def read_list(file: str, content: bytes) -> tuple[datetime, list[Listed]]:
    """When the list was generated, and everyone on it; UnreadableTable with each fault's line."""
    root = read_markup(file, content)
    reading = Reading(file)
    if root.name != "CONSOLIDATED_LIST":
        reading.refuse(root, root.name, _("unknown; expected CONSOLIDATED_LIST"))
    else:
        reading.generated_at = _generated_at(reading, root)
        _read_all(reading, root)
    if reading.problems:
        raise UnreadableTable(reading.problems)
    assert reading.generated_at is not None
    return reading.generated_at, reading.listed


def _generated_at(reading: Reading, root: Element) -> datetime | None:
    text = root.attributes.get("dateGenerated", "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        facts = _(
            "“%(text)s” is not a date and time; expected one such as 2026-05-08T00:00:01Z",
            text=text,
        )
        reading.refuse(root, "dateGenerated", facts)
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_all(reading: Reading, root: Element) -> None:
    first_lines: dict[str, int] = {}
    for kind, element in _entry_elements(root):
        listed = _read_entry(reading, kind, element)
        if listed is None:
            continue
        if first := first_lines.get(listed.data_id):
            text = _("%(id)s already appears on line %(line)s", id=listed.data_id, line=first)
            reading.refuse(element, "DATAID", text)
        first_lines.setdefault(listed.data_id, element.line)
        reading.listed.append(listed)
    if not first_lines and not reading.problems:
        text = _("this list is empty; expected INDIVIDUAL or ENTITY")
        reading.refuse(root, "CONSOLIDATED_LIST", text)


def _entry_elements(root: Element) -> Iterator[tuple[ListedKind, Element]]:
    for group, name, kind in (
        ("INDIVIDUALS", "INDIVIDUAL", ListedKind.INDIVIDUAL),
        ("ENTITIES", "ENTITY", ListedKind.ENTITY),
    ):
        for container in root.all(group):
            yield from ((kind, element) for element in container.all(name))


def _read_entry(reading: Reading, kind: ListedKind, element: Element) -> Listed | None:
    """One entry, or None with what is wrong noted."""
    before = len(reading.problems)
    data_id, name = element.said("DATAID"), _full_name(element)
    if not re.fullmatch(r"\d{1,20}", data_id, re.ASCII):
        facts = _("“%(text)s” is not a number; expected the list’s own", text=data_id)
        reading.refuse(element, "DATAID", facts)
    if not name:
        reading.refuse(element, "FIRST_NAME", _("empty; expected a name"))
    listed_on = _read_day(reading, element.one("LISTED_ON"))
    updated = element.one("LAST_DAY_UPDATED")
    days = [_read_day(reading, value) for value in (updated.parts if updated else [])]
    if len(reading.problems) > before:
        return None
    return Listed(
        data_id=data_id,
        kind=kind,
        reference=element.said("REFERENCE_NUMBER")[:40],
        list_type=element.said("UN_LIST_TYPE")[:80],
        name=name[:400],
        original=element.said("NAME_ORIGINAL_SCRIPT")[:400] or None,
        aliases=list(_read_aliases(kind, element)),
        births=list(_read_births(element)),
        papers=list(_read_papers(element)),
        addresses=list(_read_addresses(kind, element)),
        countries=sorted(set(_read_countries(kind, element))),
        titles="; ".join(_read_values(element, "TITLE", "DESIGNATION"))[:400] or None,
        comments=element.said("COMMENTS1") or None,
        listed_on=listed_on,
        updated_on=max((day for day in days if day), default=None),
    )


def _full_name(element: Element) -> str:
    parts = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    return " ".join(filter(None, map(element.said, parts)))


def _read_day(reading: Reading, element: Element | None) -> date | None:
    """The day that an element names; a time zone behind it says nothing about a day."""
    text = element.text.strip() if element is not None else ""
    if element is None or not text:
        return None
    try:
        match = re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", text, re.ASCII)
        if not match:
            raise InvalidInput(text)
        return date.fromisoformat(match[0])
    except (InvalidInput, ValueError):
        column = "LISTED_ON" if element.name == "LISTED_ON" else "LAST_DAY_UPDATED"
        facts = _("“%(text)s” is not a date; expected YYYY-MM-DD", text=text[:40])
        reading.refuse(element, column, facts)
        return None


def _read_aliases(kind: ListedKind, element: Element) -> Iterator[dict[str, str]]:
    """Other names; the list leaves empty ones, which say nothing."""
    for alias in element.all(f"{kind.name}_ALIAS"):
        for name in alias.said("ALIAS_NAME").split(";"):
            if name.strip():
                yield {"name": name.strip()[:400], "quality": alias.said("QUALITY").lower()}


def _read_births(element: Element) -> Iterator[str]:
    for birth in element.all("INDIVIDUAL_DATE_OF_BIRTH"):
        span = " – ".join(filter(None, (birth.said("FROM_YEAR"), birth.said("TO_YEAR"))))
        if text := birth.said("DATE") or birth.said("YEAR") or span:
            yield text


def _read_papers(element: Element) -> Iterator[dict[str, str]]:
    for paper in element.all("INDIVIDUAL_DOCUMENT"):
        if number := paper.said("NUMBER"):
            yield {
                "kind": paper.said("TYPE_OF_DOCUMENT") or paper.said("TYPE_OF_DOCUMENT2"),
                "number": number,
                "country": paper.said("ISSUING_COUNTRY") or paper.said("COUNTRY_OF_ISSUE"),
            }


def _read_addresses(kind: ListedKind, element: Element) -> Iterator[str]:
    parts = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
    for address in element.all(f"{kind.name}_ADDRESS"):
        if text := ", ".join(filter(None, map(address.said, parts))):
            yield text


def _read_countries(kind: ListedKind, element: Element) -> Iterator[str]:
    names = list(_read_values(element, "NATIONALITY"))
    for part in (f"{kind.name}_ADDRESS", "INDIVIDUAL_PLACE_OF_BIRTH"):
        names += [place.said("COUNTRY") for place in element.all(part)]
    return filter(None, map(country_code, names))


def _read_values(element: Element, *names: str) -> Iterator[str]:
    """The texts of <NAME><VALUE>…</VALUE></NAME>."""
    for name in names:
        for part in element.all(name):
            yield from (" ".join(value.text.split()) for value in part.all("VALUE"))
