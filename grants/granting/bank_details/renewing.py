"""Bank details under another SECRET_KEY: encrypted with it, and how many no key can read."""

from sqlalchemy import ColumnElement, Text, func, select, text, type_coerce, update
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.database.encryption import Owned, Unreadable, decrypted, is_of, key_names
from grants.granting.bank_details.models import STATED, BankDetails
from grants.granting.bank_details.verify import TRIGGERS


def _key_name() -> ColumnElement[str]:
    """The name of the key that a row was encrypted with."""
    return func.split_part(type_coerce(BankDetails.number, Text), ":", 1)


def under_unknown_keys(session: Session) -> int:
    """How many bank details none of our keys can read."""
    unknown = select(func.count()).select_from(BankDetails).where(_key_name().not_in(key_names()))
    return session.scalar(unknown) or 0


def renew(session: Session) -> int:
    """Encrypt with the present key what a former one has encrypted; how many that were.

    The session is the owner's, who may stop the trigger. Rows that were changed past the
    application are left as they are, so that they stay a breach and nobody is paid by them.
    """
    present, *former = key_names()
    ciphers = [type_coerce(getattr(BankDetails, name), Text).label(name) for name in STATED]
    query = select(BankDetails, *ciphers).where(_key_name() != present, _key_name().in_(former))
    broken = binding.changed(session, BankDetails)
    rows = [row for row in session.execute(query) if str(row.BankDetails.id) not in broken]
    if not rows:
        return 0
    _switch_triggers(session, stop=True)
    for row in rows:
        stated = {name: _own_value(row.BankDetails, name, getattr(row, name)) for name in STATED}
        if not any(isinstance(value, Unreadable) for value in stated.values()):
            changed = update(BankDetails).where(BankDetails.id == row.BankDetails.id)
            session.execute(
                changed.values(stated), execution_options={"synchronize_session": False}
            )
    _switch_triggers(session, stop=False)
    binding.touch_rows(session, BankDetails, [(row.BankDetails.id,) for row in rows])
    session.expire_all()
    return len(rows)


def _own_value(details: BankDetails, name: str, cipher: str) -> str:
    """What was stated, as this row's own; Unreadable if it is another's."""
    text, owner = decrypted(cipher), details.whose(name)
    nobodys = isinstance(text, Owned) and text.whose is None
    return Owned(text, owner) if nobodys or is_of(text, owner) else Unreadable()


def _switch_triggers(session: Session, *, stop: bool) -> None:
    for trigger, table in TRIGGERS.items():
        word = "DISABLE" if stop else "ENABLE"
        session.execute(text(f"ALTER TABLE {table} {word} TRIGGER {trigger}"))
