"""MT940, the statement of the SWIFT network, as banks write it: fields, statements, entries.

A field begins at the start of a line with its tag (`:61:`, by some banks `/61:`) and goes on until
the next one. What a payer wrote stands in `:86:`, in the words of each country (details.py).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from grants.banking.bank.files.details import Details, details_of
from grants.banking.bank.files.statement import (
    MOST_ENTRIES,
    ReadLine,
    ReadStatement,
    UnreadableStatement,
    too_many,
)
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent
from grants.core.kernel.patience import within_time

_TAG = re.compile(r"[:/](\d{2}[A-Z]?|NS|1):(?![0-9]{2}:)")
_BLOCKS = re.compile(r"^(\{\d:[^{}]*\}?)*(\{4:)?")
_END = re.compile(r"-\}?(\{.*)?")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})?([\d.,]+)")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{4})?\s*(?P<sign>[RE]?[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d[\d.,]*)(?P<code>[A-Z][A-Z0-9 ]{3})?(?P<reference>.*)"
)


@dataclass
class _Entry:
    """`:61:` with the line below it, and its `:86:`."""

    text: str
    details: str = ""


@dataclass
class _Message:
    """The fields of one statement, the first of each; its entries in order."""

    fields: dict[str, str] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)

    def first(self, *tags: str) -> str | None:
        return next((self.fields[tag] for tag in tags if tag in self.fields), None)


def read_mt940(content: bytes) -> list[ReadStatement]:
    """The statements of an MT940 file. UnreadableStatement with one line for each fault."""
    statements, faults = [], []
    messages = list(_split_messages(_tagged_fields(_decoded_text(content))))
    if sum(len(message.entries) for message in messages) > MOST_ENTRIES:
        raise UnreadableStatement([too_many(MOST_ENTRIES)])
    for place, message in enumerate(within_time(messages), 1):
        try:
            statements.append(_read_statement(message))
        except InvalidInput as refusal:
            faults.append(_("statement %(name)s: %(fault)s", name=place, fault=refusal.message))
    if faults:
        raise UnreadableStatement(faults)
    if not statements:
        raise UnreadableStatement(
            [_("the file contains no statement: expected camt.053 (XML) or MT940")]
        )
    return statements


def _decoded_text(content: bytes) -> str:
    """UTF-8, or else what banks of western Europe write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso8859-15")


def _tagged_fields(text: str) -> Iterator[tuple[str, str]]:
    """Tag and content of each field, in order; what stands before the first is left out."""
    tag, lines = "", list[str]()
    for raw in within_time(re.split(r"\r\n|\n|\r", text)):
        line = _BLOCKS.sub("", raw, count=1) if raw.startswith("{") else raw
        if _END.fullmatch(line.strip()):
            yield from _normal_field(tag, lines)
            tag, lines = "", []
            line = re.sub(r"^-\}?(\{\d:[^{}]*\}?)*(\{4:)?", "", line.strip())
        begins = _TAG.match(line)
        if begins:
            yield from _normal_field(tag, lines)
            tag, lines = begins[1], [line[begins.end() :]]
        elif tag:
            lines.append(line)
    yield from _normal_field(tag, lines)


