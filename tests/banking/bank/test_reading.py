"""A bank's file is read whole and checked by itself, or refused with a line for each fault."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.banking.bank.files.reading import read_statements
from grants.banking.bank.files.statement import UnreadableStatement
from grants.core.kernel.money import Money
from tests.banking.bank.files import IBAN, LAST, MT940, BankEntry, camt
from tests.books.ledger.books import money

DEPOSIT = BankEntry(
    money("250.00"),
    reference="BANKREF1",
    end_to_end="UNVTF-P-2026-0001-7",
    name="Republic of Arcadia",
    text="Contribution 2026",
    fee="5.00",
)
CHARGE = BankEntry(money("-12.50"), reference="B2", code="CHRG", text="Charges of March")


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "13"])
def test_every_version_of_the_format_says_the_same(version: str) -> None:
    (statement,) = read_statements(camt([DEPOSIT, CHARGE], "1000", version=version))
    assert (statement.account, statement.reference) == (IBAN, "STMT-1")
    assert (statement.opening, statement.closing) == (money("1000"), money("1237.50"))
    deposit, charge = statement.lines
    assert deposit.amount == money("250")
    assert deposit.end_to_end == "UNVTF-P-2026-0001-7"
    assert deposit.counterparty == "Republic of Arcadia"
    assert deposit.fee == money("5")
    assert deposit.code == "PMNT/RCDT/OTHR"
    assert (charge.amount, charge.end_to_end, charge.fee) == (money("-12.50"), "", None)


def test_mt940_says_the_same_as_camt() -> None:
    (statement,) = read_statements(MT940)
    assert (statement.account, statement.kind) == (IBAN, "MT940")
    assert (statement.opening, statement.closing) == (money("1000"), money("1237.50"))
    deposit, charge = statement.lines
    assert deposit.amount == money("250")
    assert deposit.end_to_end == "UNVTF-P-2026-0001-7"
    assert deposit.counterparty == "Republic of Arcadia"
    assert deposit.text == "Contribution 2026"
    assert deposit.bank_reference == "BANKREF1"
    assert charge.amount == money("-12.50")
    assert charge.code == "NCHG"


def test_only_booked_entries_count() -> None:
    pending = BankEntry(money("999"), status="PDNG", reference="P1")
    (statement,) = read_statements(camt([DEPOSIT, pending], "1000"))
    assert [line.bank_reference for line in statement.lines] == ["BANKREF1"]


def test_a_batch_that_the_bank_tells_apart_is_a_line_for_each_payment() -> None:
    part = (
        '<TxDtls><Refs><EndToEndId>E{0}</EndToEndId></Refs><Amt Ccy="USD">{0}.00</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
    )
    whole = camt([BankEntry(money("70"), reference="BATCH")])
    before, _open, rest = whole.decode().partition("<NtryDtls>")
    _details, _close, after = rest.partition("</NtryDtls>")
    told = f"{before}<NtryDtls>{part.format(30)}{part.format(40)}</NtryDtls>{after}"
    (statement,) = read_statements(told.encode())
    assert [
        (line.bank_reference, str(line.amount), line.end_to_end) for line in statement.lines
    ] == [
        ("BATCH/1", "30.00", "E30"),
        ("BATCH/2", "40.00", "E40"),
    ]
    short = told.replace("40.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>", "39.00</Amt></TxDtls>")
    (untold,) = read_statements(short.encode())
    assert [str(line.amount) for line in untold.lines] == ["70.00"]


def test_payments_of_a_batch_that_share_its_reference_are_told_apart() -> None:
    part = (
        "<TxDtls><Refs><AcctSvcrRef>BATCH</AcctSvcrRef></Refs>"
        '<Amt Ccy="USD">35.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>'
    )
    told = with_details(BankEntry(money("70"), reference="BATCH"), part * 2)
    (statement,) = read_statements(told)
    assert [line.bank_reference for line in statement.lines] == ["BATCH/1", "BATCH/2"]


def test_of_a_batch_told_as_one_sum_all_that_its_payers_wrote_is_kept() -> None:
    part = "<TxDtls><RmtInf><Ustrd>Pledge {}</Ustrd></RmtInf></TxDtls>"
    told = with_details(BankEntry(money("70")), part.format("one") + part.format("two"))
    (statement,) = read_statements(told)
    assert [line.text for line in statement.lines] == ["Pledge one Pledge two"]


def with_details(told: BankEntry, details: str) -> bytes:
    """A statement of one entry whose details are these."""
    before, _open, rest = camt([told]).decode().partition("<NtryDtls>")
    _details, _close, after = rest.partition("</NtryDtls>")
    return f"{before}<NtryDtls>{details}</NtryDtls>{after}".encode()


def test_entries_to_which_the_bank_gives_no_reference_are_no_doubles() -> None:
    same = BankEntry(money("10"), reference="NONREF")
    (statement,) = read_statements(camt([same, same]))
    assert [line.bank_reference for line in statement.lines] == ["", ""]


def test_the_creditor_reference_of_a_structured_remittance_is_read() -> None:
    reference = "<Strd><CdtrRefInf><Ref>RF18UNVTFP202600017</Ref></CdtrRefInf></Strd>"
    told = camt([DEPOSIT], "1000").replace(b"<Ustrd>", f"{reference}<Ustrd>".encode())
    (statement,) = read_statements(told)
    assert statement.lines[0].text == "Contribution 2026 RF18UNVTFP202600017"


def test_money_that_went_back_names_whom_it_had_been_paid_to() -> None:
    party = (
        b"<Cdtr><Pty><Nm>Safe Harbour</Nm></Pty></Cdtr><Dbtr><Pty><Nm>The fund</Nm></Pty></Dbtr>"
    )
    told = (
        camt([BankEntry(money("70"))])
        .replace(b"</CdtDbtInd><Sts>", b"</CdtDbtInd><RvslInd>1</RvslInd><Sts>")
        .replace(b"<RltdPties>", b"<RltdPties>" + party)
    )
    (statement,) = read_statements(told)
    assert (statement.lines[0].amount, statement.lines[0].counterparty) == (
        money("70"),
        "Safe Harbour",
    )


def test_who_pays_through_an_office_is_named_where_the_office_is_not() -> None:
    party = b"<UltmtDbtr><Nm>Republic of Arcadia</Nm></UltmtDbtr>"
    told = camt([BankEntry(money("70"))], version="02").replace(
        b"<RltdPties>", b"<RltdPties>" + party
    )
    (statement,) = read_statements(told)
    assert statement.lines[0].counterparty == "Republic of Arcadia"


def test_an_entry_with_its_value_date_alone_was_booked_then() -> None:
    told = camt([DEPOSIT], "1000").replace(b"<BookgDt><Dt>2026-03-10</Dt></BookgDt>", b"")
    (statement,) = read_statements(told)
    assert statement.lines[0].booked_on == DEPOSIT.on


def test_a_fee_that_was_not_withheld_is_none() -> None:
    for told in (b"false", b"0"):
        content = camt([DEPOSIT], "1000").replace(b"<ChrgInclInd>true", b"<ChrgInclInd>" + told)
        (statement,) = read_statements(content)
        assert statement.lines[0].fee is None


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "1250"), ("USD", "12.50"), ("KWD", "1.250")]
)
def test_both_formats_read_minor_units_as_their_currency_has_them(
    currency: str, amount: str
) -> None:
    swift = amount.replace(".", ",") + ("" if "." in amount else ",")
    told = (
        f":20:S\n:25:{IBAN}\n:28C:1/1\n:60F:C260301{currency}0,\n"
        f":61:2603100310C{swift}NTRFNONREF//B\n:62F:C260331{currency}{swift}\n-\n"
    )
    for content in (told.encode(), camt([BankEntry(money(amount, currency))], currency=currency)):
        (statement,) = read_statements(content)
        assert statement.lines[0].amount == money(amount, currency)


def test_mt940_of_a_german_bank_in_its_own_letters_is_read() -> None:
    told = (
        ":20:STARTUMS\n:25:10020030/1234567EUR\n:28C:1/1\n:60F:C260301EUR1000,00\n"
        ":61:2603100310RC50,00N062NONREF//BR1\n"
        ":61:2603100310CR250,00N062NONREF//BR2\n"
        ":86:166?00GUTSCHRIFT?20EREF+UNVTF-P-2026-0001-7?21SVWZ+Beitrag für 2026"
        "?30DEUTDEFF?31DE02120300000000202051?32REPUBLIK ÖSTERLAND\n"
        ":62F:C260331EUR1200,00\n-\n"
    )
    (statement,) = read_statements(told.encode("iso8859-15"))
    assert statement.account == "1234567"
    returned, deposit = statement.lines
    assert returned.amount == money("-50", "EUR")
    assert deposit.end_to_end == "UNVTF-P-2026-0001-7"
    assert deposit.counterparty == "REPUBLIK ÖSTERLAND"
    assert deposit.counterparty_account == "DE02120300000000202051"
    assert deposit.text == "Beitrag für 2026"


def test_several_statements_of_a_file_are_read_each() -> None:
    second = (
        MT940.replace(b"12/1", b"13/1")
        .replace(b"C260301USD1000,00", b"C260331USD1237,50")
        .replace(b"C260331USD1237,50\n-", b"C260430USD1475,00\n-")
    )
    assert len(read_statements(MT940 + second)) == 2
    one, two = (camt([DEPOSIT], reference=name).decode() for name in ("A", "B"))
    begins, ends = two.index("<Stmt>"), two.index("</BkToCstmrStmt>")
    both = one.replace("</BkToCstmrStmt>", two[begins:ends] + "</BkToCstmrStmt>")
    assert [each.reference for each in read_statements(both.encode())] == ["A", "B"]


def test_what_the_payer_sent_in_another_currency_is_kept() -> None:
    (statement,) = read_statements(camt([BankEntry(money("110"), original=money("100", "EUR"))]))
    assert statement.lines[0].original == money("100", "EUR")


BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&d;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&secret;</Document>"""
FETCHED = b"""<?xml version="1.0"?>
<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/evil.dtd">
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>"""


