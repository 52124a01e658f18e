"""Second factors are added, used and ended; recovery codes are made and used."""

import hmac
import re
import secrets as chance
from typing import Any
from unicodedata import decimal

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.seals import fits, seal
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.credentials import digest
from grants.core.people.models import Person, SignIn
from grants.core.proofs.models import Factor, FactorKind, RecoveryCode
from grants.core.proofs.queries import factors_of
from grants.core.proofs.secrets import decrypted, encrypted

CODE_LIFE = 30
"""Seconds that an app shows a code; the one before and the one after are taken too."""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without signs that look alike on paper."""
LONG = 24
"""Signs of a recovery code: 119 random bits, so that a plain hash keeps it."""


def new_secret() -> str:
    """A secret for an authenticator app: 160 random bits, as RFC 4226 recommends."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Is this as `new_secret` makes them? It comes back from a form that anybody can change."""
    return re.fullmatch("[A-Z2-7]{32}", text) is not None


def add_app(
    session: Session, person: Person, secret: str, code: str, name: str, act: Act
) -> Factor:
    """An authenticator app becomes a second factor, once it has shown the right code."""
    try:
        step = _step_of(secret, code)
    except ValueError as error:  # the secret came back changed: it is no base 32
        raise DomainError(_("Scan the code again.")) from error
    if step is None:
        raise DomainError(_("This code is not correct. Enter the one that the app shows now."))
    return enter_app(session, person, secret, name, act, step)


def enter_app(
    session: Session, person: Person, secret: str, name: str, act: Act, step: int = 0
) -> Factor:
    """Enter an app whose code of half minute `step` was the last one used."""
    factor = Factor(
        person_id=person.id,
        kind=FactorKind.APP,
        name=name.strip()[:80] or str(FactorKind.APP.label),
        counter=step,
        added_at=clock.now(),
    )
    factor.secret = encrypted(secret, factor.whose)
    session.add(factor)
    record(session, factor, "add", act, kind=factor.kind.value)
    return factor


def end_factor(session: Session, person: Person, factor_id: int, act: Act) -> None:
    """A factor of one's own stops working; a person whose role needs one keeps the last."""
    session.refresh(person, with_for_update=True)
    factors = factors_of(session, person.id)
    factor = next((factor for factor in factors if factor.id == factor_id), None)
    if factor is None:
        raise Missing(_("Second factor not found."))
    if len(factors) == 1 and act.actor.needs_factor:
        raise DomainError(_("Your role needs a second factor. Add another one first."))
    factor.ended_at = clock.now()
    record(session, factor, "end", act, kind=factor.kind.value)


def use_code(session: Session, person: Person, typed: str) -> bool:
    """Was this the code of an app, or a recovery code, of this person? Each works once."""
    code = _western_digits("".join(sign for sign in typed.lower() if sign.isalnum()))
    if code.isascii() and code.isdigit() and len(code) == 6:
        apps = factors_of(session, person.id, FactorKind.APP)
        return any(_use_app(session, app, code) for app in apps)
    return _use_recovery(session, person, code)


def _use_app(session: Session, app: Factor, code: str) -> bool:
    secret = decrypted(app.secret or "", app.whose)
    step = _step_of(secret, code) if secret else None
    if step is None:
        return False
    used = session.execute(
        update(Factor)
        .where(Factor.id == app.id, Factor.ended_at.is_(None), Factor.counter < step)
        .values(counter=step, used_at=clock.now())
    )
    return _is_one(used)


def _step_of(secret: str, code: str) -> int | None:
    """The half minute, about now, of which this is the code (RFC 6238)."""
    now = int(clock.now().timestamp()) // CODE_LIFE
    typed = _western_digits("".join(code.split())).encode(errors="replace")
    codes = pyotp.HOTP(secret)
    near = (now, now - 1, now + 1)
    same = (step for step in near if hmac.compare_digest(codes.at(step).encode(), typed))
    return next(same, None)


def _western_digits(code: str) -> str:
    """The same with the digits 0 to 9, whichever digits the keyboard of a person writes."""
    return "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in code)


def make_recovery_codes(session: Session, person: Person, act: Act) -> list[str]:
    """New recovery codes; the ones made before stop working. Only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [_new_recovery_code() for _number in range(RECOVERY_CODES)]
    moment = clock.now()
    session.add_all(
        RecoveryCode(person_id=person.id, code_hash=digest(code), made_at=moment) for code in codes
    )
    record(session, person, "make_recovery_codes", act)
    return ["-".join(code[at : at + 4] for at in range(0, LONG, 4)) for code in codes]


def _new_recovery_code() -> str:
    return "".join(chance.choice(_LETTERS) for _sign in range(LONG))


def _use_recovery(session: Session, person: Person, code: str) -> bool:
    unused = select(RecoveryCode).where(
        RecoveryCode.person_id == person.id,
        RecoveryCode.code_hash == digest(code),
        RecoveryCode.used_at.is_(None),
    )
    code_row = session.scalar(unused.with_for_update())
    if code_row is None or not fits(code_row):
        return False
    code_row.used_at = clock.now()
    seal(code_row)
    return True


def note_proof(session: Session, sign_in_id: int) -> None:
    """A factor was used in this browser at this moment."""
    browser = session.get(SignIn, sign_in_id, with_for_update=True)
    if browser is not None and browser.ended_at is None and fits(browser):
        browser.proved_at = clock.now()
        seal(browser)


def _is_one(result: Any) -> bool:
    return bool(result.rowcount == 1)