def _normal_field(tag: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    if tag:
        yield {"28": "28C", "1": "28C"}.get(tag, tag), "\n".join(lines)


def _split_messages(fields: Iterable[tuple[str, str]]) -> Iterator[_Message]:
    """A statement begins with `:20:`, and closes with its last balance."""
    message, of_entry = _Message(), False
    for tag, value in fields:
        if tag == "20" and message.fields:
            yield message
            message = _Message()
        if tag == "61":
            message.entries.append(_Entry(value))
        elif tag == "86" and of_entry:
            message.entries[-1].details = value
        else:
            message.fields.setdefault(tag, value)
        of_entry = tag == "61" or (of_entry and tag == "NS")
    if message.fields.keys() & {"25", "60F", "60M", "62F", "62M"} or message.entries:
        yield message


def _read_statement(message: _Message) -> ReadStatement:
    opening, opened_on = _read_balance(message.first("60F", "60M"), "opening")
    closing, closed_on = _read_balance(message.first("62F", "62M"), "closing", opening.currency)
    number = "/".join(re.findall(r"\d+", message.first("28C") or "")[:2])
    title = " ".join([*(message.first("20") or "").split(), number])
    return ReadStatement(
        reference=f"{title.strip()[:100]} {closed_on.isoformat()}".strip(),
        account=_account_number(message.first("25", "25P") or "", opening.currency),
        opens_on=opened_on,
        closes_on=closed_on,
        opening=opening,
        closing=closing,
        lines=tuple(
            line
            for entry in message.entries
            if (line := _read_line(entry, opening.currency)).amount
        ),
        kind="MT940",
    )


def _account_number(text: str, currency: str) -> str:
    """The number: some banks write their own code and a stroke before it, some the currency after
    it, with a stroke or without.
    """
    parts = ["".join(part.split()) for part in text.partition("\n")[0].upper().split("/")]
    if len(parts) > 1 and parts[-1] == currency:
        parts.pop()
    number = parts[-1].removesuffix(currency)
    if not number:
        raise InvalidInput(_("the account is missing"))
    return number


def _read_balance(text: str | None, which: str, currency: str = "") -> tuple[Money, date]:
    if text is None:
        raise InvalidInput(_("there is no balance %(code)s", code=which))
    read = _BALANCE.match("".join(text.split()))
    if read is None or not (read[3] or currency):
        raise InvalidInput(_("the balance %(code)s cannot be read", code=which))
    sign, day, written, amount = read.groups()
    money = _read_money(amount, written or currency)
    return money if sign == "C" else -money, _read_day(day)


def _read_money(text: str, currency: str) -> Money:
    """Digits, and decimals after a comma; trailing zeros beyond the currency's are none."""
    text = text.lstrip("0") or "0"
    whole, _point, fraction = text.replace(".", ",").rpartition(",")
    if not _point:
        whole, fraction = fraction, ""
    try:
        scaled = Decimal(f"{whole or 0}.{fraction or 0}").scaleb(exponent(currency))
    except InvalidOperation:
        scaled = Decimal("0.5")
    if scaled != scaled.to_integral_value() or len(text) > 18:
        raise InvalidInput(
            _("“%(text)s” is not an amount in %(currency)s", text=text[:40], currency=currency)
        )
    return Money(int(scaled), currency)


def _read_day(text: str) -> date:
    """YYMMDD. Some banks count thirty days in every month."""
    year, month, day = (int(text[at : at + 2]) for at in (0, 2, 4))
    for number in (day, 29, 28) if month == 2 and day == 30 else (day,):
        try:
            return date(year + (2000 if year < 80 else 1900), month, number)
        except ValueError:
            continue
    raise InvalidInput(_("“%(text)s” is not a date", text=text))


def _booking_day(text: str | None, value_on: date) -> date:
    """The entry date, MMDD, in the year that brings it nearest to the value date."""
    if not (text or "").strip():
        return value_on
    days = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            days.append(_read_day(f"{year % 100:02d}{text}"))
        except InvalidInput:
            continue
    return min(days, key=lambda day: abs((day - value_on).days), default=value_on)


def _read_line(entry: _Entry, currency: str) -> ReadLine:
    first, _newline, below = entry.text.partition("\n")
    read = _ENTRY.match(first)
    if read is None:
        raise InvalidInput(_("the entry “%(text)s” cannot be read", text=first[:40]))
    value_on = _read_day(read["value"])
    amount = _read_money(read["amount"], currency)
    reference, _strokes, bank = read["reference"].partition("//")
    details = details_of(entry.details, reference.strip(), below.strip())
    return ReadLine(
        booked_on=_booking_day(read["entry"], value_on),
        value_on=value_on,
        amount=amount if read["sign"] in {"C", "EC", "RD"} else -amount,
        bank_reference=_real_reference(bank),
        end_to_end=_end_to_end(details, reference),
        counterparty=details.name,
        counterparty_account=details.account,
        text=details.text,
        code=(read["code"] or "").strip(),
    )


def _end_to_end(details: Details, reference: str) -> str:
    """The payer's reference; the entry's own, unless that is the other side's account."""
    reference = _real_reference(reference)
    is_reference = reference not in {details.account, "EREF", "MARF", "PREF", "KREF+"}
    return _real_reference(details.end_to_end) or (reference if is_reference else "")


def _real_reference(reference: str) -> str:
    plain = " ".join(reference.split())
    return "" if plain.upper() in {"NONREF", "NOTPROVIDED"} else plain
