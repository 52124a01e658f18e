"""What belongs to an organisation or a donor and moves with it, and what stays.

Each table that names an organisation is in one of the lists; a test compares them with the
database, so that a new table is not forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, aliased

from grants.applying.applications.models import Application
from grants.applying.organisations.papers.models import OrganisationPaper
from grants.applying.organisations.verification.models import Verification
from grants.books.certificates.models import Certificate
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Membership, Organisation
from grants.deciding.awards.models import Award
from grants.fundraising.appeals.models import MailingLine
from grants.fundraising.thanks.models import ThanksLetter
from grants.giving.contributions.models import Receipt
from grants.giving.donors.models import Contact
from grants.giving.outreach.models import CampaignDonor, OutreachContact
from grants.giving.pledges.models import Pledge
from grants.granting.allegations.models import Allegation
from grants.granting.bank_details.models import BankDetails
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.enquiries.models import Enquiry
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.risk.models import Flag, RiskRating, SafeguardingAssessment
from grants.integrity.sanctions.models import SanctionsHit
from grants.platform.documents.models import Document


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one kind that name an organisation."""

    model: Any
    label: str
    unlike: str = ""
    """A column in which two records of one organisation must differ: what both have stays."""
    note: str = ""

    @property
    def owner(self) -> str:
        """The column that names the organisation."""
        return "donor_id" if "donor_id" in self.model.__table__.c else "organisation_id"

    def of(self, organisation_id: int) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = getattr(self.model, self.owner) == organisation_id
        return condition

    def moving(
        self, session: Session, target: Organisation, merged: Organisation
    ) -> Collection[Any]:
        """The records that move, in the order in which they are locked."""
        query = select(self.model).where(self.of(merged.id), self._is_free(target))
        records: Collection[Any] = session.scalars(
            query.order_by(*self.model.__table__.primary_key)
            .with_for_update(of=self.model)
            .execution_options(populate_existing=True)
        ).all()
        return records

    def _is_free(self, target: Organisation) -> ColumnElement[bool]:
        if not self.unlike:
            return true()
        existing = aliased(self.model)
        value = getattr(existing, self.unlike)
        same = value == getattr(self.model, self.unlike)
        owner = getattr(existing, self.owner)
        return ~select(value).where(owner == target.id, same).exists()


LOCKED_FIRST = (Part(Award, _l("Grants")), Part(Pledge, _l("Pledges")))
"""Locked before the organisation, in the order of payments and deposits."""
REFERENCED = (*LOCKED_FIRST, Part(Application, _l("Applications")))
"""What people know by a reference."""
MOVING: tuple[Part, ...] = (
    *REFERENCED,
    Part(Contact, _l("Contact persons")),
    Part(OutreachContact, _l("Communications")),
    Part(CampaignDonor, _l("Donors added to or left out of campaigns"), unlike="campaign_id"),
    Part(MailingLine, _l("Appeals sent"), unlike="campaign_id"),
    Part(ThanksLetter, _l("Letters of thanks")),
    Part(Document, _l("Files")),
    Part(OrganisationPaper, _l("Documents in the profile")),
    Part(RiskRating, _l("Risk ratings")),
    Part(SafeguardingAssessment, _l("Assessments of safeguarding")),
    Part(Flag, _l("Flags")),
    Part(OrganisationHold, _l("Holds")),
    Part(Enquiry, _l("References and site visits")),
    Part(OtherGrant, _l("Grants from other funders"), unlike="identifier"),
    Part(SanctionsHit, _l("Decisions on matches with the sanctions list"), unlike="entry_id"),
)

MOVING_UNSEEN: tuple[Part, ...] = (Part(Allegation, _l("Allegations")),)
"""Moves too, and no page says how many: only persons whom a fund has named know of them."""

STAYING: tuple[Part, ...] = (
    Part(
        BankDetails,
        _l("Bank details"),
        note=_l(
            "They stay on record but no longer count. Grants that move are paid to "
            "the account of the organisation that is kept. If it has given no "
            "account, it must do so, and two people check it as usual."
        ),
    ),
    Part(
        DueDiligence,
        _l("Due diligence"),
        note=_l("Decided examinations do not change."),
    ),
    Part(
        Verification,
        _l("Verification"),
        note=_l("The verification of the remaining organisation does not change."),
    ),
    Part(
        Certificate,
        _l("Certified statements"),
        note=_l("A certified statement never changes."),
    ),
    Part(
        Receipt,
        _l("Receipts"),
        note=_l("They stay as they were issued. The donor that is kept can read them too."),
    ),
)

ELSEWHERE: Mapping[str, str] = {
    "membership": "people get the same role with the organisation that is kept",
    "sanctions_watch": "the names are compared as names of the organisation that is kept",
    "donor": "the donor that is kept is one from then on; its profile takes what was chosen",
    "organisation": "leads to the organisation that is kept",
    "organisation_merge": "the proposals themselves",
}
"""Tables whose records neither move nor stay as they are, and why."""


def numbers(session: Session, parts: Sequence[Part], organisation_id: int) -> Sequence[int]:
    """How many records of each kind name an organisation, in one question."""
    counts = (
        select(func.count()).select_from(part.model).where(part.of(organisation_id))
        for part in parts
    )
    return session.execute(select(*(query.scalar_subquery() for query in counts))).one()


def people_of(session: Session, organisation: Organisation) -> Collection[Membership]:
    """Who acts for an organisation, those included whose role begins later."""
    return session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ).all()


def account_in_use(session: Session, organisation: Organisation) -> bool:
    """Has it stated an account that counts?"""
    query = select(BankDetails.id).where(
        BankDetails.organisation_id == organisation.id,
        BankDetails.is_in_force,
    )
    return session.scalar(query.limit(1)) is not None
