"""The clearance of an organisation: may money be taken from it today?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import OF_A_BUSINESS, DonorKind, Exclusion, Term
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.integrity.diligence.models import DiligenceRules, DueDiligence, Evidence
from grants.integrity.diligence.workflow import UNDECIDED, DiligenceState
from grants.integrity.sanctions.models import SanctionsHit
from grants.integrity.sanctions.queries import matched
from grants.integrity.sanctions.workflow import SETTLED, HitState
from grants.integrity.sanctions.workflow import UNDECIDED as UNDECIDED_HITS


class Clearance(Term):
    """The clearance of an organisation today."""

    NOT_NEEDED = "not_needed", _l("Not needed")
    NOT_BEGUN = "not_begun", _l("Not started")
    UNDER_WAY = "under_way", _l("In progress")
    CLEARED = "cleared", _l("Cleared")
    CONDITIONS = "conditions", _l("Cleared with conditions")
    EXPIRED = "expired", _p("due diligence", "Expired")
    REFUSED = "refused", _p("due diligence", "Refused")
    HELD = "held", _l("On hold: possible match on the sanctions list")
    BARRED = "barred", _l("Barred: on the sanctions list")


C = Clearance
TONES: Mapping[Clearance, str] = {
    **dict.fromkeys((C.CLEARED, C.CONDITIONS), "good"),
    **dict.fromkeys((C.REFUSED, C.BARRED), "bad"),
    **dict.fromkeys((C.NOT_BEGUN, C.EXPIRED, C.HELD), "waiting"),
    C.UNDER_WAY: "active",
    C.NOT_NEEDED: "neutral",
}
MAY_GIVE = frozenset({C.NOT_NEEDED, C.CLEARED, C.CONDITIONS})
SHUT = frozenset({C.REFUSED, C.HELD, C.BARRED})
"""Nothing is asked of an organisation in this state, and nothing taken."""


def rules_of(session: Session, fund: Fund) -> DiligenceRules:
    """How a fund examines, by its own rules or the defaults."""
    return session.get(DiligenceRules, fund.id) or DiligenceRules(
        fund_id=fund.id, years=3, examines_igos=False, more_criteria=[]
    )


def exempt(fund: Fund | None = None) -> ColumnElement[bool]:
    """Is the organisation of a query not examined: States, and others by the fund's rules (None:
    unless any fund does)?
    """
    examining = exists().where(DiligenceRules.examines_igos)
    if fund is not None:
        examining = examining.where(DiligenceRules.fund_id == fund.id)
    kind = Organisation.kind
    return or_(kind == DonorKind.MEMBER_STATE, and_(kind == DonorKind.IGO, ~examining))


def is_exempt(session: Session, organisation: Organisation, fund: Fund) -> bool:
    """Is it not examined, by the rules of this fund?"""
    if organisation.kind is not DonorKind.IGO:
        return organisation.kind is DonorKind.MEMBER_STATE
    return not rules_of(session, fund).examines_igos


def clearance(today: date | ColumnElement[date], fund: Fund | None = None) -> ColumnElement[str]:
    """The code of the clearance of the organisation of a query: its only definition."""
    decided = _newest_decision(DueDiligence.state)
    holds = _newest_decision(DueDiligence.valid_until) >= today
    return case(
        (exempt(fund), literal(C.NOT_NEEDED.value)),
        (matched(HitState.CONFIRMED), literal(C.BARRED.value)),
        (matched(*UNDECIDED_HITS), literal(C.HELD.value)),
        (decided == DiligenceState.CLEARED.value, _clearance_while(holds, C.CLEARED)),
        (decided == DiligenceState.CONDITIONS.value, _clearance_while(holds, C.CONDITIONS)),
        (decided.is_not(None), literal(C.REFUSED.value)),
        (_is_undecided(), literal(C.UNDER_WAY.value)),
        else_=literal(C.NOT_BEGUN.value),
    )


def stands_as(
    codes: Collection[Clearance], today: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Is the clearance of the organisation of a query one of these? What must be true of it in any
    case is asked first, and costs little.
    """
    stands = clearance(today).in_([code.value for code in codes])
    if set(codes) != {C.EXPIRED}:
        return stands
    examined = exists().where(DueDiligence.organisation_id == Organisation.id)
    return and_(~exempt(), examined, stands)


