"""What the list of donors reads of each: facts for its cells and files."""

from datetime import date, datetime
from typing import NamedTuple

from grants.core.kernel import clock
from grants.core.kernel.moments import TODAY
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.giving.donors.models import Donor
from grants.integrity.diligence.queries import Clearance, clearance
from grants.platform.web.facts import Facts


class ListedDonor(NamedTuple):
    """What the list knows of a donor."""

    name: str
    kind: DonorKind
    country: str | None
    code: str
    website: str | None
    public_name: bool
    language: str
    known_since: datetime
    mailing_address: str | None
    clearance: str

    @property
    def known_on(self) -> date:
        """The day of it."""
        return clock.day_of(self.known_since)

    @property
    def stands(self) -> Clearance:
        """How it stands with due diligence today."""
        return Clearance.of(self.clearance)


FACTS = Facts(
    (
        *(Organisation.name, Organisation.kind, Organisation.country, Organisation.code),
        *(Organisation.website, Organisation.public_name, Donor.language, Donor.known_since),
        *(Donor.mailing_address, clearance(TODAY)),
    ),
    ListedDonor,
)
