"""What the fund asks about the finances of a grantee before it signs."""

from collections.abc import Mapping

from grants.core.kernel.language import lazy_gettext as _l

QUESTIONS: Mapping[str, str] = {
    "separate": _l("Will the money of this grant be kept in separate accounts or cost centres?"),
    "two_sign": _l("Do at least two people approve each payment?"),
    "reconciled": _l("Is every bank account reconciled each month by a person who does not pay?"),
    "cash": _l("Will part of the grant be spent in cash?"),
    "procurement": _l("Are there written rules for buying goods and services?"),
    "time": _l("Is the time of staff who are paid by several donors recorded?"),
    "others": _l("Do other donors pay for the same activities?"),
    "audited": _l("Were the accounts of last year audited by an independent auditor?"),
}
"""Yes or no, each with room for an explanation."""
EXPLAINED_IF: Mapping[str, str] = {
    **dict.fromkeys(QUESTIONS, "no"),
    "cash": "yes",
    "others": "yes",
}
"""The answer that has to be explained."""
