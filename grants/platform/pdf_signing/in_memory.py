"""Signing with a key in memory, fast enough for ten thousand statements.

Two signatures of one key differ in nothing but the digest and the signature proper. So pyHanko
builds the message once for each length a signature may have; after that both are put into their
places. Built each time it took 12 ms a paper, where this takes a quarter of one.
"""

import asyncio
import hashlib
from functools import cached_property

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from grants.platform.pdf_signing.keys import KeyPair

DIGEST = hashlib.sha256(b"the digest of a paper").digest()
"""Stands in a mould where the digest of a paper goes."""


class OwnSigner(Signer):
    """A signer whose signature of given bytes is always the same (RFC 6979 for ECDSA, PKCS#1 v1.5
    for RSA).
    """

    def __init__(self, pair: KeyPair) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        certificate, *chain = (
            asn1.Certificate.load(item.public_bytes(Encoding.DER)) for item in pair.certificates
        )
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self.pair = pair
        self._moulds: dict[int, bytes] = {}

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - always SHA-256
        dry_run: bool = False,  # noqa: ARG002, FBT001, FBT002 - pyHanko's
    ) -> bytes:
        return self.sign(data)

    def sign(self, data: bytes) -> bytes:
        key = self.pair.key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def message(self, digest: bytes) -> bytes:
        """The CMS message over a SHA-256 digest, in DER."""
        signature = self.sign(_replace_once(self._signed_attributes, DIGEST, digest))
        size = len(signature)
        if size not in self._moulds:
            self._moulds[size] = _Mould(self.pair, size).cast
        return _replace_once(
            _replace_once(self._moulds[size], DIGEST, digest), _mark_of(size), signature
        )

    @cached_property
    def _signed_attributes(self) -> bytes:
        """What is signed: the digest among what is said about it."""
        return _Mould(self.pair, 1).signed


class _Mould(OwnSigner):
    """Builds a message of pyHanko's around a signature that is none."""

    def __init__(self, pair: KeyPair, size: int) -> None:
        super().__init__(pair)
        self.size, self.signed = size, b""
        message = asyncio.run(self.async_sign(DIGEST, "sha256", use_pades=True))
        self.cast = bytes(message.dump())

    def sign(self, data: bytes) -> bytes:
        self.signed = data
        return _mark_of(self.size)


def _mark_of(size: int) -> bytes:
    """So many bytes that stand nowhere else."""
    return hashlib.shake_256(b"the signature of a paper").digest(size)


def _replace_once(content: bytes, old: bytes, new: bytes) -> bytes:
    if content.count(old) != 1 or len(old) != len(new):
        raise ValueError("the place of a digest or signature is not clear")
    return content.replace(old, new)
