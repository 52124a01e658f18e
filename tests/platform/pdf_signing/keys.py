"""A key for tests, made once for each process."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from cryptography import x509

from grants.core.kernel import clock
from grants.platform.pdf_signing.in_memory import OwnSigner
from grants.platform.pdf_signing.keys import KeyPair, by_fingerprint, new_pair
from grants.platform.pdf_signing.signing import PaperSigner, use_signer


@cache
def fund_key() -> KeyPair:
    return new_pair("Fund for tests", clock.wall())


@cache
def expired_key() -> KeyPair:
    """Its certificate ended the day before yesterday."""
    then = clock.wall() - timedelta(days=12)
    return new_pair("Fund for tests, formerly", then, valid=timedelta(days=10))


def sign_with(pair: KeyPair, *earlier: KeyPair) -> None:
    """Sign with this key from now on; those before it are known as ours."""
    signer = PaperSigner(lambda: OwnSigner(pair), pair.certificates[0])
    ours: Sequence[x509.Certificate] = [item.certificates[0] for item in (pair, *earlier)]
    use_signer(lambda: signer, lambda: by_fingerprint(iter(ours)))
