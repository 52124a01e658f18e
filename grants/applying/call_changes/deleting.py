"""Deleting a call that was never published."""

from typing import Any

from sqlalchemy.orm import Session

from grants.applying.call_changes.stages import separate_stages
from grants.applying.calls.earlier import forget_forms
from grants.applying.calls.models import Call
from grants.applying.calls.queries import lock
from grants.applying.calls.trials import clear, trials_of
from grants.applying.calls.workflow import PREPARED
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission


def delete_call(session: Session, call: Call, act: Act) -> None:
    """Delete a draft with its form and its trial applications, for a reason; the trail of the fund
    keeps what it was. A first stage goes on as a call of one stage.
    """
    first = call.first_stage
    for stage in filter(None, (first, call)):  # as they are locked when both are published
        lock(session, stage)
    if call.first_stage is not first:
        raise Conflict(
            _("Another user changed this while you had it open. Check it again before you decide.")
        )
    require_deletable(call, act)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    facts: dict[str, Any] = {"reference": call.reference, "title": call.title}
    if first:
        separate_stages(session, first, act)
        facts["second_stage_of"] = first.reference
    facts["trial_applications"] = clear(session, call)
    forget_forms(session, call)
    record(session, call.fund, "delete_call", act, **facts)
    session.delete(call)
    session.flush()


def require_deletable(call: Call, act: Act) -> None:
    """Forbidden for a person who prepares no calls; Conflict, with what can be done instead, for a
    call that was published and for one whose second stage still depends on it.
    """
    act.demand(Permission.CALL_EDIT, call.scope)
    if call.state not in PREPARED:
        raise Conflict(
            _(
                "The call has been published, so it cannot be deleted. It can be withdrawn or "
                "closed, and goes to the archive when it is over."
            )
        )
    if second := call.second_stage:
        raise Conflict(
            _(
                "The call %(second)s takes the full proposals of this one. Delete "
                "that call first, or remove the second stage if you want to keep that"
                " call.",
                second=second.reference,
            )
        )


def deleted_with(session: Session, call: Call) -> int:
    """How many trial applications would be deleted with it."""
    return len(trials_of(session, call))
