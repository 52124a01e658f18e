"""What is known of a movement on the fund's bank account: its day and the bank's reference."""

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


def read_reference(text: str) -> str:
    reference = " ".join(text.split())
    if not 0 < len(reference) <= 80:
        raise DomainError(_("Enter the bank’s reference, in no more than 80 characters."))
    return reference


def already_used(bank_reference: str) -> str:
    return _(
        "The bank reference %(reference)s is already recorded on this grant with different "
        "details.",
        reference=bank_reference,
    )
