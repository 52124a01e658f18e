"""Whether a payment file is one that a bank would take: pain.001.001.09 of ISO 20022.

Its schema comes with the package sepaxml. What a schema cannot say is checked besides: the number
of payments and their sum, in the head and in each batch; the characters that banks pass on; the
check digits of accounts and the form of bank codes; decimals that the currency has.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

from lxml import etree
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import exponent

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
N = f"{{{NAMESPACE}}}"
LARGEST = 50 * 1024 * 1024
"""Bytes: some 40,000 payments."""

PASSED_ON = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
"""The characters that every bank passes on: the set X of SWIFT, without line breaks."""
OWN_CHARACTERS = {"EmailAdr", "URLAdr", "MtgId"}
REFERENCES = {"MsgId", "PmtInfId", "InstrId", "EndToEndId"}


def payment_file_faults(content: bytes) -> list[str]:
    """A sentence for each fault, in the order of the file; none if a bank would take it.

    DomainError if it is no XML at all.
    """
    root = _parse_xml(content)
    if root.tag != f"{N}Document":
        namespace = etree.QName(root).namespace or root.tag
        return [_("This file is not pain.001.001.09 but “%(found)s”.", found=namespace)]
    return [
        *_of_the_schema(root),
        *_wrong_counts(root),
        *_wrong_texts(root),
        *_wrong_accounts(root),
        *_wrong_amounts(root),
        *_double_names(root),
    ]


def _parse_xml(content: bytes) -> etree._Element:
    if len(content) > LARGEST:
        raise DomainError(_("The file is larger than %(size)s MB.", size=LARGEST // 1024**2))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DomainError(_("The file cannot be read as XML: %(why)s.", why=error)) from error
    if root.getroottree().docinfo.doctype:
        raise DomainError(
            _(
                "The file contains a document type declaration (DOCTYPE),"
                " which a payment file must not have."
            )
        )
    return root


@cache
def _pain_schema() -> etree.XMLSchema:
    path = files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def _of_the_schema(root: etree._Element) -> Iterator[str]:
    schema = _pain_schema()
    if not schema.validate(root):
        for error in schema.error_log:
            why = error.message.replace(N, "")
            yield _("Line %(line)s: %(why)s", line=error.line, why=why)


def _wrong_counts(root: etree._Element) -> Iterator[str]:
    """The number and the sum that the head and each batch state, against what is there."""
    for part in root.iter(f"{N}GrpHdr", f"{N}PmtInf"):
        whole = root if part.tag == f"{N}GrpHdr" else part
        payments = list(whole.iter(f"{N}CdtTrfTxInf"))
        name = part.findtext(f"{N}MsgId") or part.findtext(f"{N}PmtInfId")
        stated = _number_in(part.find(f"{N}NbOfTxs"))
        if stated is not None and stated != len(payments):
            yield _(
                "%(name)s: NbOfTxs is %(stated)s, but there are %(found)s payments.",
                name=name,
                stated=stated,
                found=len(payments),
            )
        total = sum((_amount_of(payment) for payment in payments), Decimal(0))
        stated = _number_in(part.find(f"{N}CtrlSum"))
        if stated is not None and stated != total:
            yield _(
                "%(name)s: CtrlSum is %(stated)s, but the payments add up to %(found)s.",
                name=name,
                stated=stated,
                found=total,
            )


def _amount_of(payment: etree._Element) -> Decimal:
    amount = payment.find(f"{N}Amt/{N}InstdAmt")
    if amount is None:
        amount = payment.find(f"{N}Amt/{N}EqvtAmt/{N}Amt")
    return _number_in(amount) or Decimal(0)


def _number_in(element: etree._Element | None) -> Decimal | None:
    """The number of an element; None where there is none, which the schema tells."""
    try:
        number = Decimal((element.text or "").strip()) if element is not None else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _wrong_texts(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        text = element.text or ""
        if len(element) or name in OWN_CHARACTERS:
            continue
        if not PASSED_ON.fullmatch(text):
            wrong = sorted({sign for sign in text if not PASSED_ON.fullmatch(sign)})
            yield _(
                "Line %(line)s: %(name)s contains characters that banks do not accept: %(wrong)s",
                line=element.sourceline,
                name=name,
                wrong=" ".join(map(repr, wrong)),
            )
        if name in REFERENCES and (text[:1] == "/" or text[-1:] == "/" or "//" in text):
            yield _(
                "Line %(line)s: %(name)s must not begin or end with “/” or contain “//”.",
                line=element.sourceline,
                name=name,
            )


def _wrong_accounts(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{N}IBAN", f"{N}BICFI", f"{N}AnyBIC"):
        text = element.text or ""
        try:
            IBAN(text) if element.tag == f"{N}IBAN" else BIC(text)
        except SchwiftyException as error:
            yield _(
                "Line %(line)s: %(name)s %(text)s: %(why)s.",
                line=element.sourceline,
                name=etree.QName(element).localname,
                text=text,
                why=error,
            )


def _wrong_amounts(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{N}InstdAmt", f"{N}Amt"):
        currency = element.get("Ccy")
        if currency is None:
            continue
        try:
            amount, places = _number_in(element) or Decimal(0), exponent(currency)
        except DomainError as error:
            yield _("Line %(line)s: %(why)s", line=element.sourceline, why=error)
            continue
        if amount <= 0 or amount != round(amount, places):
            yield _(
                "Line %(line)s: %(amount)s %(currency)s cannot be paid.",
                line=element.sourceline,
                amount=amount,
                currency=currency,
            )


def _double_names(root: etree._Element) -> Iterator[str]:
    """Batches of one name, and payments of one name in a batch: a bank takes the second for a
    repetition of the first.
    """
    batches = Counter(batch.findtext(f"{N}PmtInfId") for batch in root.iter(f"{N}PmtInf"))
    yield from _repeated_names("PmtInfId", batches)
    for batch in root.iter(f"{N}PmtInf"):
        names = Counter(payment.text for payment in batch.iter(f"{N}InstrId"))
        yield from _repeated_names("InstrId", names)


def _repeated_names(name: str, counts: Counter[str | None]) -> Iterator[str]:
    for text, times in counts.items():
        if times > 1:
            yield _("%(name)s %(text)s is used %(times)s times.", name=name, text=text, times=times)
