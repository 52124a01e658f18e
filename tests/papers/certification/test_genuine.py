"""Is a PDF one of ours? On the command line and on the public page, with the same answers."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from grants.core.kernel import clock
from grants.papers.certification.service import ASKED_MOST
from grants.papers.statements.issuing import render
from tests.papers.certification.scene import QUARTER, Quarter
from tests.platform.web.client import StrictClient

Ask = Callable[[bytes], Result]


@pytest.fixture
def ask(app: Flask, tmp_path: Path, quarter: Quarter) -> Ask:
    def asked(content: bytes) -> Result:
        quarter.session.commit()
        file = tmp_path / "asked.pdf"
        file.write_bytes(content)
        return app.test_cli_runner().invoke(args=["document", "verify", str(file), "--json"])

    return asked


def told(answer: Result) -> tuple[int, str]:
    return answer.exit_code, json.loads(answer.stdout)["verdict"]


def statement(quarter: Quarter) -> bytes:
    return render(quarter.session, "fund-statement", "UNVTF", QUARTER)[1]


def test_a_provisional_statement_is_ours_until_its_figures_change(
    app: Flask, quarter: Quarter, ask: Ask
) -> None:
    content = statement(quarter)
    assert told(ask(content)) == (0, "unchanged")
    quarter.change_figures()
    assert told(ask(content)) == (0, "changed")


def test_a_certified_statement_is_known_also_when_it_was_superseded(
    app: Flask, quarter: Quarter, ask: Ask
) -> None:
    provisional = statement(quarter)
    first = quarter.certify()
    certified = statement(quarter)
    assert told(ask(certified)) == (0, "certified")
    answer = json.loads(ask(provisional).stdout)
    assert (answer["verdict"], answer["certificate"]) == ("unchanged", first.serial)
    quarter.change_figures()
    quarter.certify()
    assert told(ask(certified)) == (0, "superseded")
    assert told(ask(statement(quarter))) == (0, "certified")


def test_a_receipt_is_ours_and_one_byte_changed_is_not(
    app: Flask, quarter: Quarter, ask: Ask
) -> None:
    content = render(quarter.session, "receipt", f"UNVTF-R-{clock.today().year}-0001")[1]
    assert told(ask(content)) == (0, "unchanged")
    place = len(content) // 2
    assert told(ask(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])) == (
        1,
        "altered",
    )
    assert told(ask(content + b"\n%%EOF")) == (1, "added_to")
    assert told(ask(b"%PDF-1.7 somebody else's")) == (1, "unknown")


@pytest.mark.parametrize("content", [b"", b"plain text", b"\x89PNG"])
def test_what_is_no_pdf_cannot_be_read(app: Flask, ask: Ask, content: bytes) -> None:
    answer = ask(content)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_file_that_is_not_there_cannot_be_read(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["document", "verify", "/no/such.pdf"])
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1


def upload(client: StrictClient, content: bytes, name: str = "paper.pdf") -> str:
    page = client.get("/verify").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "file": (io.BytesIO(content), name)}
    return client.post("/verify", data=form).get_data(as_text=True)


def test_a_visitor_hears_number_and_day_and_nothing_else(
    client: StrictClient, quarter: Quarter
) -> None:
    certificate = quarter.certify("donor-statement", quarter.donor.code)
    content = render(quarter.session, "donor-statement", quarter.donor.code, QUARTER)[1]
    quarter.session.commit()
    page = upload(client, content)
    assert "Genuine and certified." in page
    assert certificate.serial in page
    assert quarter.donor.name not in page
    assert "40,000" not in page


def test_a_visitor_hears_that_a_changed_file_is_not_ours(
    client: StrictClient, quarter: Quarter
) -> None:
    content = statement(quarter)
    quarter.session.commit()
    assert "Genuine and unaltered. The figures are still current." in upload(client, content)
    assert "something was added to the file afterwards" in upload(client, content + b" ")
    changed = content.replace(b"(Issued by", b"(issued by", 1)
    assert "Not genuine: we signed this document, but it has been altered" in upload(
        client, changed
    )
    assert "This file is not a PDF." in upload(client, b"hello")


def test_whoever_asks_without_end_is_held_back(client: StrictClient, quarter: Quarter) -> None:
    quarter.session.commit()
    for _number in range(ASKED_MOST):
        assert "not a document issued by this fund" in upload(client, b"%PDF-1.7")
    assert "Too many documents" in upload(client, b"%PDF-1.7")
