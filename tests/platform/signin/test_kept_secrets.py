"""What is kept of secrets: of a passphrase a slow hash, of an app's key a ciphertext."""

import base64
import math
import re
from datetime import timedelta
from hashlib import sha1
from pathlib import Path

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people import credentials
from grants.core.people.breached import is_breached, use_list
from grants.core.people.models import Person
from grants.core.proofs.models import Factor, RecoveryCode
from grants.core.proofs.secrets import decrypted, encrypted
from grants.core.proofs.service import _LETTERS, make_recovery_codes, new_secret
from grants.platform.pdf_signing.keys import new_pair
from grants.platform.signin.forms import (
    CodeForm,
    CodeHere,
    LinkForm,
    PassphraseForm,
    PassphraseHere,
    SignInForm,
    SignInHere,
)
from tests.factories import a_person, act_of

LONG = "a ferry of nine lanterns crosses the wide river before the morning " * 2


def test_a_passphrase_is_kept_as_argon2id_with_a_salt_of_its_own(session: Session) -> None:
    kept = set()
    for name in ("Ana Prado", "Li Wei"):
        person = a_person(session, name)
        credentials.choose_passphrase(session, person, LONG)
        kept.add(person.password_hash)
    assert len(kept) == 2
    assert all(text and text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in kept)


@pytest.mark.parametrize("words", [LONG, "онамнеслучайновстречалась", "ζλατορωγκαιμελι 7 ψαρια"])
def test_long_ones_in_any_script_are_taken(session: Session, words: str) -> None:
    person: Person = a_person(session)
    credentials.choose_passphrase(session, person, words)
    assert person.password_hash


def test_a_ciphertext_that_was_changed_is_not_read(session: Session) -> None:
    kept = encrypted("JBSWY3DPEHPK3PXP", "of a phone")
    assert decrypted(kept, "of another phone") is None
    assert decrypted(kept, "of a phone") == "JBSWY3DPEHPK3PXP"
    middle = len(kept) // 2
    other = "A" if kept[middle] != "A" else "B"
    assert decrypted(kept[:middle] + other + kept[middle + 1 :], "of a phone") is None


def test_of_recovery_codes_only_hashes_are_kept(session: Session) -> None:
    person = a_person(session)
    codes = make_recovery_codes(session, person, act_of(session, person))
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert len(set(codes)) == len(kept) == 10
    assert not set(codes) & set(kept)
    bits = math.log2(len(_LETTERS)) * min(len(code.replace("-", "")) for code in codes)
    assert bits >= 112, "with less, a slow hash has to keep them"
    assert all(len(text) == 64 for text in kept)


def test_a_passphrase_counts_exactly_as_it_was_typed(session: Session) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, f" {LONG}")
    for typed, right in ((f" {LONG}", True), (LONG, False), (f" {LONG} ", False)):
        found = credentials.check_passphrase(session, person.email, typed)
        assert (found is person) is right


def test_a_passphrase_of_the_time_when_spaces_were_left_out_works_as_it_did(
    session: Session,
) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, LONG.strip())
    person.password_hash = f"{credentials.TRIMMED}{person.password_hash}"
    for typed in (LONG, LONG.strip(), f"  {LONG}"):
        assert credentials.check_passphrase(session, person.email, typed) is person
    assert credentials.check_passphrase(session, person.email, LONG[1:]) is None


def test_the_names_of_the_fund_make_no_passphrase(session: Session, fund: Fund) -> None:
    person = a_person(session)
    for weak in (fund.name["en"].lower(), f"{fund.code}{fund.code}2026!", "trafficking victims"):
        with pytest.raises(DomainError):
            credentials.choose_passphrase(session, person, weak)


def test_what_must_not_be_guessed_has_128_random_bits_and_more(session: Session) -> None:
    person = a_person(session)
    made = [
        [credentials.sign_in(session, person, "test") for _number in range(20)],
        [credentials.make_link(session, "x", f"{n}@example.org") for n in range(20)],
    ]
    for tokens in made:
        assert len(set(tokens)) == 20
        assert min(len(base64.urlsafe_b64decode(token + "=")) for token in tokens) == 32
    secrets = {new_secret() for _number in range(20)}
    assert len(secrets) == 20
    assert min(len(base64.b32decode(secret)) for secret in secrets) >= 20
    assert pyotp.TOTP(secrets.pop()).digits == 6
    key = new_pair("Trust funds", clock.wall()).key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)


def test_a_passphrase_is_as_good_after_ten_years(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, LONG)
    later = clock.now() + timedelta(days=3650)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert credentials.check_passphrase(session, person.email, LONG) is person


def test_an_installation_begins_without_any_account(session: Session, fund: Fund) -> None:
    assert session.scalars(select(Person)).all() == []


STOLEN = ["a ferry of nine lanterns", "the year of the seven rivers", "kettle mountain under snow"]


def hashed(words: str) -> str:
    return sha1(words.encode(), usedforsecurity=False).hexdigest().upper()


def test_a_passphrase_of_a_published_list_of_stolen_ones_is_refused(
    session: Session, tmp_path: Path
) -> None:
    """As the list of Have I Been Pwned is written, which is searched without being read whole."""
    others = [f"another one, number {number}" for number in range(500)]
    hashes = sorted(hashed(words) for words in (*STOLEN, *others))
    path = tmp_path / "stolen.txt"
    path.write_text("".join(f"{line}:{place % 9}\r\n" for place, line in enumerate(hashes)))
    use_list(path)
    try:
        assert all(is_breached(words) for words in (*STOLEN, *others))
        assert not any(is_breached(f"{words}.") for words in (*STOLEN, *others))
        with pytest.raises(DomainError, match="published list"):
            credentials.choose_passphrase(session, a_person(session), STOLEN[0])
        credentials.choose_passphrase(session, a_person(session), f"{STOLEN[0]} too")
    finally:
        use_list(None)
    credentials.choose_passphrase(session, a_person(session), STOLEN[0])


def test_nobody_is_asked_for_a_hint_or_a_secret_question() -> None:
    """What the pages for signing in and for a lost passphrase ask is this, and nothing else."""
    forms = {SignInForm, LinkForm, PassphraseForm, CodeForm, SignInHere, CodeHere, PassphraseHere}
    asked = {
        name for form in forms for name in dir(form) if hasattr(getattr(form, name), "field_class")
    }
    assert asked == {
        *("email", "passphrase", "code"),
        *("sign_in_email", "sign_in_passphrase", "sign_in_code", "sign_in_passkey"),
    }
    kept = {column.name for model in (Person, Factor) for column in model.__table__.columns}
    assert not [name for name in kept if re.search("hint|question|answer", name)]
