"""What organisations have sent about their grants, and the fund has not answered yet: each query
counts, for a person of an organisation, what a task of the fund counts for its people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnExpressionArgument,
    CompoundSelect,
    Select,
    and_,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import STANDING
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.queries import of_own_organisations
from grants.granting.bank_details.workflow import OPEN as BEING_CHECKED
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import not_sent
from grants.granting.changes.workflow import WITH_FUND
from grants.granting.closure.models import AuditCertificate
from grants.granting.findings.models import Finding
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.workflow import Part
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import read_by
from grants.granting.signing.models import Signing
from grants.granting.signing.queries import waits_for
from grants.granting.signing.workflow import Side

_SUBMITTED = Preparation.is_submitted, Award.awaits_agreement


def reports(viewer: Viewer) -> Select[int]:
    """How many reports of this person's organisations are being checked."""
    return _of_own(viewer, Report, Report.is_submitted)


def preparations(viewer: Viewer) -> Select[int]:
    """How many of their budgets and finance questionnaires are being checked."""
    return _of_own(viewer, Preparation, *_SUBMITTED)


def documents(viewer: Viewer) -> Select[int]:
    """How many of their documents wait for legal clearance or the signature of the fund."""
    ours = or_(Signing.awaits_clearance, waits_for(Side.FUND))
    return _of_own(viewer, Signing, ours, Award.state.in_(STANDING))


def changes(viewer: Viewer) -> Select[int]:
    """How many changes of their grants the fund examines, approves or draws up."""
    return _of_own(viewer, GrantChange, or_(GrantChange.state.in_(WITH_FUND), not_sent()))


def findings(viewer: Viewer) -> Select[int]:
    """How many of their answers to findings are being checked."""
    answered = Finding.by_grantee.is_(True), Finding.is_answered
    return _of_own(viewer, Finding, *answered)


def certificates(viewer: Viewer) -> Select[int]:
    """How many of their certificates of audit are being checked."""
    return _of_own(viewer, AuditCertificate, AuditCertificate.is_submitted)


def accounts(viewer: Viewer) -> Select[int]:
    """How many of their bank details are being checked."""
    query = select(func.count()).select_from(BankDetails)
    return query.where(of_own_organisations(viewer), BankDetails.state.in_(BEING_CHECKED))


def _of_own(viewer: Viewer, model: Any, *conditions: ColumnExpressionArgument[bool]) -> Select[int]:
    query = select(func.count()).select_from(model).join(Award, Award.id == model.award_id)
    return query.where(read_by(viewer), *conditions)


@dataclass(frozen=True, slots=True)
class BeingChecked:
    """What of a grant's preparation is with the fund, and since when."""

    parts: Mapping[Part, datetime] = field(default_factory=dict)
    account: datetime | None = None
    """When the bank details were given that are not approved yet."""


def being_checked(session: Session, awards: Sequence[Award]) -> dict[int, BeingChecked]:
    """The budgets, questionnaires and bank details of these grants that the fund is checking."""
    parts: dict[int, dict[Part, datetime]] = {award.id: {} for award in awards}
    accounts: dict[int, datetime] = {}
    given = session.execute(_given_by(awards))
    for award_id, part, at in sorted(given, key=lambda row: row[-1]):
        if part is None:
            accounts[award_id] = at
        else:
            parts[award_id][part] = at
    return {key: BeingChecked(part, accounts.get(key)) for key, part in parts.items()}


def _given_by(awards: Sequence[Award]) -> CompoundSelect[int, Part | None, datetime]:
    """(grant, part of the preparation or None for bank details, when it was given)."""
    ids = Award.id.in_([award.id for award in awards])
    parts = select(Award.id, Preparation.part, Preparation.submitted_at)
    parts = parts.join(Award, Award.id == Preparation.award_id).where(ids, *_SUBMITTED)
    of_award = and_(
        BankDetails.fund_id == Award.fund_id,
        BankDetails.organisation_id == Award.organisation_id,
        BankDetails.state.in_(BEING_CHECKED),
    )
    accounts = select(Award.id, null(), BankDetails.requested_at)
    return union_all(parts, accounts.join(BankDetails, of_award).where(ids))
