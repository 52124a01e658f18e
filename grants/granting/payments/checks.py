"""What has to be right before an instalment is paid, as a list that people can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.formats import plain_day
from grants.core.kernel.language import gettext as _
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.workflow import ReportState


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `note` says its state; with `by_reason` a good reason can replace it."""

    text: str
    met: bool
    note: str
    by_reason: bool = False


def checklist(session: Session, instalment: Instalment, on: date) -> list[Check]:
    """Everything that is asked before an instalment is certified, and again at its release."""
    return [
        _agreement(instalment.award),
        _earlier_received(session, instalment),
        _reports_accepted(session, instalment),
        _due(instalment, on),
    ]


def missing(checks: Sequence[Check], *, reason: str | None) -> list[Check]:
    """What is in the way; a reason replaces it where allowed."""
    given = bool((reason or "").strip())
    return [check for check in checks if not check.met and not (check.by_reason and given)]


def _agreement(award: Award) -> Check:
    note = {
        AwardState.AGREED: _("Signed on %(day)s", day=plain_day(award.agreement_signed_on)),
        AwardState.CLOSED: _("The grant is closed"),
    }.get(award.state, _("Not signed yet"))
    return Check(
        _("The grant agreement is signed, and the grant is running"),
        award.state is AwardState.AGREED,
        note,
    )


def _earlier_received(session: Session, instalment: Instalment) -> Check:
    text = _("The grantee has confirmed that the earlier instalments arrived")
    earlier = [
        other
        for other in instalments_of(session, instalment.award_id)
        if other.number < instalment.number
    ]
    open_ = [o for o in earlier if o.state is not InstalmentState.CONFIRMED]
    if not earlier:
        return Check(text, True, _("This is the first instalment"))
    if not open_:
        return Check(text, True, _("All confirmed"))
    return Check(text, False, _("Waiting for instalment %(numbers)s", numbers=_numbers(open_)))


def _reports_accepted(session: Session, instalment: Instalment) -> Check:
    text = _("The reports due before it are accepted")
    due = [
        report
        for report in reports_of(session, instalment.award_id)
        if report.due_on <= instalment.due_on
    ]
    open_ = [report for report in due if report.state is not ReportState.ACCEPTED]
    if not due:
        return Check(text, True, _("No report is due before it"))
    if not open_:
        return Check(text, True, _("All accepted"))
    return Check(text, False, _("Waiting for report %(numbers)s", numbers=_numbers(open_)))


def _due(instalment: Instalment, on: date) -> Check:
    met = instalment.due_on <= on
    day = plain_day(instalment.due_on)
    note = _("Due since %(day)s", day=day) if met else _("Due only on %(day)s", day=day)
    return Check(_("The due date has been reached"), met, note, by_reason=True)


def _numbers(items: Sequence[Instalment] | Sequence[Report]) -> str:
    return ", ".join(str(item.number) for item in items)