def is_new(organisation_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Does the organisation of this key stand as NOT_BEGUN? Its kind is looked up by the key, last:
    PostgreSQL would read all organisations for the first thousand of these.
    """
    examined = exists().where(DueDiligence.organisation_id == organisation_id)
    hits = select(SanctionsHit.organisation_id).where(SanctionsHit.state.not_in(SETTLED))
    kind = select(~exempt()).where(Organisation.id == organisation_id)
    return and_(~examined, organisation_id.not_in(hits), kind.scalar_subquery())


def _clearance_while(holds: ColumnElement[bool], cleared: Clearance) -> ColumnElement[str]:
    return case((holds, literal(cleared.value)), else_=literal(C.EXPIRED.value))


def _newest_decision(column: Any) -> ScalarSelect[Any]:
    """A column of the newest decision on the organisation of a query."""
    return (
        select(column)
        .where(
            DueDiligence.organisation_id == Organisation.id,
            DueDiligence.state.not_in(UNDECIDED),
        )
        .order_by(DueDiligence.id.desc())
        .limit(1)
        .correlate(Organisation)
        .scalar_subquery()
    )


def _is_undecided() -> ColumnElement[bool]:
    return exists().where(
        DueDiligence.organisation_id == Organisation.id, DueDiligence.state.in_(UNDECIDED)
    )


def clearances(
    session: Session, organisation_ids: Iterable[int], fund: Fund | None = None
) -> Mapping[int, Clearance]:
    """The clearance of several organisations today, in one query; by the rules of a fund where
    named.
    """
    rows = session.execute(
        select(Organisation.id, clearance(clock.today(), fund)).where(
            Organisation.id.in_(list(organisation_ids))
        )
    )
    return {organisation_id: Clearance.of(code) for organisation_id, code in rows}


def clearance_of(
    session: Session, organisation: Organisation, fund: Fund | None = None
) -> Clearance:
    """The clearance of an organisation today, by the rules of a fund; States without a look."""
    if organisation.kind is DonorKind.MEMBER_STATE:
        return C.NOT_NEEDED
    session.flush()
    query = select(clearance(clock.today(), fund)).where(Organisation.id == organisation.id)
    return Clearance.of(session.scalar(query) or C.NOT_BEGUN.value)


def examinations(session: Session, organisation_id: int) -> Sequence[DueDiligence]:
    """Every examination of an organisation, the newest first."""
    return session.scalars(
        select(DueDiligence)
        .where(DueDiligence.organisation_id == organisation_id)
        .order_by(DueDiligence.id.desc())
        .options(joinedload(DueDiligence.fund))
    ).all()


def case_for_viewer(session: Session, case_id: int, viewer: Viewer) -> DueDiligence:
    """An examination, for those of its fund's people who may see it; else Missing."""
    examination = session.scalar(
        cases_for_viewer(viewer)
        .where(DueDiligence.id == case_id)
        .options(selectinload(DueDiligence.files))
    )
    if examination is None:
        raise Missing(_("Due diligence record not found."))
    return examination


def evidence_of(examination: DueDiligence, evidence_id: int) -> Evidence:
    """One file of an examination, or Missing."""
    for evidence in examination.files:
        if evidence.id == evidence_id:
            return evidence
    raise Missing(_("File not found."))


def cases_for_viewer(viewer: Viewer, state: DiligenceState | None = None) -> Select[DueDiligence]:
    """Examinations of the funds this person works for."""
    query = (
        select(DueDiligence)
        .where(_of_the_funds(viewer))
        .options(joinedload(DueDiligence.organisation), joinedload(DueDiligence.fund))
    )
    return query.where(DueDiligence.state == state) if state is not None else query


def _of_the_funds(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.DUE_DILIGENCE_SEE, DueDiligence.fund_id)


def count_in_state(viewer: Viewer, state: DiligenceState) -> Select[int]:
    """How many examinations are in a state: what waits for a person."""
    query = select(func.count()).select_from(DueDiligence)
    return query.where(_of_the_funds(viewer), DueDiligence.state == state)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question of an examination, in the reader's language."""

    key: str
    label: str


def standard_criteria(kind: DonorKind) -> list[dict[str, Any]]:
    """What is asked about every donor of a kind; of a private person nothing about business."""
    left_out = OF_A_BUSINESS if kind is DonorKind.INDIVIDUAL else frozenset()
    return [{"key": exclusion.value} for exclusion in Exclusion if exclusion not in left_out]


def criteria_of(examination: DueDiligence) -> list[Criterion]:
    """What has to be answered, worded for the reader."""
    return [
        Criterion(criterion["key"], _criterion_text(criterion))
        for criterion in examination.criteria
    ]


def _criterion_text(criterion: Mapping[str, Any]) -> str:
    if "label" in criterion:
        return in_language(criterion["label"])
    return str(Exclusion.of(criterion["key"]).label)
