"""What the signature of a PDF says: whose it is, and whether the bytes it covers are unaltered.

Only the bytes are read, never the PDF as a document: a signature of ours covers every byte of the
file that we issued, so that nothing else in a stranger's file has to be understood.

This loads pyHanko; `reading` has it done apart from the process that answers pages.
"""

import hashlib
import re
from datetime import UTC, datetime

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    validate_sig_integrity,
)

from grants.platform.pdf_signing.gap import Gap, gaps
from grants.platform.pdf_signing.keys import name_of
from grants.platform.pdf_signing.signing import Known
from grants.platform.pdf_signing.verdict import Reading, SignatureVerdict

_MOMENT = re.compile(rb"/M \(D:(\d{14})([+-]\d\d)'(\d\d)'\)")
_BEFORE = 1000
"""Bytes before a signature in which our PDFs say when they were signed."""


def read(content: bytes, certificates: Known) -> Reading | None:
    """What the signature of a file says; of several ours, if it is among them. None without one."""
    readings = [_read_gap(content, gap, certificates) for gap in gaps(content)]
    ours = [reading for reading in readings if reading.standing is not SignatureVerdict.OTHER_KEY]
    return next(iter(ours or readings), None)


def _read_gap(content: bytes, gap: Gap, certificates: Known) -> Reading:
    try:
        message = _message_in(content[gap.digits])
        signed = message["content"]
        info = extract_signer_info(signed)
        signing = extract_certs_for_validation(signed).signer_cert
        certificate = certificates.get(signing.sha256.hex())
        if certificate is None:
            return Reading(SignatureVerdict.OTHER_KEY, _name_in(signing.dump()))
        return _check_ours(content, gap, info, certificate)
    except Exception:  # noqa: BLE001 - whatever it is, it is no signature of ours
        return Reading(SignatureVerdict.OTHER_KEY)


def _message_in(digits: bytes) -> cms.ContentInfo:
    """The CMS message in a gap; after it nothing but zeros. ValueError for anything else."""
    raw = bytes.fromhex(digits.decode("ascii"))
    message = cms.ContentInfo.load(raw)
    if message["content_type"].native != "signed_data" or raw[len(message.dump()) :].strip(b"\0"):
        raise ValueError("not one signature and zeros")
    return message


def _check_ours(
    content: bytes, gap: Gap, info: cms.SignerInfo, certificate: x509.Certificate
) -> Reading:
    name, until = name_of(certificate), certificate.not_valid_after_utc
    altered = Reading(SignatureVerdict.ALTERED, name)
    if info["digest_algorithm"]["algorithm"].native != "sha256" or not info["signed_attrs"]:
        return altered
    digest = hashlib.sha256(gap.covered(content)).digest()
    asn1 = cms.Certificate.load(certificate.public_bytes(Encoding.DER))
    if not all(validate_sig_integrity(info, asn1, "data", digest)):
        return altered
    at, stamped = _claimed_moment(content, gap), _stamped_moment(info)
    return Reading(
        _standing_of(content, gap, certificate, stamped or at), name, at, stamped, until, gap.end
    )


def _standing_of(
    content: bytes, gap: Gap, certificate: x509.Certificate, at: datetime | None
) -> SignatureVerdict:
    if gap.end < len(content):
        return SignatureVerdict.ADDED_TO
    if at is None or not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return SignatureVerdict.EXPIRED
    return SignatureVerdict.VALID


def _claimed_moment(content: bytes, gap: Gap) -> datetime | None:
    matches = _MOMENT.findall(content, max(0, gap.begins - _BEFORE), gap.begins)
    if not matches:
        return None
    moment, hours, minutes = (part.decode() for part in matches[-1])
    return datetime.strptime(f"{moment}{hours}{minutes}", "%Y%m%d%H%M%S%z").astimezone(UTC)


def _stamped_moment(info: cms.SignerInfo) -> datetime | None:
    """The moment of a time stamp whose own signature holds, over this very signature.

    Whether its authority is to be trusted is for the reader's program to say.
    """
    for attribute in info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            inner = extract_signer_info(token)
            text = token["encap_content_info"]["content"]
            facts: tsp.TSTInfo = text.parsed
            kind = inner["digest_algorithm"]["algorithm"].native
            digest = hashlib.new(kind, bytes(text)).digest()
            certificate = extract_certs_for_validation(token).signer_cert
            imprint = facts["message_imprint"]
            whole = hashlib.new(imprint["hash_algorithm"]["algorithm"].native)
            whole.update(info["signature"].native)
            fits = whole.digest() == imprint["hashed_message"].native
            if fits and all(validate_sig_integrity(inner, certificate, "tst_info", digest)):
                moment: datetime = facts["gen_time"].native
                return moment
    return None


def _name_in(certificate: bytes) -> str:
    return name_of(x509.load_der_x509_certificate(certificate))[:200]
