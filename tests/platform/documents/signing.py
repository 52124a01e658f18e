"""Signing as people do: by PAdES, with ink on a scan, by a stamp on the page."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText


def signed(content: bytes, name: str = "Ana Prado") -> bytes:
    """With an electronic signature (PAdES) that is seen on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    place = fields.SigFieldSpec(name, on_page=0, box=(60, 60, 220, 110))
    fields.append_signature_field(writer, place)
    how = signers.PdfSignatureMetadata(
        field_name=name, name=name, subfilter=fields.SigSeedSubFilter.PADES
    )
    file = signers.sign_pdf(writer, how, signer=_signer())
    return bytes(file.getbuffer())


def with_empty_field(content: bytes) -> bytes:
    """Prepared for an electronic signature that nobody has put there."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    fields.append_signature_field(writer, fields.SigFieldSpec("Sign here"))
    file = io.BytesIO()
    writer.write(file)  # type: ignore[no-untyped-call]
    return file.getvalue()


def saved_again(content: bytes) -> bytes:
    """As another program saves it, its bytes all different and its metadata kept."""
    return _bytes(PdfWriter(clone_from=io.BytesIO(content)))


def with_note(content: bytes) -> bytes:
    """Saved again with a name typed on the page, as many sign."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.add_annotation(0, FreeText(text="Ana Prado", rect=(60, 60, 220, 110)))
    return _bytes(writer)


def with_picture(content: bytes) -> bytes:
    """Saved again with a picture of a signature drawn on the page."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.pages[0].merge_page(PdfReader(io.BytesIO(scan())).pages[0])
    return _bytes(writer)


def scan() -> bytes:
    """A page as a scanner makes it: a picture and nothing else."""
    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "PDF")
    return file.getvalue()


def _bytes(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@cache
def _signer() -> signers.SimpleSigner:
    return _signer_from("Ana Prado", datetime.now(UTC) - timedelta(days=1))


def time_authority(since: datetime) -> signers.SimpleSigner:
    """The key with which an authority stamps the time, from a day on."""
    return _signer_from("Time authority", since)


def _signer_from(name: str, since: datetime) -> signers.SimpleSigner:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(der, pkcs8, serialization.NoEncryption())
        ),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
