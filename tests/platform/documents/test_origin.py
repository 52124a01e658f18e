"""The seal: a PDF of ours is known from its bytes, and from all of them."""

from dataclasses import replace
from datetime import date

import pytest

from grants.core.kernel.language import use_language
from grants.papers.statements.issuing import facts_of, printed
from grants.papers.typesetting.paper import Certified, DocumentRequest, Paper, Span
from grants.platform.documents.origin import Origin, digest, origin_of, sealed, use_seal_key
from grants.platform.pdf_signing.gap import gaps
from tests.papers.statements.made.books import bank_reconciliation
from tests.papers.statements.made.giving import donor_statement, receipt
from tests.papers.typesetting.test_pdf import text_of

ASKED = DocumentRequest("AUT/UNVTF <&> ‹1›", Span(date(2026, 1, 1), date(2026, 12, 31)))


@pytest.fixture(scope="module")
def paper() -> Paper:
    return replace(donor_statement(), asked=ASKED)


@pytest.fixture(scope="module")
def content(paper: Paper) -> bytes:
    use_seal_key("for tests only")
    return printed(paper)


def test_a_pdf_says_which_document_it_is_and_of_which_facts(paper: Paper, content: bytes) -> None:
    assert origin_of(content) == Origin(
        document="donor-statement",
        reference=ASKED.reference,
        period="2026-01-01/2026-12-31",
        language="en",
        facts=digest(facts_of(paper)),
    )


def test_the_language_is_part_of_where_it_comes_from() -> None:
    with use_language("ar"):
        found = origin_of(printed(replace(receipt(), asked=DocumentRequest("1-2026", None))))
    assert found is not None
    assert (found.language, found.period) == ("ar", "")


def test_one_byte_more_less_or_other_is_not_ours(content: bytes) -> None:
    assert origin_of(content) is not None
    assert origin_of(content + b" ") is None
    assert origin_of(content[:-1]) is None
    (gap,) = gaps(content)  # what is in it is for the signature to say
    signed = range(gap.begins + 1, gap.resumes - 1)
    for place in set(range(0, len(content), len(content) // 50)) - set(signed):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert origin_of(changed) is None, place


def test_another_installation_cannot_make_our_seal(content: bytes) -> None:
    use_seal_key("another secret")
    assert origin_of(content) is None


def test_a_seal_that_somebody_copied_to_another_file_does_not_hold(content: bytes) -> None:
    begin = content.index(b"<p20:seal>")
    stolen = content[begin : begin + 85]
    assert origin_of(b"%PDF-1.7 forged " + stolen) is None
    assert origin_of(content + stolen) is None
    assert origin_of(b"") is None


def test_a_file_without_room_for_a_seal_is_left_alone() -> None:
    assert sealed(b"%PDF-1.7 nothing") == b"%PDF-1.7 nothing"


def test_what_is_not_certified_says_so_in_text_and_metadata_and_nothing_else_does(
    paper: Paper, content: bytes
) -> None:
    certified = printed(replace(paper, certified=Certified("F-C-2027-0001", "K", date(2027, 1, 9))))
    assert "Provisional: not certified" in text_of(content)
    assert "F-C-2027-0001" in text_of(certified)
    for clean in (certified, printed(receipt())):
        assert "Provisional" not in text_of(clean)
    assert b"\xc2\xb7 Provisional</rdf:li>" in content
    assert b"Provisional" not in certified


def test_a_reconciliation_is_provisional_until_somebody_has_signed_it_off() -> None:
    assert "Provisional" not in text_of(printed(bank_reconciliation()))
    unsigned = replace(bank_reconciliation(), unsigned=True)
    assert "Provisional: not yet signed off" in text_of(printed(unsigned))
