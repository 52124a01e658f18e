"""camt.053, the bank statement of ISO 20022: versions 02 to 13 of camt.053.001, booked entries.

The file comes from outside, so a document type, and with it every entity, is refused, nothing is
loaded from anywhere, and the parser keeps its limits of depth and size.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lxml import etree

from grants.banking.bank.files.statement import (
    MOST_ENTRIES,
    RETURN_REASON,
    ReadLine,
    ReadStatement,
    UnreadableStatement,
    too_many,
)
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent, total
from grants.core.kernel.patience import within_time

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(0[2-9]|1[0-3])")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
Node = etree._Element  # noqa: SLF001 - lxml has no other name for an element


def read_camt(content: bytes) -> list[ReadStatement]:
    """The statements of a camt.053 file. UnreadableStatement with one line for each fault."""
    statements, faults = [], []
    nodes = _statement_nodes(content)
    if sum(len(node.findall("{*}Ntry")) for node in nodes) > MOST_ENTRIES:
        raise UnreadableStatement([too_many(MOST_ENTRIES)])
    for place, node in enumerate(within_time(nodes), 1):
        name = _text_at(node, "Id") or str(place)
        try:
            statements.append(_read_statement(node))
        except InvalidInput as refusal:
            faults.append(_("statement %(name)s: %(fault)s", name=name, fault=refusal.message))
    if faults:
        raise UnreadableStatement(faults)
    return statements


def _statement_nodes(content: bytes) -> list[Node]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        why = getattr(error, "msg", error)  # without the name that the parser gave the text
        raise UnreadableStatement([_("cannot be read as XML: %(why)s", why=why)]) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableStatement(
            [_("a document type (DOCTYPE) is not allowed in a bank statement")]
        )
    namespace = etree.QName(root).namespace or ""
    if not NAMESPACE.fullmatch(namespace):
        raise UnreadableStatement(
            [
                _(
                    "“%(name)s” is not a bank statement: expected camt.053 (XML) or MT940",
                    name=namespace or etree.QName(root).localname,
                )
            ]
        )
    statements = root.findall("{*}BkToCstmrStmt/{*}Stmt")
    if not statements:
        raise UnreadableStatement([_("the file contains no statement")])
    return statements


def _read_statement(node: Node) -> ReadStatement:
    opening, opened_on = _read_balance(node, OPENING)
    closing, closed_on = _read_balance(node, CLOSING)
    begins = _read_day(node, "FrToDt/FrDtTm") or opened_on
    return ReadStatement(
        reference=_required_text(node, "Id"),
        account=_account_number(node),
        opens_on=begins,
        closes_on=_read_day(node, "FrToDt/ToDtTm") or closed_on,
        opening=opening,
        closing=closing,
        lines=tuple(
            line for entry in within_time(node.findall("{*}Ntry")) for line in _entry_lines(entry)
        ),
        kind="camt.053",
    )


def _account_number(node: Node) -> str:
    number = _text_at(node, "Acct/Id/IBAN") or _text_at(node, "Acct/Id/Othr/Id")
    if not number:
        raise InvalidInput(_("the account is missing"))
    return "".join(number.split()).upper()


def _read_balance(node: Node, codes: tuple[str, ...]) -> tuple[Money, date]:
    """The balance of the first of these kinds that there is, and its day."""
    for code in codes:
        for balance in node.findall("{*}Bal"):
            if _text_at(balance, "Tp/CdOrPrtry/Cd") == code:
                day = _read_day(balance, "Dt/Dt") or _read_day(balance, "Dt/DtTm")
                if day is None:
                    raise InvalidInput(_("the balance %(code)s has no date", code=code))
                return _signed_amount(balance), day
    raise InvalidInput(_("there is no balance %(code)s", code=" / ".join(codes)))


def _entry_lines(node: Node) -> Iterator[ReadLine]:
    """The lines of an entry that is booked: one, or one for each payment of a batch that the bank
    tells apart.
    """
    if (_text_at(node, "Sts/Cd") or _text_at(node, "Sts")) != "BOOK":
        return
    whole = _signed_amount(node)
    if not whole:
        return
    details = node.findall("{*}NtryDtls/{*}TxDtls")
    amounts = [_own_amount(detail, whole) for detail in details]
    parts = [amount for amount in amounts if amount is not None]
    apart = len(parts) == len(details) > 1 and total(parts, whole.currency) == whole
    if not apart:
        yield _read_line(node, details, whole)
        return
    for number, (detail, amount) in enumerate(zip(details, parts, strict=True), 1):
        yield _read_line(node, [detail], amount, number)


def _own_amount(detail: Node, whole: Money) -> Money | None:
    """A payment's own amount, if the bank states it in the account's currency."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        amount_node = _find_node(detail, path)
        if amount_node is not None and amount_node.get("Ccy") == whole.currency:
            sign = _text_at(detail, "CdtDbtInd") or ("DBIT" if whole.minor < 0 else "CRDT")
            amount = _read_money(amount_node)
            return -amount if sign == "DBIT" else amount
    return None


