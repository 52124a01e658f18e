"""A key that stays on a token or in a hardware security module, used through PKCS#11.

SIGNING_PKCS11 names it as RFC 7512 writes it:
pkcs11:token=Fund;object=papers?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/…
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.signers import Signer

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Address:
    """Where the key is: token, label of key and certificate, the maker's library, the PIN."""

    token: str
    label: str
    module: str
    pin: str

    @classmethod
    def of(cls, uri: str) -> "Address":
        """DomainError if something is missing."""
        scheme, _colon, parts = uri.partition(":")
        path, _mark, query = parts.partition("?")
        facts = _named_values(path, ";") | _named_values(query, "&")
        try:
            if scheme != "pkcs11":
                raise KeyError(scheme)
            pin = facts.get("pin-value") or _pin_in(facts["pin-source"])
            return cls(facts["token"], facts["object"], facts["module-path"], pin)
        except (KeyError, OSError, ValueError) as error:
            raise DomainError(
                _(
                    "SIGNING_PKCS11 must be like pkcs11:token=NAME;object=LABEL"
                    "?module-path=/path/to/library.so&pin-source=file:/path/to/pin."
                )
            ) from error

    def open(self) -> tuple[Signer, x509.Certificate]:
        """The signer and certificate of the token. DomainError if it does not answer."""
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

        try:
            criteria = TokenCriteria(label=self.token)
            session = open_pkcs11_session(self.module, token_criteria=criteria, user_pin=self.pin)
            signer = PKCS11Signer(session, cert_label=self.label, key_label=self.label)
            assert signer.signing_cert is not None
            certificate = x509.load_der_x509_certificate(signer.signing_cert.dump())
        except Exception as error:  # each library has errors of its own
            raise DomainError(
                _("The key of SIGNING_PKCS11 cannot be used: %(why)s.", why=repr(error))
            ) from error
        # Any token signs a hash with a key on a curve; not every one computes the hash as well.
        on_curve = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
        signer.use_raw_mechanism = on_curve
        return signer, certificate


def _named_values(text: str, between: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(between) if part)
    return {name: unquote(value) for name, _equals, value in parts}


def _pin_in(source: str) -> str:
    parts = urlsplit(source)
    return Path(unquote(parts.path)).read_text("utf-8").strip()
