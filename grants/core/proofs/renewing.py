"""Second factors under another SECRET_KEY: encrypting their secrets with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit import binding
from grants.core.proofs.models import Factor
from grants.core.proofs.secrets import renewed


def renew(session: Session) -> int:
    """Encrypt with the present key what a former one has encrypted; how many that were.

    What was changed outside the application is left as it is, so that it stays a breach.
    """
    broken = binding.changed(session, Factor)
    number = 0
    for app in session.scalars(select(Factor).where(Factor.secret.is_not(None))):
        fresh = renewed(app.secret or "", app.whose)
        if fresh is not None and str(app.id) not in broken:
            app.secret = fresh
            number += 1
    return number