def _read_line(node: Node, details: Sequence[Node], amount: Money, number: int = 0) -> ReadLine:
    """An entry or a part of it; of a batch that the bank states as one sum, what all its payments
    say.
    """
    booked_on = _read_day(node, "BookgDt/Dt") or _read_day(node, "BookgDt/DtTm")
    value_on = _read_day(node, "ValDt/Dt") or _read_day(node, "ValDt/DtTm") or booked_on
    if value_on is None:
        raise InvalidInput(_("a booked entry has neither booking date nor value date"))
    inside = details[0] if len(details) == 1 else node
    counterparty, account = _other_side(node, inside, amount)
    return ReadLine(
        booked_on=booked_on or value_on,
        value_on=value_on,
        amount=amount,
        bank_reference=_own_reference(node, inside, number),
        end_to_end=_real_reference(_text_at(inside, "Refs/EndToEndId")),
        counterparty=counterparty,
        counterparty_account=account,
        text=_remittance_text(node, details or [node]),
        code=_bank_code(node),
        fee=_fee_in(inside, amount.currency)
        or (_fee_in(node, amount.currency) if not number else None),
        original=_original_sum(inside, amount.currency),
    )


def _own_reference(node: Node, inside: Node, number: int) -> str:
    """What the bank calls it. What it calls a whole batch becomes one for each of its payments."""
    shared = _real_reference(_text_at(node, "AcctSvcrRef")) or _real_reference(
        _text_at(node, "NtryRef")
    )
    reference = _real_reference(_text_at(inside, "Refs/AcctSvcrRef")) or shared
    return f"{reference}/{number}" if reference == shared and reference and number else reference


def _other_side(node: Node, inside: Node, amount: Money) -> tuple[str, str]:
    """Name and account of who paid or was paid; where money went back, of who had."""
    returned = _text_at(node, "RvslInd") in {"true", "1"}
    other = "Dbtr" if (amount.minor > 0) is not returned else "Cdtr"
    names = (f"{other}/Pty/Nm", f"{other}/Nm", f"Ultmt{other}/Pty/Nm", f"Ultmt{other}/Nm")
    numbers = (f"{other}Acct/Id/IBAN", f"{other}Acct/Id/Othr/Id")
    return _first_party(inside, names), _first_party(inside, numbers)


def _first_party(inside: Node, paths: Iterable[str]) -> str:
    return next((text for path in paths if (text := _text_at(inside, f"RltdPties/{path}"))), "")


def _real_reference(reference: str) -> str:
    return "" if reference.upper() in {"NOTPROVIDED", "NONREF"} else reference


def _remittance_text(node: Node, details: Sequence[Node]) -> str:
    paths = (
        "{*}RmtInf/{*}Ustrd",
        "{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref",
        "{*}RmtInf/{*}Strd/{*}AddtlRmtInf",
        "{*}AddtlTxInf",
    )
    texts = [
        part.text or "" for detail in details for path in paths for part in detail.findall(path)
    ]
    texts.append(_text_at(node, "AddtlNtryInf"))
    reasons = (_text_at(detail, "RtrInf/Rsn/Cd") for detail in details)
    texts.extend(f"{RETURN_REASON}{code}" for code in reasons if code)
    return " ".join(" ".join(text.split()) for text in texts if text.strip())


def _bank_code(node: Node) -> str:
    parts = ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")
    codes = [_text_at(node, f"BkTxCd/{part}") for part in parts]
    return "/".join(part for part in codes if part) or _text_at(node, "BkTxCd/Prtry/Cd")


def _fee_in(node: Node, currency: str) -> Money | None:
    """Charges that the bank says are withheld from the amount."""
    records = node.findall("{*}Chrgs/{*}Rcrd") or node.findall("{*}Chrgs")
    withheld = [
        _read_money(amount)
        for record in records
        if (amount := _find_node(record, "Amt")) is not None
        and amount.get("Ccy") == currency
        and _text_at(record, "CdtDbtInd") != "CRDT"
        and _text_at(record, "ChrgInclInd") not in {"false", "0"}
    ]
    return total(withheld, currency) or None if withheld else None


def _original_sum(inside: Node, currency: str) -> Money | None:
    amount = _find_node(inside, "AmtDtls/InstdAmt/Amt")
    if amount is None or amount.get("Ccy") in {None, currency}:
        return None
    return _read_money(amount)


def _signed_amount(node: Node) -> Money:
    amount = _find_node(node, "Amt")
    if amount is None:
        raise InvalidInput(_("an amount is missing"))
    sign = _text_at(node, "CdtDbtInd")
    if sign not in {"CRDT", "DBIT"}:
        raise InvalidInput(_("an amount is neither credit (CRDT) nor debit (DBIT)"))
    return _read_money(amount) if sign == "CRDT" else -_read_money(amount)


def _read_money(node: Node) -> Money:
    """An amount as the schema allows it: digits, and decimals that the currency has."""
    text, currency = (node.text or "").strip(), node.get("Ccy") or ""
    places = exponent(currency)
    whole, _point, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    plain = re.fullmatch(r"\d{1,15}(\.\d*)?|\.\d+", text, re.ASCII)
    if not plain or len(fraction) > places:
        raise InvalidInput(
            _("“%(text)s” is not an amount in %(currency)s", text=text[:40], currency=currency)
        )
    return Money(int(whole + fraction), currency)


def _read_day(node: Node, path: str) -> date | None:
    text = _text_at(node, path)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise InvalidInput(_("“%(text)s” is not a date", text=text[:40])) from error


def _find_node(node: Node, path: str) -> Node | None:
    return node.find("/".join(f"{{*}}{step}" for step in path.split("/")))


def _text_at(node: Node, path: str) -> str:
    element = _find_node(node, path)
    return "" if element is None else " ".join((element.text or "").split())


def _required_text(node: Node, path: str) -> str:
    text = _text_at(node, path)
    if not text or len(text) > 80:
        raise InvalidInput(_("%(name)s is missing, or too long", name=path))
    return text
