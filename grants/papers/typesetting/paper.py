"""What a document says, before its layout: frozen, plain, the same for PDF and JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import current_language, in_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.papers.typesetting.enclosed import Picture


@dataclass(frozen=True, slots=True)
class Issuer:
    """The fund in whose name a document is written."""

    code: str
    name: str
    signatory: str
    bank_details: str
    letterhead: tuple[str, ...] = ()
    """Address and contact, line by line."""
    mark: Picture | None = None
    signature: Picture | None = None
    """Of the person who stands under letters."""

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for picture in (self.mark, self.signature) if picture)

    @classmethod
    def of(cls, fund: Fund) -> "Issuer":
        return cls(
            code=fund.code,
            name=fund.title,
            signatory=fund.signed_by,
            bank_details=in_language(fund.bank_details),
            letterhead=tuple(in_language(fund.letterhead).splitlines()),
            mark=Picture.of(fund.mark),
            signature=Picture.of(fund.signature),
        )


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a letter goes."""

    name: str
    address: str | None
    country: str | None
    """ISO 3166 alpha-2."""

    @property
    def country_name(self) -> str:
        return country_name(self.country) if self.country else ""

    @classmethod
    def of(cls, organisation: Organisation) -> "Addressee":
        return cls(organisation.name, organisation.address, organisation.country)


@dataclass(frozen=True, slots=True)
class Span:
    """A period, both days included."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise DomainError(_("The period ends before it begins."))

    @property
    def code(self) -> str:
        """As ISO 8601 writes an interval: 2026-01-01/2026-12-31."""
        return f"{self.since.isoformat()}/{self.until.isoformat()}"

    @classmethod
    def of(cls, code: str) -> "Span | None":
        """The period of such a code; None of an empty one."""
        first, _slash, last = code.partition("/")
        return cls(date.fromisoformat(first), date.fromisoformat(last)) if code else None


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """What a document was asked for by: with it anybody can ask for it again."""

    reference: str
    span: Span | None

    @property
    def period(self) -> str:
        return self.span.code if self.span else ""


@dataclass(frozen=True, slots=True)
class Certified:
    """The certifying officer's certificate on a document."""

    serial: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: the balance of every one of its kind, and its own facts."""

    document: str
    """Its name in the catalogue."""
    title: str
    reference: str
    """Of the record it is about, as people quote it."""
    on: date
    """The day it speaks of, from the record: printing it later does not change it."""
    issuer: Issuer
    facts: Any
    """A frozen dataclass; `as_json` of it is what --json prints."""
    to: str = ""
    """Code of the organisation it is written to, where it is written to one."""
    unsigned: bool = False
    """It is signed off by an act of its own, and has not been yet."""
    asked: DocumentRequest | None = None
    certified: Certified | None = None
    code: Picture | None = None
    """What a banking app scans to pay what it asks for."""
    slip: Picture | None = None
    """The Swiss QR-bill at its foot, to be cut off."""
    language: str = ""
    """In which its words were written, so that nothing around them is in another; ""
    where they speak the reader's."""


def as_json(value: Any) -> Any:
    """Facts as plain JSON values: amounts as text with the currency's decimals, ISO dates.

    A field called `from_` is printed as "from", which Python keeps for itself.
    """
    if is_dataclass(value) and not isinstance(value, Money | type):
        return {item.name.rstrip("_"): as_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    for kind, written in _WRITTEN.items():
        if isinstance(value, kind):
            return written(value)
    return value


def amounts(value: Any) -> Iterator[Money]:
    """Every amount among facts, at whatever depth."""
    if isinstance(value, Money):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from amounts(getattr(value, item.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from amounts(item)
    elif isinstance(value, Mapping):
        yield from amounts(tuple(value.values()))


def plain_rate(rate: Decimal) -> str:
    """A rate with every decimal that was published, in the reader's digits."""
    places = max(0, -int(rate.normalize().as_tuple().exponent))
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(rate, format=pattern, locale=current_language().locale)


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    Money: str,
    Decimal: lambda value: f"{value:f}",
    datetime: datetime.isoformat,
    date: date.isoformat,
    str: lambda value: str(getattr(value, "value", value)),
}
