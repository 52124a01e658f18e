"""The code on a printed document: whoever scans it learns whether we issued it, and no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest

from grants.core.kernel import clock
from grants.papers.statements.catalogue import CATALOGUE, paper_of
from grants.papers.statements.issuing import file_name, print_source_of
from grants.papers.typesetting.paper import DocumentRequest, Paper, Span
from grants.platform.documents.origin import Origin
from grants.platform.documents.scanned import ScannedCode
from tests.papers.certification.scene import QUARTER, Quarter
from tests.papers.statements.papers import MADE
from tests.platform.web.client import StrictClient

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
RECEIPT = f"UNVTF-R-{clock.today().year}-0001"
"""Receipts are numbered in the year in which they are recorded."""
CHANGES = [("R-20", "R-21"), ("&f=", "&f=0"), ("&s=", "&s=0")]


def address(document: str, reference: str, facts: str, period: str = "", serial: str = "") -> str:
    origin = Origin(document, reference, period, "en", facts)
    parts = urlsplit(ScannedCode.of(origin, serial).address)
    return f"{parts.path}?{parts.query}"


def scanned_on(quarter: Quarter, document: str, reference: str) -> str:
    """The address of the code on a paper of today."""
    source = print_source_of(paper_of(quarter.session, document, reference))
    facts = source.html.split('name="p20.facts" content="')[1][:64]
    return address(document, reference, facts)


def test_a_scanned_receipt_is_ours_and_current(client: StrictClient, quarter: Quarter) -> None:
    quarter.session.commit()
    page = client.get(scanned_on(quarter, "receipt", RECEIPT))
    assert "We issued this document, and its figures are still current." in page.text
    assert RECEIPT in page.text
    assert "Compare these details with the paper." in page.text


def test_figures_that_changed_since_are_said(client: StrictClient, quarter: Quarter) -> None:
    quarter.session.commit()
    page = client.get(address("receipt", RECEIPT, "0" * 64))
    assert "Its figures have changed since" in page.text


@pytest.mark.parametrize(("part", "other"), CHANGES)
def test_a_code_that_somebody_changed_asks_for_nothing(
    client: StrictClient, quarter: Quarter, part: str, other: str
) -> None:
    quarter.session.commit()
    asked = scanned_on(quarter, "receipt", RECEIPT)
    assert part in asked
    page = client.get(asked.replace(part, other))
    assert "This code is not ours" in page.text
    assert "We issued this document" not in page.text
    assert "Official receipt" not in page.text


def test_a_certified_paper_is_certified_until_another_certificate(
    client: StrictClient, quarter: Quarter
) -> None:
    certificate = quarter.certify()
    quarter.session.commit()
    facts = ("fund-statement", "UNVTF", "1" * 64, QUARTER.code)
    page = client.get(address(*facts, serial=certificate.serial))
    assert "We issued and certified this document." in page.text
    assert certificate.serial in page.text
    earlier = client.get(address(*facts, serial="UNVTF-C-2020-0001"))
    assert "A later certificate replaced it" in earlier.text


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_every_paper_carries_a_code_unless_it_comes_back_signed(make: Callable[[], Paper]) -> None:
    paper = make()
    source = print_source_of(replace(paper, asked=DocumentRequest(paper.reference, None)))
    row = CATALOGUE[paper.document]
    assert ('class="head-code"' in source.html) is (row.signed and not row.comes_back)


@pytest.mark.parametrize(
    ("document", "span"), [("donor-statement", QUARTER), ("donor-report", YEAR)]
)
def test_a_paper_of_a_donor_has_a_number_and_not_a_name(
    quarter: Quarter, document: str, span: Span
) -> None:
    donor = quarter.donor
    paper = paper_of(quarter.session, document, f"{donor.code}/UNVTF", span)
    assert paper.reference.startswith(f"UNVTF-D-{donor.id:04} ")
    assert donor.code not in file_name(paper)
    html = print_source_of(paper).html
    about = html.partition('data-about="')[2].partition('"')[0]
    assert donor.code not in about
