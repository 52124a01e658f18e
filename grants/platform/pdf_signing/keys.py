"""The key that signs, kept as one file in DATA_DIR/signing; and the certificates of earlier keys.

signer.pem holds the private key and its certificate (with those that lead to its root, if it has
any), readable by the owner alone. retired/ holds certificates only: what was signed with a key
that has been replaced is still known as ours.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

VALID = timedelta(days=5 * 365)
"""How long the certificate of a key of our own making is valid."""
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificates, that of the signer first."""

    key: PrivateKey
    certificates: tuple[x509.Certificate, ...]

    def pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + b"".join(item.public_bytes(Encoding.PEM) for item in self.certificates)


def new_pair(name: str, now: datetime, valid: timedelta = VALID) -> KeyPair:
    """A key on the curve P-256, and a certificate for it that it signs itself."""
    return self_signed(ec.generate_private_key(ec.SECP256R1()), name, now, valid)


def self_signed(key: PrivateKey, name: str, now: datetime, valid: timedelta = VALID) -> KeyPair:
    """A key with a certificate that it signs itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    usage = dict.fromkeys(_OTHER_USES, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))  # papers are signed as of the day's beginning
        .not_valid_after(now + valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, (certificate,))


_OTHER_USES = (
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def pair_of(content: bytes) -> KeyPair:
    """The key and the certificates of a PEM file, or DomainError."""
    try:
        key = load_pem_private_key(content, None)
        certificates = x509.load_pem_x509_certificates(content)
    except (ValueError, TypeError) as error:
        raise DomainError(
            _("This is not a private key in PEM format without a passphrase.")
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise DomainError(_("Use a key of the kind RSA or ECDSA."))
    if certificates[0].public_key() != key.public_key():
        raise DomainError(_("The certificate does not belong to this private key."))
    return KeyPair(key, tuple(certificates))


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """DATA_DIR/signing."""

    path: Path

    @property
    def file(self) -> Path:
        return self.path / "signer.pem"

    def has_key(self) -> bool:
        """DomainError if this user of the machine may not look."""
        try:
            self.file.stat()
        except FileNotFoundError:
            return False
        except PermissionError as error:
            raise self._unreadable_file() from error
        return True

    def make(self, name: str, now: datetime) -> None:
        """Make a key where there is none. Two that do it at once end with the same key."""
        if self.has_key():
            return
        self._prepare_folder()
        written = self._write_new(new_pair(name, now))
        try:
            os.link(written, self.file)
        except FileExistsError:
            pass
        finally:
            written.unlink()

    def rotate(self, pair: KeyPair) -> None:
        """Sign with another key from now on; what the old one signed stays known as ours."""
        self._prepare_folder()
        for certificate in self.current():
            self._keep_retired(certificate)
        self._write_new(pair).replace(self.file)

    def read(self) -> KeyPair:
        """DomainError if it is not there, cannot be read, or not by its owner alone."""
        try:
            if self.file.stat().st_mode & 0o077:
                raise DomainError(
                    _(
                        "Others can read %(file)s. Run chmod 600 on it; if another user may "
                        "have read it, replace the key.",
                        file=self.file,
                    )
                )
            return pair_of(self.file.read_bytes())
        except FileNotFoundError as error:
            raise DomainError(
                _("There is no key to sign documents with. Run flask setup.")
            ) from error
        except PermissionError as error:
            raise self._unreadable_file() from error

    def current(self) -> tuple[x509.Certificate, ...]:
        """The certificate of the key in use, if there is one."""
        return self.read().certificates[:1] if self.has_key() else ()

    def retired(self) -> Iterator[x509.Certificate]:
        for path in sorted((self.path / "retired").glob("*.pem")):
            yield x509.load_pem_x509_certificate(path.read_bytes())

    def keep_retired(self, certificates: Iterable[x509.Certificate]) -> None:
        """What was signed with keys of these certificates is known as ours."""
        self._prepare_folder()
        for certificate in certificates:
            self._keep_retired(certificate)

    def _unreadable_file(self) -> DomainError:
        return DomainError(
            _(
                "%(file)s cannot be read by this user. Make it and its folder belong to the user "
                "that runs flask serve.",
                file=self.file,
            )
        )

    def _prepare_folder(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.path / "retired").mkdir(exist_ok=True)
        except OSError as error:
            raise DomainError(
                _(
                    "%(folder)s is not writable. Set DATA_DIR to a writable folder.",
                    folder=self.path,
                )
            ) from error

    def _keep_retired(self, certificate: x509.Certificate) -> None:
        name = fingerprint(certificate)
        (self.path / "retired" / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))

    def _write_new(self, pair: KeyPair) -> Path:
        """A new file beside the key's place, for its owner alone from its first byte."""
        path = self.path / f".new-{os.getpid()}-{os.urandom(4).hex()}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pair.pem())
            file.flush()
            os.fsync(file.fileno())
        return path


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, in hexadecimal: what people compare."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def by_fingerprint(certificates: Iterator[x509.Certificate]) -> Mapping[str, x509.Certificate]:
    return {fingerprint(certificate): certificate for certificate in certificates}


def name_of(certificate: x509.Certificate) -> str:
    """The name in a certificate: its common name, or else its organisation."""
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(kind):
            return str(attribute.value)
    return certificate.subject.rfc4514_string()
