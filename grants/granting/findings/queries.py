"""Findings as people may read them, and what waits for whom."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import (
    organisations_called,
    people_of_fund,
    people_of_organisation,
)
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.findings.models import Finding, FindingFile, Source
from grants.granting.findings.workflow import TO_ANSWER, UNFINISHED, FindingState, Severity
from grants.granting.reporting.queries import read_by, within


class Refund(Protocol):
    """Money that a grantee sent back, as the room of payments records it."""

    @property
    def id(self) -> int: ...
    @property
    def amount(self) -> Money: ...
    @property
    def refunded_on(self) -> date: ...
    @property
    def bank_reference(self) -> str: ...


REFUNDS: Slot[Callable[[Session, int], Sequence[Refund]]] = Slot(
    "granting.findings.queries.REFUNDS"
)
"""The refunds of a grant, by its id."""


def refunds_of(session: Session, award_id: int) -> list[Refund]:
    """What came back of a grant."""
    return [refund for refunds in REFUNDS for refund in refunds(session, award_id)]


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """A grantee reads the findings on its own grants, the fund's people those of their funds."""
    return or_(within(viewer, Permission.REPORT_SEE), read_by(viewer))


def grant_for_viewer(session: Session, reference: str, viewer: Viewer) -> Award:
    """A signed grant whose findings this person may read, or Missing."""
    query = select(Award).where(Award.reference == reference, visible(viewer))
    award = session.scalar(query.where(Award.state.in_(SIGNED)))
    if award is None:
        raise Missing(_("Grant not found."))
    return award


def findings_for(viewer: Viewer) -> Select[Finding]:
    """Every finding this person may read, with its grant."""
    return (
        select(Finding)
        .join(Finding.award)
        .join(Award.organisation)
        .where(visible(viewer))
        .options(
            contains_eager(Finding.award).options(
                contains_eager(Award.organisation), joinedload(Award.fund)
            ),
            joinedload(Finding.owner),
            joinedload(Finding.report),
        )
    )


def finding_for_viewer(session: Session, reference: str, viewer: Viewer) -> Finding:
    """One finding with its answers and files, or Missing."""
    whole = findings_for(viewer).options(
        selectinload(Finding.answers), selectinload(Finding.files).joinedload(FindingFile.document)
    )
    finding = session.scalar(whole.where(Finding.reference == reference))
    if finding is None:
        raise Missing(_("Finding not found."))
    return finding


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the register is filtered by; nothing means all."""

    text: str | None = None
    state: str | None = None
    """A state, "unfinished" or "late"."""
    severity: str | None = None
    source: str | None = None


def register(viewer: Viewer, criteria: Criteria) -> Select[Finding]:
    """The findings that fit, of the funds one works for."""
    query = findings_for(viewer).where(within(viewer, Permission.REPORT_SEE))
    if criteria.state == "unfinished":
        query = query.where(Finding.state.in_(UNFINISHED))
    elif criteria.state == "late":
        query = query.where(*_late_answers())
    elif criteria.state:
        query = query.where(Finding.state == FindingState(criteria.state))
    if criteria.severity:
        query = query.where(Finding.severity == Severity.of(criteria.severity))
    if criteria.source:
        query = query.where(Finding.source == Source.of(criteria.source))
    if criteria.text:
        query = query.where(
            or_(
                Award.organisation_id.in_(organisations_called(criteria.text)),
                Award.reference.istartswith(criteria.text, autoescape=True),
                Finding.reference.istartswith(criteria.text, autoescape=True),
            )
        )
    return query


def own_findings(session: Session, viewer: Viewer) -> Sequence[Finding]:
    """Findings on the grants of the organisations one acts for: what is to be answered first."""
    query = findings_for(viewer).where(read_by(viewer))
    order = Finding.state.in_(UNFINISHED).desc(), Finding.due_on, Finding.id
    return session.scalars(query.order_by(*order)).all()


def findings_of(session: Session, award_id: int) -> Sequence[Finding]:
    """All findings on a grant, the newest first."""
    query = select(Finding).where(Finding.award_id == award_id)
    whole = query.options(joinedload(Finding.owner), joinedload(Finding.report))
    return session.scalars(whole.order_by(Finding.id.desc())).all()


def unfinished_of(session: Session, award_id: int) -> Sequence[Finding]:
    """Findings on a grant that are not closed."""
    query = select(Finding).where(Finding.award_id == award_id, Finding.state.in_(UNFINISHED))
    return session.scalars(query.order_by(Finding.id)).all()


def unfinished_for(session: Session, viewer: Viewer, award_id: int) -> Sequence[Finding]:
    """The findings on a grant that are not closed and that this person may read."""
    of_grant = Finding.award_id == award_id, Finding.state.in_(UNFINISHED)
    return session.scalars(findings_for(viewer).where(*of_grant).order_by(Finding.id)).all()


def has_unfinished() -> ColumnElement[bool]:
    """Has the grant of a query a finding that is not closed?"""
    query = select(Finding.id).where(Finding.award_id == Award.id, Finding.state.in_(UNFINISHED))
    return query.correlate(Award).exists()


def blocking_by_grant(session: Session, awards: Collection[int]) -> Mapping[int, Sequence[Finding]]:
    """Unfinished findings of high severity, by the id of their grant: until they are closed,
    nothing is paid to it.
    """
    query = select(Finding).where(
        Finding.award_id.in_(awards),
        Finding.state.in_(UNFINISHED),
        Finding.severity == Severity.HIGH,
    )
    findings: dict[int, list[Finding]] = {}
    for finding in session.scalars(query.order_by(Finding.id)):
        findings.setdefault(finding.award_id, []).append(finding)
    return findings


def owners_of(session: Session, award: Award) -> tuple[Sequence[Person], Sequence[Person]]:
    """Who may be asked to answer: people of the grantee, and people of the fund."""
    grantee = people_of_organisation(session, award.organisation_id, Permission.FINDING_ANSWER)
    fund = people_of_fund(session, Permission.FINDING_ANSWER, award.fund_id)
    ids = {person.id for person in grantee}
    return grantee, [person for person in fund if person.id not in ids]


def _late_answers() -> tuple[ColumnElement[bool], ...]:
    return Finding.state.in_(TO_ANSWER), Finding.due_on < clock.today()


def _count_findings(*conditions: ColumnElement[bool]) -> Select[int]:
    return counting(select(Finding).join(Finding.award).where(*conditions))


def to_answer(viewer: Viewer) -> Select[int]:
    """How many findings wait for an answer of the person's organisation."""
    organisations = viewer.organisations_with(Permission.FINDING_ANSWER)
    own = Award.organisation_id.in_(organisations)
    return _count_findings(own, Finding.by_grantee.is_(True), Finding.state.in_(TO_ANSWER))


