"""Bank details under another SECRET_KEY: encrypted with it, and how many no key can read."""

from sqlalchemy import ColumnElement, Text, func, select, text, type_coerce, update
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.kernel.encryption import Unreadable, decrypted, key_names
from grants.granting.bank_details.models import STATED, BankDetails
from grants.granting.bank_details.verify import TRIGGERS


def _key() -> ColumnElement[str]:
    """The name of the key that a row was encrypted with."""
    return func.split_part(type_coerce(BankDetails.number, Text), ":", 1)


def under_unknown_keys(session: Session) -> int:
    """How many bank details none of our keys can read."""
    unknown = select(func.count()).select_from(BankDetails).where(_key().not_in(key_names()))
    return session.scalar(unknown) or 0


def renew(session: Session) -> int:
    """Encrypt with the present key what a former one has encrypted; how many that were.

    The session is the owner's, who may stop the trigger. Rows that were changed past the
    application are not bound again, so that they stay a breach.
    """
    present, *former = key_names()
    kept = [type_coerce(getattr(BankDetails, name), Text).label(name) for name in STATED]
    query = select(BankDetails.id, *kept).where(_key() != present, _key().in_(former))
    rows = session.execute(query).mappings().all()
    if not rows:
        return 0
    broken = binding.changed(session, BankDetails)
    _stop(session, stop=True)
    for row in rows:
        stated = {name: decrypted(row[name]) for name in STATED}
        if not any(isinstance(value, Unreadable) for value in stated.values()):
            changed = update(BankDetails).where(BankDetails.id == row["id"]).values(stated)
            session.execute(changed, execution_options={"synchronize_session": False})
    _stop(session, stop=False)
    sound = [(row["id"],) for row in rows if str(row["id"]) not in broken]
    binding.touch_rows(session, BankDetails, sound)
    return len(rows)


def _stop(session: Session, *, stop: bool) -> None:
    for trigger, table in TRIGGERS.items():
        word = "DISABLE" if stop else "ENABLE"
        session.execute(text(f"ALTER TABLE {table} {word} TRIGGER {trigger}"))
