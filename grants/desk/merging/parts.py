"""What belongs to an organisation and moves with it, what stays, and what keeps a merge back.

Each table that names an organisation is in one of the lists; a test compares them with the
database, so that a new table is not forgotten.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, aliased

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.organisations.papers.models import OrganisationPaper
from grants.applying.organisations.verification.models import Verification
from grants.books.certificates.models import Certificate
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext
from grants.core.people.models import Membership, Organisation
from grants.deciding.awards.models import Award
from grants.giving.donors.models import Donor
from grants.granting.allegations.models import Allegation
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN, DetailsState
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import UNDER_WAY
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.workflow import CLEARED, UNDECIDED
from grants.integrity.enquiries.models import Enquiry
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.risk.models import Flag, RiskRating, SafeguardingAssessment
from grants.integrity.sanctions.models import SanctionsHit
from grants.integrity.sanctions.workflow import SETTLED
from grants.platform.documents.models import Document


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one kind that name an organisation."""

    model: Any
    label: str
    unlike: str = ""
    """A column in which two records of one organisation must differ: what both have stays."""
    note: str = ""

    def of(self, organisation_id: int) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = self.model.organisation_id == organisation_id
        return condition

    def moving(
        self, session: Session, target: Organisation, merged: Organisation
    ) -> Collection[Any]:
        """The records that move, in the order in which they are locked."""
        query = select(self.model).where(self.of(merged.id), self._is_free(target))
        records: Collection[Any] = session.scalars(
            query.order_by(self.model.id)
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
        return ~select(existing.id).where(existing.organisation_id == target.id, same).exists()


MOVING: tuple[Part, ...] = (
    Part(Award, _l("Grants")),
    Part(Application, _l("Applications")),
    Part(Document, _l("Files")),
    Part(OrganisationPaper, _l("Documents in the profile")),
    Part(RiskRating, _l("Risk ratings")),
    Part(SafeguardingAssessment, _l("Assessments of safeguarding")),
    Part(Flag, _l("Flags")),
    Part(Enquiry, _l("References and site visits")),
    Part(OtherGrant, _l("Grants of other funders"), unlike="identifier"),
    Part(SanctionsHit, _l("Decisions on matches with the sanctions list"), unlike="entry_id"),
)
"""In the order in which payments lock: grants first, then the organisation."""

MOVING_UNSEEN: tuple[Part, ...] = (Part(Allegation, _l("Allegations")),)
"""Moves too, and no page says how many: only persons whom a fund has named know of them."""

STAYING: tuple[Part, ...] = (
    Part(
        BankDetails,
        _l("Bank details"),
        note=_l(
            "They stay on record and no longer count. Grants that move are paid to the account of "
            "the organisation that is kept; if it has stated none, it must do so, and the fund "
            "checks it with two persons as always."
        ),
    ),
    Part(
        DueDiligence,
        _l("Due diligence"),
        note=_l("Decided examinations stay as they were decided."),
    ),
    Part(
        Verification,
        _l("Verification"),
        note=_l("The organisation that is kept stays verified, or not, as it is."),
    ),
    Part(
        Certificate,
        _l("Certified statements"),
        note=_l("A certified statement never changes."),
    ),
)

ELSEWHERE: Mapping[str, str] = {
    "membership": "people get the same role with the organisation that is kept",
    "sanctions_watch": "the names are compared as names of the organisation that is kept",
    "donor": "an organisation that gives is not merged",
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


def obstacles(session: Session, target: Organisation, merged: Organisation) -> list[str]:
    """Why these two cannot be merged now, in sentences; none: they can."""
    return [why for check in CHECKS for why in check(session, target, merged)]


def _merged_before(_session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    for organisation in (target, merged):
        if organisation.merged_into_id is not None:
            yield _("%(name)s has been merged already.", name=organisation.name)


def _is_donor(session: Session, _target: Organisation, merged: Organisation) -> Iterator[str]:
    if session.get(Donor, merged.id) is not None:
        yield _(
            "%(name)s is also a donor. Keep this organisation, and merge the other one into it.",
            name=merged.name,
        )


def _same_call(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    """Say where both together have more applications than the call allows, while one of them can
    still be withdrawn. Full proposals go with the concept notes that were invited.
    """
    first = aliased(Call)
    is_standing = Application.state != ApplicationState.WITHDRAWN
    undecided = Application.state.in_(APPLICATION.step("withdraw").sources)
    crowded_calls = (
        select(Call.reference, Call.applications_per_organisation)
        .join(Application, Application.call_id == Call.id)
        .where(
            Application.organisation_id.in_((target.id, merged.id)),
            is_standing,
            ~select(first.id).where(first.second_stage_id == Call.id).exists(),
        )
        .group_by(Call.id)
        .having(
            func.count() > Call.applications_per_organisation, func.count().filter(undecided) > 0
        )
    )
    for reference, most in session.execute(crowded_calls.order_by(Call.reference)):
        yield ngettext(
            "Together they have more than %(num)s application to the call %(call)s. One must be "
            "withdrawn first.",
            "Together they have more than %(num)s applications to the call %(call)s. Those beyond "
            "that number must be withdrawn first.",
            most,
            call=reference,
        )


def _paid_now(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    under_way = (
        select(Award.reference)
        .join(Instalment, Instalment.award_id == Award.id)
        .where(
            Award.organisation_id.in_((target.id, merged.id)),
            Instalment.state.in_(UNDER_WAY),
        )
        .distinct()
    )
    for reference in session.scalars(under_way.order_by(Award.reference)):
        yield _(
            "A payment of the grant %(grant)s has been certified or sent. Wait until it is made or "
            "returned.",
            grant=reference,
        )


def _account_changes(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    query = select(BankDetails.id).where(
        BankDetails.organisation_id.in_((target.id, merged.id)), BankDetails.state.in_(OPEN)
    )
    if session.scalar(query.limit(1)) is not None:
        yield _("A change of bank details is being checked. Wait until it is decided.")


def _under_examination(
    session: Session, _target: Organisation, merged: Organisation
) -> Iterator[str]:
    newest = session.scalar(
        select(DueDiligence.state)
        .where(DueDiligence.organisation_id == merged.id)
        .order_by(DueDiligence.id.desc())
        .limit(1)
    )
    if newest in UNDECIDED:
        yield _("Due diligence of %(name)s is in progress. Decide it first.", name=merged.name)
    elif newest is not None and newest not in CLEARED:
        yield _(
            "Due diligence refused %(name)s. A refusal does not disappear in a merge: keep this "
            "organisation, and merge the other one into it.",
            name=merged.name,
        )


def _on_sanctions_list(
    session: Session, _target: Organisation, merged: Organisation
) -> Iterator[str]:
    query = select(SanctionsHit.id).where(
        SanctionsHit.organisation_id == merged.id,
        SanctionsHit.state.not_in(SETTLED),
    )
    if session.scalar(query.limit(1)) is not None:
        yield _(
            "%(name)s has an open or confirmed match on the sanctions list. Decide it first.",
            name=merged.name,
        )


Check = Callable[[Session, Organisation, Organisation], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    _merged_before,
    _is_donor,
    _same_call,
    _paid_now,
    _account_changes,
    _under_examination,
    _on_sanctions_list,
)


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
        BankDetails.state == DetailsState.IN_FORCE,
    )
    return session.scalar(query.limit(1)) is not None