def to_answer_on(session: Session, awards: Sequence[int]) -> dict[int, list[Finding]]:
    """The findings on several grants that their organisations have to answer, the earliest first,
    by the id of the grant.
    """
    findings: dict[int, list[Finding]] = {award_id: [] for award_id in awards}
    for finding in session.scalars(
        select(Finding)
        .where(
            Finding.award_id.in_(awards),
            Finding.by_grantee.is_(True),
            Finding.state.in_(TO_ANSWER),
        )
        .order_by(Finding.due_on, Finding.id)
    ):
        findings[finding.award_id].append(finding)
    return findings


def to_refund(viewer: Viewer) -> Select[int]:
    """How many findings wait for a refund of the person's organisation that no letter asks for: a
    letter is a task of its own, with its sum and its day.
    """
    organisations = viewer.organisations_with(Permission.FINDING_ANSWER)
    own = Award.organisation_id.in_(organisations)
    waits = Finding.state == FindingState.TO_RECOVER, Finding.request_id.is_(None)
    return _count_findings(own, *waits)


def to_answer_in_fund(viewer: Viewer) -> Select[int]:
    """How many findings this person of the fund has to answer."""
    own = Finding.owner_id == viewer.person_id
    reader = within(viewer, Permission.FINDING_ANSWER)
    return _count_findings(reader, own, ~Finding.by_grantee, Finding.state.in_(TO_ANSWER))


def to_close(viewer: Viewer) -> Select[int]:
    """How many answers wait to be checked."""
    reader = within(viewer, Permission.FINDING_CLOSE)
    return _count_findings(reader, Finding.state == FindingState.ANSWERED)


def to_settle(viewer: Viewer) -> Select[int]:
    """How many findings wait for a refund to the fund."""
    reader = within(viewer, Permission.FINDING_CLOSE)
    return _count_findings(reader, Finding.state == FindingState.TO_RECOVER)


def escalated(viewer: Viewer) -> Select[int]:
    """How many late findings were brought before the fund manager, and have no answer yet."""
    reader = within(viewer, Permission.FINDING_OVERSEE)
    return _count_findings(reader, Finding.escalated_on.is_not(None), Finding.state.in_(TO_ANSWER))