@pytest.mark.parametrize("attack", [BILLION_LAUGHS, OUTSIDE, FETCHED])
def test_a_document_type_and_its_entities_are_refused(attack: bytes) -> None:
    with pytest.raises(UnreadableStatement) as refusal:
        read_statements(attack)
    assert "root:" not in refusal.value.message


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<Document", r"^cannot be read as XML: .*line 1, column \d+$"),
        (b"<" + b"<a>" * 100_000, "cannot be read as XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "cannot be read as XML"),
        (b"hello, I am no statement", "no statement|no MT940"),
        (b"\x00\x01\x02\xff" * 50, "no statement|no MT940"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (b"<page/>", "“page” is not a bank statement: expected camt.053 .XML. or MT940"),
        (
            b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.054.001.08'/>",
            "not a bank statement",
        ),
        (
            b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.14'/>",
            "not a bank statement",
        ),
        (
            b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'/>",
            "contains no statement",
        ),
        (camt([DEPOSIT], closing=money("1.00")), "but the closing balance is 1.00"),
        (camt([DEPOSIT], days=(LAST, date(2999, 3, 1))), "in the future"),
        (camt([BankEntry(money("5", "EUR"))], "9"), "there are amounts in EUR"),
        (camt([DEPOSIT]).replace(b'"USD">250.00', b'"USD">250.001'), "is not an amount in USD"),
        (camt([DEPOSIT]).replace(b'"USD">250.00', b'"USD">-250.00'), "is not an amount in USD"),
        (camt([DEPOSIT]).replace(b'"USD">250.00', b'"USD">2,500'), "is not an amount in USD"),
        (camt([DEPOSIT]).replace(b'"USD">250.00', b'"USD">NaN'), "is not an amount in USD"),
        (camt([DEPOSIT]).replace(b'Ccy="USD">250', b'Ccy="ZZZ">250'), "ZZZ"),
        (camt([DEPOSIT]).replace(b'"USD">250.00', b'"USD">.'), "is not an amount in USD"),
        (b"%PDF-1.7 a letter", "expected camt.053 .XML. or MT940"),
        (camt([DEPOSIT]).replace(b"CRDT</Cdt", b"UP</Cdt"), "neither credit"),
        (camt([DEPOSIT]).replace(b"<ValDt><Dt>2026-03-10", b"<ValDt><Dt>2026-99-10"), "not a date"),
        (camt([DEPOSIT]).replace(b"CLBD", b"XXXX"), "no balance CLBD"),
        (
            camt([DEPOSIT]).replace(b"<IBAN>AT611904300234573201</IBAN>", b""),
            "the account is missing",
        ),
        (
            MT940.replace(b":62F:C260331USD1237,50", b":62F:C260331USD1237,51"),
            "the closing balance is",
        ),
        (MT940.replace(b":62F:C260331USD1237,50", b""), "no balance closing"),
    ],
)
def test_a_faulty_file_is_refused_with_what_is_wrong(content: bytes, fault: str) -> None:
    with pytest.raises(UnreadableStatement, match=fault):
        read_statements(content)


