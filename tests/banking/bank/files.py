"""Statement files as banks send them, made of a few plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from grants.core.kernel.money import Money
from tests.books.ledger.books import money

IBAN = "AT611904300234573201"
EURO_IBAN = "AT021200000703447144"
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@dataclass(frozen=True)
class BankEntry:
    """A booked entry; more than 0 is a credit."""

    amount: Money
    on: date = date(2026, 3, 10)
    reference: str = ""
    end_to_end: str = "NOTPROVIDED"
    name: str = ""
    text: str = ""
    fee: str = ""
    status: str = "BOOK"
    code: str = "RCDT"
    original: Money | None = None
    booked_on: date | None = None
    iban: str = ""
    """The account of the payer or payee."""


def balance(code: str, amount: Money, day: date) -> str:
    sign = "CRDT" if amount.minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{amount.currency}">{str(amount).lstrip("-")}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def entry(told: BankEntry, version: str) -> str:
    plain = f'Ccy="{told.amount.currency}">{str(told.amount).lstrip("-")}'
    sign, other = ("CRDT", "Dbtr") if told.amount.minor > 0 else ("DBIT", "Cdtr")
    nested = version >= "08"
    status = f"<Sts><Cd>{told.status}</Cd></Sts>" if nested else f"<Sts>{told.status}</Sts>"
    name = f"<Nm>{escape(told.name)}</Nm>"
    party = f"<{other}>{f'<Pty>{name}</Pty>' if nested else name}</{other}>" if told.name else ""
    if told.iban:
        party += f"<{other}Acct><Id><IBAN>{told.iban}</IBAN></Id></{other}Acct>"
    fee = (
        f'<Chrgs><Rcrd><Amt Ccy="{told.amount.currency}">{told.fee}</Amt>'
        "<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
        if told.fee
        else ""
    )
    instructed = (
        f'<AmtDtls><InstdAmt><Amt Ccy="{told.original.currency}">{told.original}</Amt></InstdAmt>'
        "</AmtDtls>"
        if told.original
        else ""
    )
    return (
        f"<Ntry><Amt {plain}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}"
        f"<BookgDt><Dt>{told.booked_on or told.on}</Dt></BookgDt><ValDt><Dt>{told.on}</Dt></ValDt>"
        f"<AcctSvcrRef>{told.reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{told.code}</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly>"
        f"</Domn></BkTxCd>{fee}<NtryDtls><TxDtls><Refs><EndToEndId>{told.end_to_end}</EndToEndId>"
        f"</Refs><Amt {plain}</Amt>{instructed}<RltdPties>{party}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(told.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt(
    entries: Sequence[BankEntry],
    opening: Money | str = "0",
    *,
    closing: Money | None = None,
    reference: str = "STMT-1",
    account: str = IBAN,
    days: tuple[date, date] = (FIRST, LAST),
    version: str = "08",
    currency: str = "USD",
) -> bytes:
    """A camt.053 file with one statement, which ties unless it is given another closing balance."""
    begins = opening if isinstance(opening, Money) else money(opening, currency)
    booked = sum(told.amount.minor for told in entries if told.status == "BOOK")
    ends = Money(begins.minor + booked, begins.currency)
    stated = ends if closing is None else closing
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-01T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{reference}</Id><CreDtTm>2026-04-01T06:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{days[0]}T00:00:00</FrDtTm><ToDtTm>{days[1]}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{begins.currency}</Ccy></Acct>"
        f"{balance('OPBD', begins, days[0])}{balance('CLBD', stated, days[1])}"
        f"{''.join(entry(told, version) for told in entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


MT940 = b""":20:STARTUMS
:25:AT611904300234573201
:28C:12/1
:60F:C260301USD1000,00
:61:2603100310C250,00NTRFNONREF//BANKREF1
:86:/EREF/UNVTF-P-2026-0001-7/NAME/Republic of Arcadia/REMI/Contribution 2026
:61:2603160316D12,50NCHGNONREF//B2
:86:Charges of March
:62F:C260331USD1237,50
-
"""
