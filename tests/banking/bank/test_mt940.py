"""MT940 in the ways of several banks, and files that are large or broken."""

import logging
from datetime import date
from time import perf_counter

import pytest

from grants.banking.bank.files.reading import read_statements
from grants.banking.bank.files.statement import MOST_ENTRIES, UnreadableStatement, warnings_of
from tests.banking.bank.files import IBAN, LAST, MT940, BankEntry, camt
from tests.books.ledger.books import money

ASN = b"""{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:
:20:0000000000
:25:NL81ASNB0708090807
:28C:1/1
:60F:C260301EUR444,29
:61:2603010301D65,00NOVBNL47INGB0001234567
hr j jansen
:86:NL47INGB0001234567 hr j jansen

Betaling sieraden



:61:260302    C10,00NIOBNL56ASNB0123456789
jansen g j l m
:86:NL56ASNB0123456789 jansen g j l m

UNVTF-P-2026-0001-7

:62F:C260302EUR389,29
-}{5:}
{1:F01ASNBNL21XXXX0000000000}{2:O940ASNBNL21XXXXN}{3:}{4:
:20:0000000000
:25:NL81ASNB0708090807
:28C:2/1
:60F:C260303EUR389,29
:62F:C260303EUR389,29
-}{5:}
"""
SNS = b"""{1:F01SNSBNL2AXXXX0000000000}{2:O940SNSBNL2AXXXXN}{3:}{4:
:20:0000000000
:25:0123456789
:28C:160/1
:60F:C260308EUR1234,56
:61:2603070308D20,00NIOB0987654321
marechal s
:86:0987654321 marechal s
                                                                 
dit is een test                                                  
                                                                 
:62F:C260308EUR1214,56
-}{5:}
"""  # noqa: W291, W293 - as the bank pads it
RAIFFEISEN = b""":20:STARTUMS
:25:UBRTHUHB/123456789150ABCDEF002/HUF
:28C:0072

:60F:C260317HUF25170637,10
:61:260317CF2066637,00N527
Csoportos utalas
:86:CAB18D1700041116
HUNGARY KFT.
:61:260317DF3892,77N077
:62F:C260317HUF27233381,33
-
"""
ING = b"""{1:F01INGBNL2ABXXX0000000000}
{2:I940INGBNL2AXXXN}
{4:
:20:P140220000000001
:25:NL69INGB0123456789EUR
:28C:00000
:60F:C260319EUR662,23
:61:2603200320C1,56NTRFEREF//00000000001005
/TRCD/00100/
:86:/EREF/EV12341REP1231456T1234//CNTP/NL32INGB0000012345/INGBNL2A/I
NG BANK NV INZAKE WEB///REMI/USTD//EV10001REP1000000T1000/
:61:2603200320D1,57NTRFPREF//00000000001006
/TRCD/00200/
:86:/PREF/M000000003333333//REMI/USTD//TOTAAL 1 VZ/
:62F:C260320EUR662,22
-}
"""
ABN = b""":20:ABN AMRO BANK NV
/25:NL02ABNA0123456789
/1:19321/1
:60F:C260301EUR10,00
:61:2603010301C5,N658NONREF
:86:/TRTP/SEPA OVERBOEKING/IBAN/NL64ABNA0987654321/BIC/ABNANL2A/NAME/
REPUBLIC OF ARCADIA/REMI/PLEDGE 7/EREF/UNVTF-P-2026-0001-7
:62F:C260301EUR15,00
-
"""


def test_asn_names_the_other_side_in_the_first_line_of_the_details() -> None:
    first, second = read_statements(ASN)
    assert (first.account, second.lines) == ("NL81ASNB0708090807", ())
    out, came = first.lines
    assert (out.amount, out.counterparty) == (money("-65", "EUR"), "hr j jansen")
    assert (out.counterparty_account, out.text) == ("NL47INGB0001234567", "Betaling sieraden")
    assert (came.booked_on, came.end_to_end) == (date(2026, 3, 2), "")
    assert came.text == "UNVTF-P-2026-0001-7"


def test_a_name_that_asn_cuts_short_above_the_details_is_read_from_them() -> None:
    long = b"stichting vrienden van vluchtelingen in nood"
    cut = ASN.replace(b"01234567\nhr j jansen\n", b"01234567\n" + long[:34] + b"\n")
    (line, _other) = read_statements(cut.replace(b"hr j jansen", long))[0].lines
    assert (line.counterparty, line.text) == (long.decode(), "Betaling sieraden")
    assert line.counterparty_account == "NL47INGB0001234567"


def test_sns_pads_what_it_writes() -> None:
    (statement,) = read_statements(SNS)
    (line,) = statement.lines
    assert (line.counterparty, line.counterparty_account) == ("marechal s", "0987654321")
    assert (line.value_on, line.booked_on) == (date(2026, 3, 7), date(2026, 3, 8))
    assert line.text == "dit is een test"


