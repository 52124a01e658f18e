"""A person's work as a queue of cases: what to do, which one, its sum, its day, and its page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.language import ngettext as _n
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Term
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.desk.tasks.cases import Case, CaseRow
from grants.desk.tasks.todo import READ, Waiting

SHOWN = 15
"""Lines of the queue; the kinds of work beside it lead to all of them."""
ALIKE = 4
"""Lines of one kind in a group, so that no kind hides the others."""
WEEK = timedelta(days=7)
SOON = timedelta(days=3)
"""A day that is so near is marked."""


class When(Term):
    """How pressing a line is."""

    OVERDUE = "overdue", _l("Overdue")
    TODAY = "today", _l("Today")
    WEEK = "week", _l("This week")
    LATER = "later", _p("work", "To do")
    OTHERS = "others", _l("Waiting for others")


@dataclass(frozen=True, slots=True)
class Line:
    """One case that waits, or all work of a kind that has no cases of its own."""

    when: When
    what: str
    href: str
    which: Sequence[str]
    act: str
    """The words of the link to its page: what is done there."""
    amount: Money | None = None
    due: date | None = None
    since: date | None = None

    @property
    def days(self) -> str:
        """How late it is or when it is due; else since when, or for how long, it has waited."""
        today = clock.today()
        if self.due is not None:
            return _days_until(self.due, today)
        if self.since is not None and self.when is When.OTHERS:
            return _("since %(day)s", day=plain_day(self.since, "medium"))
        if self.since is None or self.since >= today:
            return ""
        return _n("for %(num)s day", "for %(num)s days", (today - self.since).days)

    @property
    def tone(self) -> str:
        """late, soon, or nothing in particular."""
        if self.when is When.OVERDUE or (self.due is not None and self.due < clock.today()):
            return "late"
        return "soon" if self.due is not None and self.due <= clock.today() + SOON else ""

    @property
    def pressing(self) -> tuple[date, date]:
        """What is due first, then what has waited longest."""
        return self.due or date.max, self.since or date.max


def _days_until(due: date, today: date) -> str:
    days = (due - today).days
    if days < 0:
        return _n("%(num)s day late", "%(num)s days late", -days)
    if days > WEEK.days:
        return plain_day(due, "medium")
    return _n("%(num)s day left", "%(num)s days left", days) if days else _("today")


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for a person: the groups that have lines, and how much there is in all."""

    groups: Sequence[tuple[When, Sequence[Line]]]
    overdue: int
    rest: int

    @property
    def heading(self) -> str:
        """How much is overdue and how much else there is to do."""
        return heading_of(self.overdue, self.rest)


def heading_of(overdue: int, rest: int) -> str:
    """The title of a start page."""
    late = _n("%(num)s overdue", "%(num)s overdue", overdue) if overdue else ""
    more = _n("%(num)s to do", "%(num)s to do", rest) if rest else ""
    if late and more:
        return _("%(overdue)s, %(rest)s", overdue=late, rest=more)
    return late or more or _("Nothing to do")


def queue_of(waiting: Sequence[Waiting], rows: Sequence[CaseRow], viewer: Viewer) -> Queue:
    """The queue of this person, of what was counted and read for them."""
    lines = [*_lines_of_cases(waiting, rows, viewer), *_lines_without_cases(waiting)]
    overdue = sum(line.when is When.OVERDUE for line in lines)
    overdue += sum(
        entry.count - READ
        for entry in waiting
        if entry.count > READ and entry.task.case is not None and _is_late(entry)
    )
    to_do = sum(entry.count for entry in waiting if not entry.task.others)
    lines_overdue_in_kind = Counter(line.what for line in lines if line.when is When.OVERDUE)
    overdue += sum(
        entry.count - 1
        for entry in waiting
        if entry.task.case is None and lines_overdue_in_kind[entry.text]
    )
    return Queue(_shortened_groups(lines), overdue, max(to_do - overdue, 0))


def _is_late(entry: Waiting) -> bool:
    return entry.task.urgent and not entry.task.risk and not entry.task.others


def _lines_of_cases(
    waiting: Sequence[Waiting], rows: Sequence[CaseRow], viewer: Viewer
) -> Iterator[Line]:
    for row in rows:
        entry = waiting[row.place]
        assert entry.task.case is not None
        yield _line_of_row(entry, entry.task.case, row, viewer)


def _line_of_row(entry: Waiting, case: Case, row: CaseRow, viewer: Viewer) -> Line:
    due = clock.day_of(row.due_at) if row.due_at else row.due_on
    since = clock.day_of(row.since_at) if row.since_at else row.since_on
    parts: dict[str, Any] = {name: getattr(row, part) for name, part in case.address.items()}
    return Line(
        _when(entry, due),
        entry.task.words(1),
        url_for(case.endpoint, **parts),
        _name_of(row, case, named=viewer.works_for_a_fund),
        entry.task.verb.label if entry.task.verb else _see_all(1),
        Money(row.minor, row.currency) if row.minor else None,
        due,
        since,
    )


def _see_all(count: int) -> str:
    return _n("See it", "See all %(num)s", count)


def _name_of(row: CaseRow, case: Case, *, named: bool) -> list[str]:
    """The organisation and its project, or else the reference; for people of an organisation, whose
    cases are all their own, without its name.
    """
    reference = "" if case.kind.coded else row.reference
    texts = [row.name if named or not (row.title or reference) else "", row.title or reference]
    return list(dict.fromkeys(text for text in texts if text)) or [row.reference]


def _when(entry: Waiting, due: date | None) -> When:
    today = clock.today()
    if entry.task.others:
        return When.OTHERS
    if due is not None and due < today:
        return When.OVERDUE
    if due is None and _is_late(entry):
        return When.OVERDUE
    if due == today or (due is None and entry.task.urgent):
        return When.TODAY
    return When.WEEK if due is not None and due <= today + WEEK else When.LATER


def _lines_without_cases(waiting: Sequence[Waiting]) -> Iterator[Line]:
    for entry in waiting:
        if entry.task.case is None:
            page = url_for(entry.task.endpoint, **dict[str, Any](entry.task.values))
            yield Line(_when(entry, None), entry.text, page, [], _see_all(entry.count))


def _shortened_groups(lines: Sequence[Line]) -> list[tuple[When, Sequence[Line]]]:
    """The first lines of each group: fifteen of the person's own, five that wait for others."""
    groups: list[tuple[When, Sequence[Line]]] = []
    remaining = SHOWN
    for when in When:
        listed = sorted((line for line in lines if line.when is when), key=lambda n: n.pressing)
        most = ALIKE if when is When.OTHERS else remaining
        first = list(_without_too_many_alike(listed))[:most]
        remaining -= len(first) if when is not When.OTHERS else 0
        if first:
            groups.append((when, first))
    return groups


def _without_too_many_alike(lines: Sequence[Line]) -> Iterator[Line]:
    alike: Counter[str] = Counter()
    for line in lines:
        alike[line.what] += 1
        if alike[line.what] <= ALIKE:
            yield line