def test_a_fault_is_one_line_whatever_the_file_contained() -> None:
    broken = camt([DEPOSIT], closing=money("1.00"), reference="A&#10;B&#27;[31m")
    with pytest.raises(UnreadableStatement) as refusal:
        read_statements(broken.replace(b"&#27;", b""))
    assert "\n" not in refusal.value.faults[0]


amounts = st.integers(-10_000_000, 10_000_000).filter(bool)


@given(st.lists(amounts, max_size=20), st.integers(-1_000_000, 1_000_000))
def test_any_statement_that_ties_is_read_to_the_cent(minors: list[int], begins: int) -> None:
    told = [BankEntry(Money(m, "USD"), reference=f"R{n}") for n, m in enumerate(minors)]
    (statement,) = read_statements(camt(told, Money(begins, "USD")))
    assert [line.amount.minor for line in statement.lines] == minors
    assert statement.closing.minor == begins + sum(minors)


@given(st.lists(amounts, max_size=5), st.integers(-500, 500).filter(bool))
def test_any_statement_that_is_a_cent_off_is_refused(minors: list[int], off: int) -> None:
    told = [BankEntry(Money(m, "USD"), reference=f"R{n}") for n, m in enumerate(minors)]
    closing = Money(sum(minors) + off, "USD")
    with pytest.raises(UnreadableStatement, match="the closing balance is"):
        read_statements(camt(told, closing=closing))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_never_fail_otherwise(content: bytes) -> None:
    for noise in (content, b"<" + content, b":20:" + content):
        with suppress(UnreadableStatement):
            read_statements(noise)