def test_raiffeisen_writes_its_code_before_the_account_and_the_currency_after_it() -> None:
    (statement,) = read_statements(RAIFFEISEN)
    assert (statement.account, statement.currency) == ("123456789150ABCDEF002", "HUF")
    assert [str(line.amount) for line in statement.lines] == ["2066637.00", "-3892.77"]


def test_ing_tells_the_counterparty_between_strokes() -> None:
    (statement,) = read_statements(ING)
    assert statement.account == "NL69INGB0123456789"
    came, out = statement.lines
    assert (came.counterparty, came.counterparty_account) == (
        "ING BANK NV INZAKE WEB",
        "NL32INGB0000012345",
    )
    assert came.end_to_end == "EV12341REP1231456T1234"
    assert came.text == "EV10001REP1000000T1000"
    assert came.bank_reference == "00000000001005"
    assert (out.counterparty, out.end_to_end, out.text) == ("", "", "TOTAAL 1 VZ")


def test_a_number_of_the_statement_may_be_called_1_and_tags_begin_with_a_stroke() -> None:
    (statement,) = read_statements(ABN)
    assert statement.reference == "ABN AMRO BANK NV 19321/1 2026-03-01"
    (line,) = statement.lines
    assert (line.counterparty, line.end_to_end) == ("REPUBLIC OF ARCADIA", "UNVTF-P-2026-0001-7")
    assert (line.counterparty_account, line.text) == ("NL64ABNA0987654321", "PLEDGE 7")


def test_an_entry_of_december_may_be_booked_in_january() -> None:
    told = MT940.replace(b"2603100310C", b"2512310102C").replace(b"2603160316D", b"2601021231D")
    (statement,) = read_statements(told)
    assert [line.booked_on for line in statement.lines] == [date(2026, 1, 2), date(2025, 12, 31)]


def test_windows_lines_and_a_mark_at_the_beginning_change_nothing() -> None:
    (plain,) = read_statements(MT940)
    (other,) = read_statements(b"\xef\xbb\xbf" + MT940.replace(b"\n", b"\r\n"))
    assert other == plain


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b":61:2603100310C250,00", b":61:26031003SECRET 250,00", "the entry “26031003SECRET"),
        (b":61:260310", b":61:269910", "“269910” is not a date"),
        (b"C250,00N", b"C250,001N", "is not an amount in USD"),
        (b":60F:C260301USD1000,00", b":60F:nothing", "the balance opening cannot be read"),
        (b":25:AT611904300234573201", b":25:", "the account is missing"),
    ],
)
def test_a_refusal_is_one_clean_line(
    before: bytes, after: bytes, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(UnreadableStatement) as refusal:
        read_statements(MT940.replace(before, after))
    (told,) = refusal.value.faults
    assert fault in told
    assert len(told) < 120
    assert not caplog.records, "what a statement says is no matter for a log"


def test_entries_that_share_a_reference_are_a_warning() -> None:
    twice = BankEntry(money("70"), reference="R1")
    (statement,) = read_statements(camt([twice, twice, BankEntry(money("5"), reference="R2")]))
    assert list(warnings_of(statement)) == ["2 entries have the reference R1"]
    assert statement.references == ["R1", "R1 (2)", "R2"]


def test_a_statement_whose_balances_carry_odd_days_is_a_warning() -> None:
    (statement,) = read_statements(camt([], days=(LAST, date(2026, 3, 1))))
    assert (statement.from_on, statement.to_on) == (date(2026, 3, 1), LAST)
    (warning,) = warnings_of(statement)
    assert "2026-03-01, before the opening balance" in warning


def _many(entries: int, below: int = 0) -> bytes:
    entry = ":61:2603010301C1,NTRFX//Y\n:86:A\n" + "B\n" * below
    return (
        f":20:S\n:25:{IBAN}\n:28C:1/1\n:60F:C260301USD0,\n"
        f"{entry * entries}:62F:C260331USD{entries},\n-\n"
    ).encode()


def test_more_entries_than_a_fund_can_have_are_refused_at_once() -> None:
    with pytest.raises(UnreadableStatement, match="more than 100000 entries") as refusal:
        read_statements(_many(MOST_ENTRIES + 1))
    assert len(refusal.value.faults) == 1


def test_reading_takes_time_in_proportion_to_the_lines() -> None:
    def taken(content: bytes) -> float:
        began = perf_counter()
        read_statements(content)
        return perf_counter() - began

    small, large = _many(100, below=250), _many(100, below=4000)
    assert large.count(b"\n") > 400_000
    assert taken(large) < 16 * 5 * max(taken(small), 0.02)
