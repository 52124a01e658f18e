"""What a donor's people may do for it: pledge, sign its agreements, or read."""

from collections.abc import Mapping

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import OF_DONORS, Permission, Role
from grants.core.people.role_permissions import GRANTED

GIVING = tuple(role for role in OF_DONORS if Permission.PLEDGE_MAKE in GRANTED[role])
"""Who pledges, and keeps the donor's contacts."""
SIGNING: Mapping[Role, Role] = {
    Role.DONOR: Role.DONOR_GIVER,
    Role.DONOR_SIGNATORY: Role.DONOR_READER,
}
"""Who signs agreements, and what they are until the fund has confirmed it."""
if {*SIGNING} != {role for role in OF_DONORS if Permission.PLEDGE_AGREE in GRANTED[role]}:
    raise ValueError("SIGNING names the roles that sign")

ROLES = [
    (
        Role.DONOR.value,
        _l("Pledges and signs"),
        _l("Makes and changes pledges, signs agreements, and invites colleagues."),
    ),
    (
        Role.DONOR_GIVER.value,
        _p("role", "Pledges"),
        _l("Makes and changes pledges, and invites colleagues. Does not sign agreements."),
    ),
    (
        Role.DONOR_SIGNATORY.value,
        _l("Signs"),
        _l("Signs agreements, and reads everything."),
    ),
    (
        Role.DONOR_READER.value,
        _l("Reads"),
        _l("Reads pledges, statements and letters, and changes nothing."),
    ),
]
"""Each role, its short name, and what it lets a person do."""
NAMES = {Role(code): name for code, name, _hint in ROLES}
