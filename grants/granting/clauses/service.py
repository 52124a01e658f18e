"""The clauses of a fund's agreements: which hold, and writing others."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import current_language, use_language
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.clauses import standard
from grants.granting.clauses.models import ClauseText
from grants.granting.clauses.wording import Clause, read


def text_of(
    session: Session, fund_id: int, language: str, at: datetime | None = None
) -> ClauseText | None:
    """The fund's own clauses in a language at a moment (None: now); None while it has none."""
    query = select(ClauseText).where(ClauseText.fund_id == fund_id, ClauseText.language == language)
    if at is not None:
        query = query.where(ClauseText.written_at <= at)
    return session.scalar(query.order_by(ClauseText.number.desc()).limit(1))


def versions_of(session: Session, fund_id: int, language: str) -> Sequence[ClauseText]:
    """Every version of a fund's clauses in a language, the newest first."""
    query = select(ClauseText).where(ClauseText.fund_id == fund_id, ClauseText.language == language)
    return session.scalars(query.order_by(ClauseText.number.desc())).all()


def clauses_of(session: Session, fund_id: int, at: datetime | None = None) -> tuple[Clause, ...]:
    """The clauses of an agreement in the current language: the fund's own, or the proposal with
    which every fund begins.
    """
    text = text_of(session, fund_id, current_language().code, at)
    return text.wording if text else standard.clauses()


def proposal(language: str) -> tuple[Clause, ...]:
    """With which a fund begins in a language."""
    with use_language(language):
        return standard.clauses()


def write_clauses(
    session: Session, fund: Fund, language: str, text: str, act: Act, *, version: int
) -> ClauseText:
    """Let agreements that go out from now on have these clauses: a new version.

    `version` is the one that a person began from (0: the proposal). DomainError for a text that
    cannot be numbered, that changes nothing, or a language that the fund does not write in.
    """
    act.demand(Permission.AGREEMENT_SIGN, Scope(fund.id))
    if language not in fund.languages:
        raise DomainError(_("The fund does not write in this language."))
    clauses = read(text)
    lock(session, fund.id)
    before = text_of(session, fund.id, language)
    if version != (before.number if before else 0):
        raise Conflict(_("Another user changed this while you had it open."))
    if clauses == (before.wording if before else proposal(language)):
        raise DomainError(
            _("You have not changed the clauses. Change the text before you save it.")
        )
    row = ClauseText(
        fund_id=fund.id,
        language=language,
        number=version + 1,
        clauses=[asdict(clause) for clause in clauses],
        written_at=act.at,
        written_by_id=act.actor.person_id,
    )
    session.add(row)
    session.flush()
    record(session, row, "write_clauses", act, language=language, number=row.number)
    return row
