"""Personal values of acts: the trail seals them by a salted hash, and they lie beside it.

What an act tells of a person, such as the address that was invited, is not written into the
chain, which cannot forget. The facts of the row hold SHA-256 of a random salt and the value; both
lie in a table of their own. Erasure deletes them, and the value cannot be found from the hash: the
chain still fits.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailValue
from grants.core.kernel.language import gettext as _

SEALED = "sealed:"


def seal_value(
    session: Session, value: str, *, person_id: int | None = None, email: str | None = None
) -> str:
    """What the facts of an act hold instead of a personal value. Whose it is, is said by the number
    of the person, or by the address.
    """
    salt = secrets.token_hex(16)
    digest = _digest_of(salt, value)
    session.add(
        TrailValue(
            hash=digest,
            salt=salt,
            value=value,
            person_id=person_id,
            email=email.strip().lower() if email else None,
        )
    )
    return f"{SEALED}{digest}"


def with_values(session: Session, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of an act as a reader is shown them: with the values that are still there."""
    hashes = list(_hashes_in(facts))
    query = select(TrailValue.hash, TrailValue.value).where(TrailValue.hash.in_(hashes))
    values = dict(session.execute(query).all()) if hashes else {}
    return {name: _opened_value(value, values) for name, value in facts.items()}


def _hashes_in(facts: Mapping[str, Any]) -> Iterator[str]:
    for value in facts.values():
        if isinstance(value, Mapping):
            yield from _hashes_in(value)
        elif digest := _hash_in(value):
            yield digest


def _opened_value(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _opened_value(part, values) for name, part in value.items()}
    digest = _hash_in(value)
    return values.get(digest, _("erased")) if digest else value


def _hash_in(value: object) -> str:
    return value.removeprefix(SEALED) if isinstance(value, str) and value.startswith(SEALED) else ""


def _digest_of(salt: str, value: str) -> str:
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def breaches(session: Session) -> Iterator[str]:
    """A sentence for each value that is not the one that the trail has sealed."""
    for row in session.scalars(select(TrailValue).order_by(TrailValue.id)):
        if _digest_of(row.salt, row.value) != row.hash:
            yield _(
                "A personal detail in the audit trail (number %(number)s) was changed.",
                number=row.id,
            )
