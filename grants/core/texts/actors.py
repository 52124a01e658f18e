"""Who acted, in the reader's language: the installation by itself, and persons who were erased."""

from collections.abc import Mapping

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l

AUTOMATIC = frozenset(
    {
        *("allegations", "cards", "changes", "contacts", "demonstration", "findings", "gifts"),
        *(
            "import",
            "mail",
            "mailing",
            "printing",
            "reminders",
            "retention",
            "sanctions",
            "signing",
        ),
        *("trail", "verification", "webhooks", "worker"),
    }
)
"""How the trail names what the installation does by itself."""
STAFF_MEMBER, DONOR_CONTACT, USER = "Former staff member", "Former donor contact", "Former user"
_FORMER: Mapping[str, str] = {
    STAFF_MEMBER: _l("Former staff member %(number)s"),
    DONOR_CONTACT: _l("Former donor contact %(number)s"),
    USER: _l("Former user %(number)s"),
}
"""What stands in records instead of a name that was erased, before the number of the person."""


def person_name(name: str) -> str:
    """A name from a record; where it was erased, what the person was, in the reader's language."""
    if not name.startswith("Former "):
        return name
    kind, _space, number = name.rpartition(" ")
    return str(_FORMER[kind]) % {"number": number} if kind in _FORMER else name


def actor_name(name: str) -> str:
    """Who did what a row of the trail tells: a person, or the installation by itself."""
    return _("this system") if name in AUTOMATIC else person_name(name)
