"""What grantees have to prepare, what they have submitted, and what the fund has to check."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from grants.applying.applications.queries import submission_of
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import newest_of
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.marks import spaced
from grants.deciding.awards.models import Award
from grants.granting.preparing.models import AwardReply, Preparation
from grants.granting.preparing.workflow import Part, PreparationState
from grants.granting.reporting.budget import OwnLine, RequestedLine, asked_for
from grants.granting.reporting.queries import read_by, within
from grants.granting.signing.models import Signing, SigningRules
from grants.granting.signing.queries import open_signing
from grants.granting.signing.rules import rules_of
from grants.granting.signing.workflow import OPEN
from grants.platform.questions.budget import Budget


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a grantee's own budget, USD."""

    category: str
    description: str
    amount: Money


def preparation_of(session: Session, award_id: int, part: Part) -> Preparation | None:
    """What the grantee has submitted, if it has."""
    query = select(Preparation).where(Preparation.award_id == award_id, Preparation.part == part)
    return session.scalar(query)


def reply_of(session: Session, award_id: int) -> AwardReply | None:
    """What the grantee has said of its award before the agreement, if it has."""
    return session.scalar(select(AwardReply).where(AwardReply.award_id == award_id))


def replies_of(session: Session, awards: Collection[int]) -> Mapping[int, AwardReply]:
    """What these grantees have said of their awards."""
    query = select(AwardReply).where(AwardReply.award_id.in_(awards))
    return {reply.award_id: reply for reply in session.scalars(query)}


def returned(session: Session, row: Preparation | None) -> TrailRow | None:
    """How the fund has returned it, where the grantee has to correct it: the day and the reason."""
    if row is None or row.state is not PreparationState.SENT_BACK:
        return None
    return newest_of(session, row, "send_back")


def asked_of(session: Session, award: Award) -> list[Part]:
    """What this fund asks of a grantee before the agreement goes out; once it is out, only what
    was submitted for it.
    """
    if not award.awaits_agreement or open_signing(session, award.id):
        return [part for part in Part if preparation_of(session, award.id, part)]
    return _parts_asked(session, award)


def _parts_asked(session: Session, award: Award) -> list[Part]:
    rules = rules_of(session, award.fund)
    asked = {Part.BUDGET: rules.asks_budget, Part.FINANCE: rules.asks_finance}
    return [part for part in Part if asked[part]]


def owed_parts(
    session: Session, awards: Iterable[Award], out: Collection[int]
) -> Mapping[int, Sequence[Part]]:
    """What each of these grantees has still to submit, by the grant; nothing for those `out`."""
    asking = [award for award in awards if award.awaits_agreement]
    asking = [award for award in asking if award.id not in out]
    if not asking:
        return {}
    query = select(Preparation.award_id, Preparation.part).where(
        Preparation.award_id.in_([award.id for award in asking]),
        Preparation.state != PreparationState.SENT_BACK,
    )
    submitted = {(award_id, part) for award_id, part in session.execute(query)}
    return {
        award.id: [
            part for part in _parts_asked(session, award) if (award.id, part) not in submitted
        ]
        for award in asking
    }


def lacking_parts(session: Session, award: Award) -> list[Part]:
    """What the fund asks for and has not accepted yet."""
    rows = session.scalars(select(Preparation).where(Preparation.award_id == award.id))
    accepted = {row.part for row in rows if row.state is PreparationState.ACCEPTED}
    return [part for part in asked_of(session, award) if part not in accepted]


def require_prepared(session: Session, award: Award) -> None:
    """Conflict while the fund waits for something that the grantee prepares."""
    if lacking := lacking_parts(session, award):
        names = spaced(",").join(str(part.label).lower() for part in lacking)
        raise Conflict(_("Not yet submitted and accepted: %(names)s.", names=names))


def lines_of(row: Preparation) -> list[Line]:
    """The lines of a budget that was submitted."""
    return [
        Line(line["category"], line["description"], Money.parse(line["amount"], "USD"))
        for line in row.content
    ]


def accepted_budget(session: Session, award: Award) -> Sequence[RequestedLine] | None:
    """The accepted budget by category, in the order of the call, with the grantee's own lines; None
    where there is none.
    """
    row = preparation_of(session, award.id, Part.BUDGET)
    if row is None or row.state is not PreparationState.ACCEPTED:
        return None
    sums = _sums_of(row)
    own: dict[str, list[OwnLine]] = {}
    for number, each in enumerate(lines_of(row), 1):
        line = OwnLine(number, each.description, each.amount)
        own.setdefault(each.category, []).append(line)
    return [
        RequestedLine(
            known.category, known.label, usd(sums[known.category]), tuple(own[known.category])
        )
        for known in asked_for(session, award.application)
        if known.category in sums
    ]


