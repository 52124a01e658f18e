"""A paper of ours comes back signed, in any of the ways in which people sign, or not at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import InvalidInput
from grants.papers.statements.issuing import printed
from grants.papers.typesetting.paper import DocumentRequest
from grants.platform.documents.origin import use_seal_key
from grants.platform.documents.service import keep
from grants.platform.documents.signatures import require_signature
from grants.platform.file_checks.checks import Upload, check
from tests.papers.statements.papers import MADE
from tests.platform.documents import files, signing


@pytest.fixture(scope="module", params=["contribution-agreement", "agreement"])
def issued(request: pytest.FixtureRequest) -> bytes:
    """An agreement as we send it out: with its data as JSON inside, and without."""
    use_seal_key("for tests only")
    paper = MADE[request.param]()
    return printed(replace(paper, asked=DocumentRequest(paper.reference, None)))


def returned(content: bytes) -> bytes:
    """As a file that comes back is looked at."""
    kept = check(Upload("agreement.pdf", content)).content
    require_signature(kept)
    return kept


@pytest.mark.parametrize(
    "sign",
    [
        signing.signed,
        lambda content: signing.signed(signing.signed(signing.with_empty_field(content)), "Li Wei"),
        lambda content: signing.signed(signing.saved_again(content)),
        signing.with_note,
        signing.with_picture,
    ],
    ids=["PAdES", "by two persons", "saved again, then signed", "typed", "drawn"],
)
def test_a_signed_copy_is_taken_back_byte_for_byte(
    issued: bytes, sign: Callable[[bytes], bytes]
) -> None:
    content = sign(issued)
    assert returned(content) == content


def test_a_scan_of_it_is_taken(issued: bytes) -> None:
    assert issued
    assert returned(signing.scan())


@pytest.mark.parametrize(
    "change",
    [bytes, signing.saved_again, signing.with_empty_field],
    ids=["as it is", "saved again", "with a place to sign"],
)
def test_without_a_signature_it_is_refused_with_what_to_do(
    issued: bytes, change: Callable[[bytes], bytes]
) -> None:
    content = change(issued)
    assert check(Upload("agreement.pdf", content)).content == content
    with pytest.raises(InvalidInput, match="upload the signed copy"):
        require_signature(content)


def test_a_signature_that_is_only_claimed_is_none(issued: bytes) -> None:
    content = signing.signed(issued)
    begin = content.rindex(b"/Contents <3") + len(b"/Contents <")
    with pytest.raises(InvalidInput, match="without a signature"):
        require_signature(content[:begin] + b"00" * 20 + content[begin + 40 :])


def test_a_paper_of_another_kind_needs_no_signature_here() -> None:
    require_signature(files.pdf())


def test_only_where_a_signed_paper_is_asked_for_is_it_looked_for(
    session: Session, issued: bytes
) -> None:
    upload = Upload("agreement.pdf", issued)
    assert keep(session, upload, Act.by_system("test")).size == len(issued)
    with pytest.raises(InvalidInput, match="without a signature"):
        keep(session, upload, Act.by_system("test"), signed=True)
