"""What `:86:` of an MT940 entry says about the other side, in each of the ways banks write it:
codes between strokes (the Netherlands), numbered parts (Germany), a first line with account and
name (ASN, SNS), or plain words.
"""

import re
from dataclasses import dataclass

_CODES = (
    "EREF KREF MARF CREF PREF CSID RTRN TRTP TRCD NAME IBAN BIC ORDP BENM CNTP REMI ULTD ULTC ULTB "
    "PURP INIT ISDT ADDR ACCW NRTX SVCL EXCH CHGS OCMT"
)
_CODED = re.compile(rf"/({'|'.join(_CODES.split())})(?=/)")
_NUMBERED = re.compile(r"\d{3}([^\w\s,.;:/-])(?=\d{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|OAMT|COAM|PURP)\+")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_WIDTH = 64
"""Characters of a line (65, of which ING uses 64); a full one goes on without a space."""


@dataclass(frozen=True, slots=True)
class Details:
    """Name, account, reference and text of the other side of a payment."""

    name: str = ""
    account: str = ""
    end_to_end: str = ""
    text: str = ""


def details_of(facts: str, reference: str, below: str) -> Details:
    """Read `:86:`; `reference` is that in `:61:` and `below` the line under it."""
    if _NUMBERED.match(facts):
        return _from_numbers(facts)
    whole = _in_one(facts)
    if _CODED.match(whole):
        return _from_codes(whole)
    first, _newline, remainder = facts.strip().partition("\n")
    account, _space, name = _one_line(first).partition(" ")
    if account == reference and (_IBAN.fullmatch(reference) or name == _one_line(below)):
        return Details(name=name or below, account=reference, text=_one_line(remainder))
    return Details(text=_one_line(facts) or _one_line(below))


def _in_one(text: str) -> str:
    """The lines as one: a full one was broken by its width."""
    lines = text.split("\n")
    joined = "".join(line if len(line) >= _WIDTH else f"{line.rstrip()} " for line in lines)
    return joined.strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _from_codes(whole: str) -> Details:
    """`/EREF/…//CNTP/account/BIC/name/city///REMI/USTD//…/`, or `/IBAN/…/NAME/…/REMI/…`."""
    parts = _CODED.split(whole)
    values: dict[str, str] = {}
    for code, value in zip(parts[1::2], parts[2::2], strict=True):
        values.setdefault(code, value.removeprefix("/"))
    party = values.get("CNTP", "").split("/") + [""] * 3
    remittance = re.sub(r"^(USTD/|STRD/[A-Z]*)/?", "", values.get("REMI", ""))
    return Details(
        name=_one_line((values.get("NAME") or party[2]).strip("/ ")),
        account=(values.get("IBAN") or party[0]).strip("/ "),
        end_to_end=_one_line(values.get("EREF", "").strip("/ ")),
        text=_one_line(remittance.strip("/ ")) or ("" if "REMI" in values else _one_line(whole)),
    )


def _from_numbers(facts: str) -> Details:
    """`166?00…?20EREF+…?21SVWZ+…?31account?32name`; what was sent is in 20 to 29, 60 to 63."""
    mark = _NUMBERED.match(facts)
    assert mark is not None
    parts: dict[str, str] = {}
    for part in facts.replace("\n", "")[3:].split(mark[1]):
        if part[:2].isdigit():
            parts[part[:2]] = parts.get(part[:2], "") + part[2:]
    numbers = [*range(20, 30), *range(60, 64)]
    sent = "".join(parts.get(str(number), "") for number in numbers)
    sepa = _SEPA.split(sent)
    by_code = {code: text.strip() for code, text in zip(sepa[1::2], sepa[2::2], strict=True)}
    return Details(
        name=_one_line(by_code.get("ABWA", "") or parts.get("32", "") + parts.get("33", "")),
        account=(parts.get("31") or by_code.get("IBAN", "")).strip(),
        end_to_end=_one_line(by_code.get("EREF", "")),
        text=_one_line(by_code.get("SVWZ") or sepa[0]) or _one_line(parts.get("00", "")),
    )
