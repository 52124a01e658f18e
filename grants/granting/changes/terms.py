"""The terms of a grant as they stand on one day: plain values, compared side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import Money, total
from grants.core.texts.formats import plain_day, plain_money
from grants.granting.reporting.models import ReportKind


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """An instalment of the terms; `is_open`: nothing has been done about its payment yet."""

    number: int
    amount: Money
    due_on: date
    is_open: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "amount": str(self.amount),
            "due_on": self.due_on.isoformat(),
            "open": self.is_open,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "PaymentTerm":
        amount = Money.parse(kept["amount"], "USD")
        return cls(kept["number"], amount, date.fromisoformat(kept["due_on"]), kept["open"])


@dataclass(frozen=True, slots=True)
class ReportTerm:
    """A report of the terms; `is_open`: the grantee has not submitted it yet."""

    number: int
    kind: ReportKind
    covers_from: date
    covers_to: date
    due_on: date
    is_open: bool = True

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "kind": self.kind.value,
            "covers_from": self.covers_from.isoformat(),
            "covers_to": self.covers_to.isoformat(),
            "due_on": self.due_on.isoformat(),
            "open": self.is_open,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ReportTerm":
        begin, end, due = (
            date.fromisoformat(kept[key]) for key in ("covers_from", "covers_to", "due_on")
        )
        kind = ReportKind.of(kept["kind"])
        return cls(kept["number"], kind, begin, end, due, kept["open"])


@dataclass(frozen=True, slots=True)
class BudgetTerm:
    """A line of the budget, named in the languages of its call."""

    category: str
    label: Mapping[str, str]
    amount: Money

    @property
    def name(self) -> str:
        return in_language(dict(self.label))

    def as_json(self) -> dict[str, Any]:
        return {
            "category": self.category,
            "label": dict(self.label),
            "amount": str(self.amount),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "BudgetTerm":
        return cls(kept["category"], kept["label"], Money.parse(kept["amount"], "USD"))


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that a change of a grant can change."""

    amount: Money
    starts_on: date
    ends_on: date
    instalments: tuple[PaymentTerm, ...] = ()
    reports: tuple[ReportTerm, ...] = ()
    budget: tuple[BudgetTerm, ...] = ()
    country: str = ""
    place: str = ""
    partner: str = ""
    signatory: str = ""
    suspended_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "amount": str(self.amount),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "instalments": [part.as_json() for part in self.instalments],
            "reports": [report.as_json() for report in self.reports],
            "budget": [line.as_json() for line in self.budget],
            "country": self.country,
            "place": self.place,
            "partner": self.partner,
            "signatory": self.signatory,
            "suspended_on": self.suspended_on.isoformat() if self.suspended_on else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Terms":
        suspended = kept["suspended_on"]
        return cls(
            Money.parse(kept["amount"], "USD"),
            date.fromisoformat(kept["starts_on"]),
            date.fromisoformat(kept["ends_on"]),
            tuple(PaymentTerm.from_json(part) for part in kept["instalments"]),
            tuple(ReportTerm.from_json(report) for report in kept["reports"]),
            tuple(BudgetTerm.from_json(line) for line in kept["budget"]),
            kept["country"],
            kept["place"],
            kept["partner"],
            kept["signatory"],
            date.fromisoformat(suspended) if suspended else None,
        )

    @property
    def paid_or_on_its_way(self) -> Money:
        """What can no longer be taken out of the grant."""
        return total(part.amount for part in self.instalments if not part.is_open)

    @property
    def unpaid(self) -> Sequence[Money]:
        """What of each instalment may still be changed."""
        return [part.amount for part in self.instalments if part.is_open]

    def agrees_with(self, other: "Terms") -> bool:
        """Do both promise the same? Days on which something is due, and a suspension, may follow
        what has happened meanwhile.
        """
        return _promises_of(self) == _promises_of(other)


def _promises_of(terms: Terms) -> tuple[object, ...]:
    others = replace(terms, instalments=(), reports=(), suspended_on=None)
    parts = tuple((part.number, part.amount) for part in terms.instalments)
    spans = tuple((report.number, report.covers_to) for report in terms.reports)
    return others, parts, spans


@dataclass(frozen=True, slots=True)
class Difference:
    """One term before and after, in words."""

    what: str
    before: str
    after: str


def differences(before: Terms, after: Terms) -> Sequence[Difference]:
    """What a change changes, term by term, in the reader's language."""
    pairs = zip(_lines(before, after), _lines(after, before), strict=True)
    return [Difference(what, old, new) for (what, old), (_what, new) in pairs if old != new]


def _lines(terms: Terms, other: Terms) -> Iterator[tuple[str, str]]:
    yield _("Award"), plain_money(terms.amount)
    yield _("Last day"), plain_day(terms.ends_on)
    yield from _payment_lines(terms, other)
    yield from _report_lines(terms, other)
    amounts = {line.category: plain_money(line.amount) for line in terms.budget}
    names = {line.category: line.name for line in (*terms.budget, *other.budget)}
    for category in sorted(names):
        yield _("Budget: %(line)s", line=names[category]), amounts.get(category, "–")
    yield _("Country"), country_name(terms.country) if terms.country else "–"
    yield _("Place"), terms.place or "–"
    yield _("Implementing partner"), terms.partner or "–"
    yield _("Signatory of the organisation"), terms.signatory or "–"
    suspended = terms.suspended_on
    yield _("Suspended since"), plain_day(suspended) if suspended else "–"


def _payment_lines(terms: Terms, other: Terms) -> Iterator[tuple[str, str]]:
    by_number = {part.number: part for part in terms.instalments}
    for number in range(1, max(len(terms.instalments), len(other.instalments)) + 1):
        part = by_number.get(number)
        text = (
            _(
                "%(amount)s, due on %(day)s",
                amount=plain_money(part.amount),
                day=plain_day(part.due_on),
            )
            if part
            else "–"
        )
        yield _("Instalment %(number)s", number=number), text


def _report_lines(terms: Terms, other: Terms) -> Iterator[tuple[str, str]]:
    by_number = {report.number: report for report in terms.reports}
    for number in range(1, max(len(terms.reports), len(other.reports)) + 1):
        report = by_number.get(number)
        text = (
            _(
                "%(kind)s to %(end)s, due on %(day)s",
                kind=report.kind.label,
                end=plain_day(report.covers_to),
                day=plain_day(report.due_on),
            )
            if report
            else "–"
        )
        yield _("Report %(number)s", number=number), text
