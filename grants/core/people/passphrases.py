"""Which passphrases are strong enough: length, and how many guesses an attacker would need."""

from collections.abc import Iterable

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.breached import is_breached

SHORTEST_PASSPHRASE = 15
STRONG = 4
"""zxcvbn's highest grade: more than ten thousand million guesses."""
MEASURED = 72
"""As many characters are measured as zxcvbn takes; more only make a passphrase stronger."""
FAMOUS = (
    "correct horse battery staple",
    "the quick brown fox jumps over the lazy dog",
    "to be or not to be that is the question",
    "lorem ipsum dolor sit amet",
    "all work and no play makes jack a dull boy",
    "a safe and easy to remember passphrase",
    "a short sentence is easy to remember",
)
"""Sentences that are the first ones to be tried."""


def refuse_weak(text: str, personal: Iterable[str]) -> None:
    """DomainError if a passphrase is short, common, stolen, or made of what is known of them."""
    if len(text) < SHORTEST_PASSPHRASE:
        raise DomainError(
            _(
                "Use at least %(count)s characters: a short sentence is easy to remember.",
                count=SHORTEST_PASSPHRASE,
            )
        )
    personal = list(personal)
    if _is_known(text, (*FAMOUS, *personal)) or _strength_of(text, personal) < STRONG:
        raise DomainError(_("This is too easy to guess. Use a short sentence of your own."))
    if is_breached(text):
        raise DomainError(
            _("This passphrase is in a published list of stolen ones. Choose another one.")
        )


def _is_known(text: str, sentences: Iterable[str]) -> bool:
    """Is it part of one of these sentences, or little more than a long one?"""
    plain = _letters_of(text)
    plains = [_letters_of(words) for words in sentences]
    return any(
        plain in famous or (len(famous) >= SHORTEST_PASSPHRASE and famous in plain)
        for famous in plains
    )


def _letters_of(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _strength_of(text: str, personal: Iterable[str]) -> int:
    """Zxcvbn knows 30,000 common passwords, names, keyboard patterns, repeats and sequences."""
    from zxcvbn import zxcvbn  # its word lists take a tenth of a second to load

    measured = zxcvbn(text[:MEASURED], user_inputs=list(personal), max_length=MEASURED)
    return int(measured["score"])
