"""What e-mails about a grant say of it."""

from typing import Any

from grants.core.kernel.links import absolute
from grants.deciding.awards.models import Award


def facts_of_grant(award: Award, page: str = "") -> dict[str, Any]:
    """The fund of a grant, its reference, title and organisation, and the address of a page of it
    (such as “/closing”).
    """
    return {
        "fund": award.fund,
        "reference": award.reference,
        "title": award.title,
        "organisation": award.organisation.name,
        "url": absolute(f"/grants/{award.reference}{page}"),
    }
