"""The signature of a paper: sound for any reader of PDFs, and told for what it is by ours."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from grants.core.kernel import clock
from grants.papers.certification.genuine import Finding, Verdict, examine
from grants.papers.statements.catalogue import CATALOGUE
from grants.papers.statements.issuing import printed, render
from grants.platform.pdf_signing import signing as signing_module
from grants.platform.pdf_signing.gap import gaps
from grants.platform.pdf_signing.in_memory import OwnSigner
from grants.platform.pdf_signing.keys import KeyPair, by_fingerprint, new_pair
from grants.platform.pdf_signing.signing import PaperSigner, use_signer
from tests.papers.certification.scene import QUARTER, Quarter
from tests.papers.statements.made.giving import receipt
from tests.platform.documents import signing
from tests.platform.pdf_signing.keys import expired_key, fund_key, sign_with


def a_receipt(quarter: Quarter) -> bytes:
    return render(quarter.session, "receipt", f"UNVTF-R-{clock.today().year}-0001")[1]


def told(quarter: Quarter, content: bytes) -> Finding:
    return examine(quarter.session, content)


def as_others_read_it(content: bytes, pair: KeyPair) -> Any:
    """What pyHanko says of the first signature, trusting this key."""
    signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    root = asn1.Certificate.load(pair.certificates[0].public_bytes(Encoding.DER))
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))


def test_any_reader_of_pdfs_finds_the_signature_sound_and_over_the_whole_file() -> None:
    content = printed(receipt())
    status = as_others_read_it(content, fund_key())
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    signed = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    assert signed.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    attributes = {item["type"].native for item in signed.signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}


def test_the_field_of_the_signature_keeps_to_pdf_a_and_pdf_ua() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(receipt())))
    root: Any = reader.trailer["/Root"]
    (field,) = root["/AcroForm"]["/Fields"]
    field = field.get_object()
    assert field["/F"] & 0b100111 == 4  # printed, neither hidden nor without view
    assert field["/TU"]
    box, page = field["/Rect"], reader.pages[0]
    tabs: Any = page["/Tabs"]
    assert box[0] == box[2] < page.cropbox.left  # no size, so no appearance is asked for
    assert tabs == "/S"
    assert "/NeedAppearances" not in root["/AcroForm"]


def test_all_records_are_signed_and_what_is_no_record_is_not() -> None:
    unsigned = [row.name for row in CATALOGUE.values() if not row.signed]
    assert set(unsigned) == {"blank-form", "guide", "note-verbale", "payment-slip", "thanks"}


def test_verify_says_what_it_is_by_whom_and_when(quarter: Quarter) -> None:
    found = told(quarter, a_receipt(quarter))
    assert found.verdict is Verdict.UNCHANGED
    assert (found.document, found.label) == ("receipt", "Official receipt")
    assert found.reference.startswith("UNVTF-R-")
    assert found.signature is not None
    assert found.signature.by == "Fund for tests"
    assert found.signed_at is not None
    assert clock.day_of(found.signed_at) == clock.day_of(clock.wall())


def test_a_certified_copy_is_kept_signed_and_handed_out_as_it_was(quarter: Quarter) -> None:
    quarter.certify()
    first = render(quarter.session, "fund-statement", "UNVTF", QUARTER)[1]
    sign_with(new_pair("The next key", clock.wall()), fund_key())
    assert render(quarter.session, "fund-statement", "UNVTF", QUARTER)[1] == first
    found = told(quarter, first)
    assert (found.verdict, found.ours) == (Verdict.CERTIFIED, True)
    assert (found.document, found.period) == ("fund-statement", QUARTER.code)
    assert found.signature is not None
    assert found.signature.by == "Fund for tests"


@pytest.mark.parametrize("part", ["first page", "digits of the signature", "after them", "range"])
def test_one_altered_byte_is_told(quarter: Quarter, part: str) -> None:
    content = bytearray(a_receipt(quarter))
    (gap,) = gaps(bytes(content))
    place = {
        "first page": 400,
        "digits of the signature": gap.begins + 600,
        "after them": gap.resumes - 3,
        "range": bytes(content).index(b"/ByteRange [0 ") + 15,
    }[part]
    content[place] = ord("1") if content[place] != ord("1") else ord("2")
    found = told(quarter, bytes(content))
    assert not found.ours
    assert found.verdict in (Verdict.ALTERED, Verdict.OTHER_KEY, Verdict.UNKNOWN)
    if part == "first page":
        assert found.verdict is Verdict.ALTERED


def test_a_revision_added_afterwards_is_told(quarter: Quarter) -> None:
    content = signing.signed(a_receipt(quarter))
    found = told(quarter, content)
    assert (found.verdict, found.ours) == (Verdict.ADDED_TO, False)
    assert found.document == "receipt"
    assert found.signature is not None
    assert found.signature.by == "Fund for tests"


def test_a_revision_added_to_an_altered_paper_is_no_excuse(quarter: Quarter) -> None:
    content = a_receipt(quarter).replace(b"(Issued by", b"(issued by", 1)
    assert told(quarter, content + b"\n%%EOF").verdict is Verdict.ALTERED


def test_another_key_is_told_however_the_paper_looks(quarter: Quarter) -> None:
    sign_with(new_pair("Fund for tests", clock.wall()))  # the same name, a key of somebody else
    content = a_receipt(quarter)
    sign_with(fund_key())
    found = told(quarter, content)
    assert (found.verdict, found.ours) == (Verdict.OTHER_KEY, False)
    assert (
        told(quarter, signing.signed(signing.saved_again(signing.scan()))).verdict
        is Verdict.OTHER_KEY
    )


def test_a_replaced_key_is_still_known_as_ours(quarter: Quarter) -> None:
    content = a_receipt(quarter)
    sign_with(new_pair("The next key", clock.wall()), fund_key())
    assert told(quarter, content).verdict is Verdict.UNCHANGED


def test_an_expired_certificate_is_told(quarter: Quarter) -> None:
    sign_with(expired_key())
    content = a_receipt(quarter)
    found = told(quarter, content)
    assert (found.verdict, found.ours) == (Verdict.EXPIRED, False)


def test_the_same_paper_is_the_same_file_all_day() -> None:
    assert printed(receipt()) == printed(receipt())


def test_a_paper_without_a_signature_is_known_by_its_seal(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those are that were issued before papers were signed."""
    monkeypatch.setattr(signing_module, "signed", lambda *_: pytest.fail("not to be signed"))
    row = CATALOGUE["receipt"]
    object.__setattr__(row, "signed", False)
    try:
        content = a_receipt(quarter)
    finally:
        object.__setattr__(row, "signed", True)
    found = told(quarter, content)
    assert (found.verdict, found.signature) == (Verdict.UNCHANGED, None)


