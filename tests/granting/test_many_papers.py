"""Agreements of many grants as real PDFs: drawn in one act, signed in another, and read again."""

import io
import time
from itertools import pairwise

import pypdf
import pytest
from sqlalchemy import select

from grants.granting.signing.models import Signing
from grants.platform.documents.models import Document
from grants.platform.documents.service import content_of
from tests.granting.test_clicks import Grants, all_of, grants, sign_for_grantees

__all__ = ["grants"]


def text_of(document: Document) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content_of(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    "number", [2, pytest.param(60, marks=(pytest.mark.long, pytest.mark.timeout(1200)))]
)
def test_each_grant_has_its_own_agreement_signed_by_both(grants: Grants, number: int) -> None:
    """What the pages draw at once says of each grant its number, its organisation and its sum."""
    session, manager, begun = grants.session, grants.desk("manager"), [time.perf_counter()]
    all_of(manager, "sent", "/awards?state=approved", "send-for-signature")
    begun.append(time.perf_counter())
    sign_for_grantees(grants)
    begun.append(time.perf_counter())
    typed = {"function": "Fund Manager", "agreed": "y"}
    all_of(manager, "signed", "/signing", "several", **typed)
    begun.append(time.perf_counter())
    session.expire_all()
    signings = session.scalars(select(Signing)).all()
    assert len(signings) == number
    for signing in signings:
        assert signing.signed_document is not None
        award, text = signing.award, text_of(signing.signed_document)
        for words in (award.reference, award.organisation.name, f"{award.amount.decimal:,.2f}"):
            assert words in text, words
        assert "Luz Reyes" in text
        assert grants.people.manager.name in text
    begun.append(time.perf_counter())
    parts = ("sent", "by the grantees", "for the fund", "read")
    took = [after - before for before, after in pairwise(begun)]
    print(number, {part: f"{took:.1f} s" for part, took in zip(parts, took, strict=True)})  # noqa: T201
