"""`flask payments check`: payment files that a bank takes, and each fault that it does not."""

from pathlib import Path

import pytest
from flask import Flask

from grants.core.kernel.errors import DomainError
from grants.granting.payment_runs.pain_faults import payment_file_faults

PAYMENT = """<CdtTrfTxInf><PmtId><InstrId>UNVTF-G-{n}</InstrId>
<EndToEndId>UNVTF-G-{n}-1</EndToEndId></PmtId>
<Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt>
<CdtrAgt><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct></CdtTrfTxInf>"""
FIRST = {
    "n": "1",
    "currency": "USD",
    "amount": "1200.50",
    "bic": "BKAUATWW",
    "name": "Casa Segura",
    "iban": "DE89370400440532013000",
}


def payment_file(count: str = "2", total: str = "1300.50", **changed: str) -> bytes:
    payments = [
        PAYMENT.format(**{**FIRST, **changed}),
        PAYMENT.format(**{**FIRST, "n": "2", "amount": "100.00"}),
    ]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>RUN-7</MsgId><CreDtTm>2026-11-25T10:00:00</CreDtTm><NbOfTxs>{count}</NbOfTxs>
<CtrlSum>{total}</CtrlSum><InitgPty><Nm>UNVTF</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>RUN-7-1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs>
<ReqdExctnDt><Dt>2026-12-01</Dt></ReqdExctnDt><Dbtr><Nm>UNVTF</Nm></Dbtr>
<DbtrAcct><Id><IBAN>AT611904300234573201</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>BKAUATWW</BICFI></FinInstnId></DbtrAgt>
{"".join(payments)}</PmtInf></CstmrCdtTrfInitn></Document>""".encode()


def test_a_bank_takes_a_sound_file() -> None:
    assert payment_file_faults(payment_file()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (payment_file(count="3"), "NbOfTxs is 3, but there are 2 payments"),
        (payment_file(total="1300.51"), "CtrlSum is 1300.51, but the payments add up to 1300.50"),
        (payment_file(iban="DE89370400440532013001"), "IBAN DE89370400440532013001"),
        (payment_file(bic="BKAUXXWW"), "BICFI BKAUXXWW"),
        (payment_file(name="Casa Ségura"), "characters that banks do not accept: 'é'"),
        (payment_file(n="/1").replace(b"-/1-1<", b"//1<"), "EndToEndId must not"),
        (payment_file(n="2"), "InstrId UNVTF-G-2 is used 2 times"),
        (payment_file(currency="JPY"), "1200.50 JPY cannot be paid"),
        (payment_file(n="1" * 40), "maxLength"),
        (payment_file(count="x"), "NbOfTxs"),
        (payment_file().replace(b"<PmtMtd>TRF</PmtMtd>", b""), "PmtMtd"),
        (payment_file().replace(b"pain.001.001.09", b"pain.001.001.03"), "not pain.001.001.09"),
    ],
)
def test_each_fault_is_told(content: bytes, said: str) -> None:
    faults = payment_file_faults(content)
    assert any(said in fault for fault in faults), faults


def test_what_is_no_payment_file_at_all_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for content in (b"", b"no XML", b"\x00", bomb):
        with pytest.raises(DomainError):
            payment_file_faults(content)


def test_the_command_exits_0_or_1_with_a_line_for_each_fault(app: Flask, tmp_path: Path) -> None:
    path, runner = tmp_path / "run.xml", app.test_cli_runner()
    path.write_bytes(payment_file())
    assert runner.invoke(args=["payments", "check", str(path)]).exit_code == 0
    path.write_bytes(payment_file(count="3", total="1.00"))
    answer = runner.invoke(args=["payments", "check", str(path)])
    assert answer.exit_code == 1
    assert len(answer.stdout.splitlines()) == 2
    assert runner.invoke(args=["payments", "check", str(tmp_path / "none")]).exit_code == 2
