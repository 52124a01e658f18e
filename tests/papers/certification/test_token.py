"""A key that never leaves its token signs our papers. The token is SoftHSM's (Debian: softhsm2)."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pkcs11
import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.papers.statements.issuing import printed
from grants.platform.pdf_signing.installing import Desk
from grants.platform.pdf_signing.keys import KeyPair, PrivateKey, self_signed
from grants.platform.pdf_signing.reading import read_signature
from grants.platform.pdf_signing.signing import known, use_signer
from grants.platform.pdf_signing.verdict import SignatureVerdict
from tests.papers.statements.made.giving import receipt

PIN = "4711 0815"
KEYS: Mapping[str, Callable[[], PrivateKey]] = {
    "Curve": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
}
"""Tokens, and how the key on each is made."""
LIBRARY = next(
    (
        str(path)
        for folder in ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")
        for path in Path(folder).glob("**/softhsm/libsofthsm2.so")
    ),
    "",
)
pytestmark = pytest.mark.skipif(
    not LIBRARY or not shutil.which("softhsm2-util"),
    reason="SoftHSM is not installed: apt-get install softhsm2",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two tokens of the fund, one with a key on a curve and one with an RSA key."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    (folder / "pin").write_text(PIN + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm.conf"))
        for token, key in KEYS.items():
            _put(folder, token, self_signed(key(), "Fund with a token", clock.wall()))
        yield folder


def _put(folder: Path, token: str, pair: KeyPair) -> None:
    """A new token with this key and its certificate."""
    (folder / "key.pem").write_bytes(pair.pem().partition(b"-----BEGIN CERT")[0])
    labelled = ("--label", "papers", "--id", "A1")
    _softhsm("--init-token", "--free", "--label", token, "--so-pin", "12345678")
    _softhsm("--import", str(folder / "key.pem"), "--token", token, *labelled)
    facts = decode_x509_certificate(pair.certificates[0].public_bytes(Encoding.DER))
    facts |= {Attribute.LABEL: "papers", Attribute.ID: b"\xa1", Attribute.TOKEN: True}
    library = pkcs11.lib(LIBRARY)
    library.reinitialize()
    with library.get_token(token_label=token).open(rw=True, user_pin=PIN) as opened:
        opened.create_object(facts)


def _softhsm(*arguments: str) -> None:
    command = ["softhsm2-util", *arguments, "--pin", PIN]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def on_token(folder: Path, token: str) -> Settings:
    place = f"module-path={quote(LIBRARY)}&pin-source=file:{quote(str(folder))}/pin"
    uri = f"pkcs11:token={quote(token)};object=papers?{place}"
    return Settings(folder / "data", "https://fund.example.org", signing_pkcs11=uri)


@pytest.mark.parametrize("token", KEYS)
def test_any_reader_finds_a_signature_by_a_key_on_a_token_sound(folder: Path, token: str) -> None:
    desk = Desk(on_token(folder, token))
    use_signer(desk.current, desk.known)
    content = printed(receipt())
    read = read_signature(content, known())
    assert read
    assert (read.standing, read.by) == (SignatureVerdict.VALID, "Fund with a token")
    altered = read_signature(content.replace(b"%PDF", b"%pdf", 1), known())
    assert altered
    assert altered.standing is SignatureVerdict.ALTERED
    signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    root = asn1.Certificate.load(desk.current().certificate.public_bytes(Encoding.DER))
    status: Any = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert not (folder / "data").exists(), "no other key is made"


def test_a_token_that_is_not_there_is_told_and_no_other_key_signs(folder: Path) -> None:
    with pytest.raises(DomainError, match="SIGNING_PKCS11 cannot be used"):
        Desk(on_token(folder, "Another")).current()
    assert not (folder / "data").exists()