def stamped_by(authority: Any) -> None:
    pair = fund_key()
    signer = PaperSigner(lambda: OwnSigner(pair), pair.certificates[0], lambda: authority)
    use_signer(lambda: signer, lambda: by_fingerprint(iter(pair.certificates)))


def test_with_a_time_stamping_authority_its_time_is_told(quarter: Quarter) -> None:
    stamped_by(an_authority(datetime(2026, 5, 4, 12, tzinfo=UTC)))
    found = told(quarter, a_receipt(quarter))
    assert found.signature is not None
    assert found.signature.stamped_at == datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_without_an_answer_it_is_signed_all_the_same(
    quarter: Quarter, caplog: pytest.LogCaptureFixture
) -> None:
    class Silent(DummyTimeStamper):
        async def async_request_tsa_response(self, req: Any) -> Any:
            raise TimeoutError(req)

    stamper = an_authority(clock.wall())
    stamper.__class__ = Silent
    stamped_by(stamper)
    found = told(quarter, a_receipt(quarter))
    assert found.signature is not None
    assert (found.verdict, found.signature.stamped_at) == (Verdict.UNCHANGED, None)
    assert "signed without a time stamp" in caplog.text


def an_authority(moment: datetime) -> DummyTimeStamper:
    whose = signing.time_authority(moment - timedelta(days=1))
    return DummyTimeStamper(whose.signing_cert, whose.signing_key, fixed_dt=moment)
