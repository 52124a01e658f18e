"""Days on which money moved, or a paper was signed."""

from datetime import date

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day


def not_to_come(day: date) -> None:
    """DomainError for a day in the future."""
    if day > clock.today():
        raise DomainError(
            _("%(day)s is in the future. Enter today’s date or an earlier one.", day=plain_day(day))
        )
