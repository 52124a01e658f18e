"""The gate that a grant passes: no award, no agreement and no payment while a case is open.

The names are compared with the list at that moment, so that a name or a list of today counts though
the worker has not come to it yet.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.marks import sentence
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.workflow import CLEARED, UNDECIDED, DiligenceState
from grants.integrity.risk.queries import has_red_flag, with_red_flag
from grants.integrity.sanctions.matching import names_of_organisation
from grants.integrity.sanctions.models import SanctionsHit, SanctionsWatch
from grants.integrity.sanctions.screening import NO_LIST, Match, index_in_force
from grants.integrity.sanctions.workflow import UNDECIDED as UNDECIDED_HITS
from grants.integrity.sanctions.workflow import HitState


class Integrity(Term):
    """What speaks for or against paying a grantee today."""

    NO_LIST = "no_list", _l("Not screened: no sanctions list has been imported")
    CLEAR = "clear", _l("Screened: no match on the sanctions list")
    POSSIBLE = "possible", _l("Possible match on the sanctions list: a decision is needed")
    LISTED = "listed", _l("On the sanctions list")
    EXAMINED = "examined", _l("Due diligence is in progress")
    FLAGGED = "flagged", _l("A red flag is raised")
    REFUSED = "refused", _l("Refused by due diligence")


OPEN_GATE = frozenset({Integrity.NO_LIST, Integrity.CLEAR})
TONES = {
    **dict.fromkeys(Integrity, "bad"),
    Integrity.CLEAR: "good",
    Integrity.NO_LIST: "waiting",
    Integrity.POSSIBLE: "waiting",
    Integrity.EXAMINED: "active",
}


def integrity_of(
    session: Session, organisation: Organisation, names: Iterable[str] = ()
) -> Integrity:
    """The state of a grantee's case today; `names` are others to screen with it, such as the
    holder of the account that is paid.
    """
    return integrity_of_each(session, [organisation], names)[organisation.id]


def integrity_of_each(
    session: Session, organisations: Collection[Organisation], names: Iterable[str] = ()
) -> Mapping[int, Integrity]:
    """The integrity of several organisations, in as many queries as of one."""
    ids = {organisation.id for organisation in organisations}
    hits: dict[int, list[SanctionsHit]] = {number: [] for number in ids}
    facts = {}
    for row in session.execute(_FACTS.where(Organisation.id.in_(ids))):
        facts[row.id] = row
        if row.SanctionsHit is not None:
            hits[row.id].append(row.SanctionsHit)
    index = index_in_force(session)
    return {
        organisation.id: _worst_of(
            hits[organisation.id],
            facts[organisation.id].newest,
            index.match(
                [
                    *names_of_organisation(organisation),
                    *(facts[organisation.id].persons or ()),
                    *names,
                ],
                organisation.country,
            ),
            is_listed=index is not NO_LIST,
            is_flagged=facts[organisation.id].is_flagged,
        )
        for organisation in organisations
    }


_EXAMINED = (
    select(DueDiligence.state)
    .where(DueDiligence.organisation_id == Organisation.id)
    .order_by(DueDiligence.id.desc())
    .limit(1)
)
_WATCHED = select(SanctionsWatch.persons).where(SanctionsWatch.organisation_id == Organisation.id)
_FACTS = select(
    Organisation.id,
    _EXAMINED.scalar_subquery().label("newest"),
    _WATCHED.scalar_subquery().label("persons"),
    has_red_flag().label("is_flagged"),
    SanctionsHit,
).outerjoin(SanctionsHit, SanctionsHit.organisation_id == Organisation.id)
"""One row for each hit of an organisation; one without, where there is none."""


def _worst_of(
    hits: Sequence[SanctionsHit],
    newest: DiligenceState | None,
    matches: Iterable[Match],
    *,
    is_listed: bool,
    is_flagged: bool,
) -> Integrity:
    """What counts most of what is known; `newest`: the state of the newest examination."""
    states = {hit.state for hit in hits}
    if HitState.CONFIRMED in states:
        return Integrity.LISTED
    if newest is not None and newest not in (*UNDECIDED, *CLEARED):
        return Integrity.REFUSED
    if is_flagged:
        return Integrity.FLAGGED
    if states & {*UNDECIDED_HITS} or _has_open_match(hits, matches):
        return Integrity.POSSIBLE
    if newest is not None and newest in UNDECIDED:
        return Integrity.EXAMINED
    return Integrity.CLEAR if is_listed else Integrity.NO_LIST


def standing_cases(session: Session, organisation_ids: Collection[int]) -> Mapping[int, str]:
    """Why organisations cannot be awarded anything, as far as it is on record: by organisation, in
    a sentence. An award itself compares the names with the list once more.
    """
    cases: dict[int, Integrity] = {}
    newest = (
        select(DueDiligence.organisation_id, DueDiligence.state)
        .where(DueDiligence.organisation_id.in_(organisation_ids))
        .order_by(DueDiligence.id)
    )
    for number, diligence in session.execute(newest):
        cases[number] = Integrity.EXAMINED if diligence in UNDECIDED else Integrity.REFUSED
        if diligence in CLEARED:
            cases.pop(number)
    matched = select(SanctionsHit.organisation_id, SanctionsHit.state).where(
        SanctionsHit.organisation_id.in_(organisation_ids),
        ~SanctionsHit.is_of_another,
    )
    for number, match in session.execute(matched):
        if match is HitState.CONFIRMED:
            cases[number] = Integrity.LISTED
        elif match in UNDECIDED_HITS and cases.get(number) is not Integrity.LISTED:
            cases[number] = Integrity.POSSIBLE
    for number in with_red_flag(session, organisation_ids):
        if cases.get(number) not in {Integrity.LISTED, Integrity.REFUSED}:
            cases[number] = Integrity.FLAGGED
    return {key: sentence(state.label) for key, state in cases.items()}


def _has_open_match(hits: Sequence[SanctionsHit], matches: Iterable[Match]) -> bool:
    """Is there a match that no person has told apart?"""
    dismissed = {(hit.entry_id, hit.ours) for hit in hits if hit.is_of_another}
    return any((match.entry_id, match.ours[:400]) not in dismissed for match in matches)


@dataclass(frozen=True, slots=True)
class Gate:
    """The state of a case for a page on which a grant is decided; `may_see` opens the case."""

    state: Integrity
    tone: str
    code: str
    may_see: bool


def gate_of(session: Session, organisation: Organisation, viewer: Viewer) -> Gate:
    state = integrity_of(session, organisation)
    may_see = viewer.may(Permission.DUE_DILIGENCE_SEE)
    return Gate(state, TONES[state], organisation.code, may_see)


def require_clear(
    session: Session,
    organisation: Organisation,
    act: Act,
    names: Iterable[str] = (),
    integrity: Integrity | None = None,
) -> None:
    """DomainError unless a grant to this organisation may go on today. `found`: what a page that
    only shows it has read already.

    What the system takes over from earlier records has happened already: only a listed or refused
    organisation stops it.
    """
    integrity = integrity or integrity_of(session, organisation, names)
    final = (Integrity.LISTED, Integrity.REFUSED)
    if integrity in OPEN_GATE or (act.actor.system and integrity not in final):
        return
    raise DomainError(
        _(
            "Nothing can be awarded or paid to %(name)s now. %(why)s.",
            name=organisation.name,
            why=integrity.label,
        )
    )
