"""Reading the signature of a file apart from the process that answers pages."""

from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from grants.core.kernel.apart import apart
from grants.platform.pdf_signing.gap import gaps
from grants.platform.pdf_signing.signing import Known
from grants.platform.pdf_signing.verdict import Reading


def read_signature(content: bytes, by_name: Known) -> Reading | None:
    """What the signature of a file says; of several ours, if it is among them. None without one."""
    if not any(gaps(content)):
        return None
    certificates = {name: item.public_bytes(Encoding.DER) for name, item in by_name.items()}
    return apart(read_with, content, certificates)


def read_with(content: bytes, certificates: Mapping[str, bytes]) -> Reading | None:
    """What the signature of a file says, read by this process, with certificates in DER."""
    from grants.platform.pdf_signing.cms_reading import read

    by_name = {name: x509.load_der_x509_certificate(der) for name, der in certificates.items()}
    return read(content, by_name)