def above_request(session: Session, row: Preparation) -> list[RequestedLine]:
    """The categories for which a submitted budget has more than the application requested; none
    where there was no budget in it.
    """
    requested = asked_for(session, row.award.application)
    if not total(line.amount for line in requested):
        return []
    sums = _sums_of(row)
    return [line for line in requested if sums[line.category] > line.amount.minor]


def _sums_of(row: Preparation) -> Counter[str]:
    """The USD cents of a submitted budget, by category."""
    sums = Counter[str]()
    for line in lines_of(row):
        sums[line.category] += line.amount.minor
    return sums


def lines_to_begin_with(session: Session, award: Award) -> Sequence[Mapping[str, Any]]:
    """The lines that the grantee sees first: as it last submitted them, else those of its
    application.
    """
    row = preparation_of(session, award.id, Part.BUDGET)
    if row is not None:
        return [asdict(line) | {"amount": line.amount} for line in lines_of(row)]
    application = award.application
    submission = submission_of(session, application.id) if application else None
    if application is None or submission is None:
        return []
    question = next(
        (each for each in application.call.questionnaire.questions if isinstance(each, Budget)),
        None,
    )
    if question is None or question.currency != "USD":
        return []
    answers = submission.snapshot["answers"].values()
    lines = next((part[question.key] for part in answers if question.key in part), None) or ()
    return [
        {
            "category": line["category"],
            "description": line["description"] or "",
            "amount": Money.parse(line["total"], "USD"),
        }
        for line in lines
        if line["total"] is not None
    ]


def _is_asked(part: Part) -> ColumnElement[bool]:
    asks = SigningRules.asks_budget if part is Part.BUDGET else SigningRules.asks_finance
    done = exists().where(
        Preparation.award_id == Award.id,
        Preparation.part == part,
        Preparation.state != PreparationState.SENT_BACK,
    )
    return asks & ~done


def to_prepare(viewer: Viewer) -> Select[int]:
    """How many grants of this person's organisations owe something before their agreements."""
    writes = viewer.organisations_with(Permission.REPORT_WRITE)
    query = select(func.count()).select_from(Award)
    query = query.join(SigningRules, SigningRules.fund_id == Award.fund_id)
    return query.where(
        ~_IS_OUT,
        Award.organisation_id.in_(writes) if writes else false(),
        Award.awaits_agreement,
        or_(*(_is_asked(part) for part in Part)),
    )


def waiting(viewer: Viewer) -> Select[Preparation]:
    """What grantees have submitted and the fund has not decided on."""
    return _of_grants(viewer, Permission.REPORT_SEE).where(
        Preparation.state == PreparationState.SUBMITTED, Award.awaits_agreement
    )


def accepted_by(viewer: Viewer) -> Select[Preparation]:
    """Everything that grantees have submitted to the funds for which this person accepts it."""
    return _of_grants(viewer, Permission.REPORT_ACCEPT)


def _of_grants(viewer: Viewer, permission: Permission) -> Select[Preparation]:
    return (
        select(Preparation)
        .join(Preparation.award)
        .join(Award.organisation)
        .where(within(viewer, permission))
        .options(contains_eager(Preparation.award).contains_eager(Award.organisation))
    )


def to_check(viewer: Viewer) -> Select[int]:
    """How many budgets and questionnaires this person is to check for the fund."""
    query = select(func.count()).select_from(Preparation).join(Preparation.award)
    return query.where(
        Preparation.state == PreparationState.SUBMITTED,
        Award.awaits_agreement,
        within(viewer, Permission.REPORT_ACCEPT),
    )


_IS_OUT = exists().where(Signing.award_id == Award.id, Signing.state.in_(OPEN))


def to_accept(viewer: Viewer) -> Select[int]:
    """How many awards of this person's organisations are to be accepted; none whose agreement is
    out, or about whose start the fund has to decide.
    """
    binds = viewer.organisations_with(Permission.GRANT_CHANGE_REQUEST)
    replied = exists().where(
        AwardReply.award_id == Award.id,
        or_(AwardReply.accepted_at.is_not(None), AwardReply.to_answer.is_(True)),
    )
    query = select(func.count()).select_from(Award)
    mine = Award.organisation_id.in_(binds) if binds else false()
    return query.where(mine, Award.awaits_agreement, ~_IS_OUT, ~replied)


def starts_to_answer(viewer: Viewer) -> Select[int]:
    """For how many awards this person is to decide on another start."""
    return _starts_asked(within(viewer, Permission.AWARD_APPROVE))


def starts_with_fund(viewer: Viewer) -> Select[int]:
    """For how many awards of this person's organisations the fund decides on another start."""
    return _starts_asked(read_by(viewer))


def _starts_asked(whose: ColumnElement[bool]) -> Select[int]:
    query = select(func.count()).select_from(AwardReply).join(AwardReply.award)
    return query.where(whose, Award.awaits_agreement, AwardReply.to_answer.is_(True))
