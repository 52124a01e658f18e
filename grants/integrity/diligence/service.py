"""A donor is examined, and another person decides whether money may be taken from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, keep_apart
from grants.integrity.diligence.models import DueDiligence, Evidence, Outcome
from grants.integrity.diligence.queries import (
    examinations,
    is_exempt,
    rules_of,
    standard_criteria,
)
from grants.integrity.diligence.workflow import DILIGENCE, UNDECIDED
from grants.integrity.sanctions.matching import watch
from grants.integrity.sanctions.queries import hits_of, list_in_force
from grants.integrity.sanctions.workflow import UNDECIDED as UNDECIDED_HITS
from grants.integrity.sanctions.workflow import HitState
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload


@dataclass(frozen=True, slots=True)
class Answer:
    """Was something found on a criterion? And where one looked, and what it said."""

    found: bool | None
    evidence: str = ""


def open_case(session: Session, organisation: Organisation, fund: Fund, act: Act) -> DueDiligence:
    """Begin to examine an organisation by a fund's criteria of this day.

    Conflict while another examination of it is not decided.
    """
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, Scope(fund.id))
    keep_apart(act.actor, organisation.id)
    _one_at_a_time(session, organisation)
    require_none_open(session, organisation)
    before = examinations(session, organisation.id)
    examination = DueDiligence(
        organisation=organisation,
        fund=fund,
        begun_at=act.at,
        criteria=standard_criteria(organisation.kind) + list(rules_of(session, fund).more_criteria),
        answers={},
        persons=list(before[0].persons) if before else [],
    )
    begin(session, examination, DILIGENCE, act)
    watch(session, organisation, act, examination.persons or None)
    return examination


def _one_at_a_time(session: Session, organisation: Organisation) -> None:
    """Make everyone wait who begins to examine the same organisation at the same moment."""
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation.id)
        .with_for_update(key_share=True)
    )


def answer(
    session: Session,
    examination: DueDiligence,
    answers: Mapping[str, Answer],
    persons: Sequence[str],
    act: Act,
) -> None:
    """Keep what was found so far, and whose names are screened; nothing has to be complete."""
    keep_apart(act.actor, examination.organisation_id)
    keys = {criterion["key"] for criterion in examination.criteria}
    examination.answers = {
        key: {"found": answer.found, "evidence": answer.evidence.strip()}
        for key, answer in answers.items()
        if key in keys
    }
    examination.persons = [name.strip() for name in persons if name.strip()]
    advance(session, examination, DILIGENCE, "answer", act)
    watch(session, examination.organisation, act, examination.persons)


def require_none_open(session: Session, organisation: Organisation) -> None:
    """Conflict while another examination of the organisation is not decided."""
    if any(
        examination.state in UNDECIDED for examination in examinations(session, organisation.id)
    ):
        raise Conflict(
            _("Due diligence on %(name)s is already in progress.", name=organisation.name)
        )


def attach(
    session: Session, examination: DueDiligence, upload: Upload, about: str, act: Act
) -> Evidence:
    """Keep a file that the examination rests on."""
    require(session, examination, DILIGENCE, "answer", act)
    keep_apart(act.actor, examination.organisation_id)
    document = keep(session, upload, act)
    evidence = Evidence(
        due_diligence_id=examination.id, document=document, about=about.strip()[:200]
    )
    session.add(evidence)
    session.flush()
    session.expire(examination, ["files"])
    record(session, examination, "attach", act, document=document.id)
    return evidence


def recommend(session: Session, examination: DueDiligence, proposal: Outcome, act: Act) -> None:
    """One person has examined and proposes; the act's reason says why.

    DomainError while a criterion is not answered with its evidence, the donor was not screened,
    a possible match is not decided, or more is proposed than what was found allows.
    """
    require(session, examination, DILIGENCE, "recommend", act)
    keep_apart(act.actor, examination.organisation_id)
    require_complete(examination)
    watch(session, examination.organisation, act)
    examination.screened = _screening_result(session, examination)
    _require_allowed(session, examination, proposal)
    examination.proposal = proposal
    examination.recommendation = act.reason
    examination.recommended_by = act.actor.person_id
    advance(session, examination, DILIGENCE, "recommend", act, proposal=proposal.value)


def require_complete(examination: DueDiligence) -> None:
    """DomainError while a criterion is not answered with its evidence."""
    answers = examination.answers
    open_ones = [
        criterion["key"]
        for criterion in examination.criteria
        if answers.get(criterion["key"], {}).get("found") is None
        or not answers[criterion["key"]]["evidence"]
    ]
    if open_ones:
        raise DomainError(
            _(
                "Answer every criterion and name the sources you checked: %(number)s are not "
                "answered.",
                number=len(open_ones),
            )
        )


def _screening_result(session: Session, examination: DueDiligence) -> dict[str, Any]:
    """The result of the screening as it is, for the record."""
    newest = list_in_force(session)
    if newest is None:
        raise DomainError(_("No sanctions list has been uploaded yet, so no one can be screened."))
    hits = hits_of(session, examination.organisation_id)
    if any(hit.state in UNDECIDED_HITS for hit in hits):
        raise DomainError(_("Decide on each possible match with the sanctions list first."))
    return {
        "list": newest.generated_at.isoformat(),
        "checked_at": clock.now().isoformat(),
        "matches": [
            {
                "reference": hit.entry.reference,
                "theirs": hit.theirs,
                "ours": hit.ours,
                "score": hit.score,
                "state": hit.state.value,
                "reason": hit.reason,
            }
            for hit in hits
            if hit.state is not HitState.LAPSED
        ],
    }


def _require_allowed(session: Session, examination: DueDiligence, outcome: Outcome) -> None:
    """Refuse an outcome that what was found does not allow."""
    if outcome is Outcome.CLEAR and examination.found:
        raise DomainError(_("Something was found, so it cannot be cleared without conditions."))
    confirmed = any(hit.is_confirmed for hit in hits_of(session, examination.organisation_id))
    if outcome is not Outcome.REFUSE and confirmed:
        raise DomainError(
            _("The organisation is on the sanctions list, so it can only be refused.")
        )


def decide(session: Session, examination: DueDiligence, outcome: Outcome, act: Act) -> None:
    """Decide what another person recommended; clearance holds for so many years as the fund's
    rules say.

    The act's reason is the conditions, or why it is refused.
    """
    require(session, examination, DILIGENCE, outcome.value, act)
    keep_apart(act.actor, examination.organisation_id)
    _require_allowed(session, examination, outcome)
    if outcome is not Outcome.REFUSE:
        _screening_result(session, examination)
        examination.valid_until = _years_on(session, examination)
    _note_decision(examination, act)
    advance(session, examination, DILIGENCE, outcome.value, act)


def send_back(session: Session, examination: DueDiligence, act: Act) -> None:
    """The decider asks for more before deciding."""
    keep_apart(act.actor, examination.organisation_id)
    advance(session, examination, DILIGENCE, "send_back", act)


def revoke(session: Session, examination: DueDiligence, act: Act) -> None:
    """What was learnt since speaks against the donor: nothing more is accepted."""
    keep_apart(act.actor, examination.organisation_id)
    require(session, examination, DILIGENCE, "revoke", act)
    examination.revocation = act.reason
    advance(session, examination, DILIGENCE, "revoke", act)


def take_over(
    session: Session, organisation: Organisation, fund: Fund, act: Act
) -> DueDiligence | None:
    """The donor was accepted before this system: the record says so, and that nobody answered the
    criteria here. By the system alone: a person who begins an examination does not decide it. None
    where the kind is not examined, or the donor was examined here already.
    """
    if is_exempt(session, organisation, fund) or examinations(session, organisation.id):
        return None
    act.demand(Permission.DUE_DILIGENCE_DECIDE, Scope(fund.id))
    examination = DueDiligence(
        organisation=organisation,
        fund=fund,
        begun_at=act.at,
        criteria=[],
        answers={},
        persons=[],
        taken_over=True,
    )
    begin(session, examination, DILIGENCE, act)
    why = act.reason or _("Imported from earlier records.")
    _note_decision(examination, Act(act.actor, why, act.at))
    examination.valid_until = _years_on(session, examination)
    advance(session, examination, DILIGENCE, "take_over", Act(act.actor, why, act.at))
    return examination


def _note_decision(examination: DueDiligence, act: Act) -> None:
    examination.decision = (act.reason or "").strip() or None
    examination.decided_by = act.actor.person_id
    examination.decided_on = clock.today()


def _years_on(session: Session, examination: DueDiligence) -> date:
    """The last day on which a clearance of today holds."""
    return clock.months_after(clock.today(), 12 * rules_of(session, examination.fund).years)
