"""A grantee's budget at the awarded sum and its answers about its finances: submitted, accepted."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import total
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import Scope, keep_apart
from grants.core.texts.formats import plain_money
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.preparing.finance import drop_draft, require_unchanged
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.queries import Line, asked_of, lacking_parts, preparation_of
from grants.granting.preparing.questions import finance_content, finance_form_of, problems_in
from grants.granting.preparing.workflow import PREPARATION, Part
from grants.granting.reporting.budget import asked_for
from grants.granting.signing.queries import require_none_out
from grants.platform.messages.service import tell
from grants.platform.questions.reading import Typed


def submit_budget(session: Session, award: Award, lines: Sequence[Line], act: Act) -> Preparation:
    """The grantee brings its own budget lines to the awarded sum: they must add up to it."""
    categories = {line.category for line in asked_for(session, award.application)}
    if not lines or any(line.amount.minor <= 0 for line in lines):
        raise DomainError(_("Each line must be more than 0."))
    if unknown := [line.category for line in lines if line.category not in categories]:
        raise DomainError(_("There is no category “%(name)s” in this call.", name=unknown[0]))
    if words := off_the_award(award, lines):
        raise DomainError(words)
    content = [{**asdict(line), "amount": str(line.amount)} for line in lines]
    return submit(session, award, Part.BUDGET, content, act)


def off_the_award(award: Award, lines: Sequence[Line]) -> str:
    """What to add to the lines of a budget, or take off them, to reach the award; "" at its sum."""
    planned = total(line.amount for line in lines)
    sums = {"sum": plain_money(planned), "award": plain_money(award.amount)}
    if planned.minor < award.amount.minor:
        more = plain_money(award.amount - planned)
        return _(
            "The lines add up to %(sum)s. Add %(more)s to reach the award of %(award)s.",
            more=more,
            **sums,
        )
    if planned.minor > award.amount.minor:
        less = plain_money(planned - award.amount)
        return _(
            "The lines add up to %(sum)s. Reduce them by %(less)s to match the award of %(award)s.",
            less=less,
            **sums,
        )
    return ""


def submit_finance(
    session: Session, award: Award, typed: Typed, act: Act, version: int | None = None
) -> Preparation:
    """The grantee answers what its call asks about its finances, completely. `version` is that of
    the draft that was read: Conflict if a colleague has saved another since.
    """
    if version is not None:
        require_unchanged(session, award, version)
    form = finance_form_of(award)
    for problem in problems_in(form, typed):
        raise DomainError(problem.words)
    row = submit(session, award, Part.FINANCE, finance_content(form, typed), act)
    drop_draft(session, award)
    return row


def submit(
    session: Session, award: Award, part: Part, content: list[dict[str, Any]], act: Act
) -> Preparation:
    """Give it to the fund; the fund is told. Again only after it came back."""
    act.demand(Permission.REPORT_WRITE, Scope(organisation_id=award.organisation_id))
    award = lock_award(session, award.id)
    if not award.awaits_agreement or part not in asked_of(session, award):
        raise Conflict(_("The fund does not ask for this now."))
    row = preparation_of(session, award.id, part)
    if row is None:
        row = Preparation(award=award, part=part, content=content, submitted_at=act.at)
        begin(session, row, PREPARATION, act, part=part.value)
    else:
        advance(session, row, PREPARATION, "submit_again", act, part=part.value)
        row.content, row.submitted_at = content, act.at
    people = people_of_fund(session, Permission.REPORT_ACCEPT, award.fund_id)
    _tell_people(session, row, people, "submitted", act)
    _tell_people(session, row, _people_of_grantee(session, award), "received", act)
    return row


def accept(session: Session, row: Preparation, act: Act) -> None:
    """The fund accepts it; a budget is what the grant will report its spending against."""
    lock_award(session, row.award_id)
    session.refresh(row, with_for_update={"of": Preparation})
    require_acceptable(session, row, act)
    advance(session, row, PREPARATION, "accept", act)
    _tell_people(session, row, _people_of_grantee(session, row.award), "accepted", act)
    if not lacking_parts(session, row.award):
        people = people_of_fund(session, Permission.AGREEMENT_SIGN, row.award.fund_id)
        _tell_people(session, row, people, "complete", act)


def require_acceptable(session: Session, row: Preparation, act: Act) -> None:
    """Refuse as `accept` would."""
    require(session, row, PREPARATION, "accept", act)
    keep_apart(act.actor, row.award.organisation_id)


def send_back(session: Session, row: Preparation, act: Act) -> None:
    """The grantee corrects it, for a reason that it reads."""
    keep_apart(act.actor, row.award.organisation_id)
    award = lock_award(session, row.award_id)
    session.refresh(row, with_for_update={"of": Preparation})
    require_none_out(session, award)
    advance(session, row, PREPARATION, "send_back", act)
    _tell_people(session, row, _people_of_grantee(session, award), "sent_back", act)


def _people_of_grantee(session: Session, award: Award) -> Sequence[Person]:
    return people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE)


def _tell_people(
    session: Session, row: Preparation, people: Iterable[Person], name: str, act: Act
) -> None:
    award = row.award
    tell(
        session,
        people,
        f"granting/preparing/{name}",
        act,
        event=f"preparation:{row.id}:{name}:{row.version}",
        **facts_of_grant(award, "/before-agreement"),
        part=row.part.label,
        reason=act.reason or "",
    )
