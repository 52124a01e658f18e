"""Secrets of webhooks under another SECRET_KEY: encrypted with the present one."""

from sqlalchemy import Text, func, select, type_coerce, update
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.database.encryption import Owned, Unreadable, is_of, key_names
from grants.publishing.webhooks.models import Webhook


def renew(session: Session) -> int:
    """Encrypt with the present key what a former one has encrypted; how many that were. A row that
    was changed outside the application stays as it is, so that verification tells of it.
    """
    present, *former = key_names()
    name = func.split_part(type_coerce(Webhook.secret, Text), ":", 1)
    broken = binding.changed(session, Webhook)
    rows = session.scalars(select(Webhook).where(name != present, name.in_(former))).all()
    renewed = [
        webhook
        for webhook in rows
        if str(webhook.id) not in broken
        and not isinstance(webhook.secret, Unreadable)
        and is_of(webhook.secret, webhook.whose_secret)
    ]
    for webhook in renewed:
        secret = Owned(webhook.secret, webhook.whose_secret)
        session.execute(
            update(Webhook).where(Webhook.id == webhook.id).values(secret=secret),
            execution_options={"synchronize_session": False},
        )
    binding.touch_rows(session, Webhook, [(webhook.id,) for webhook in renewed])
    session.expire_all()
    return len(renewed)
