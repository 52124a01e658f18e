"""Pages on which two records of one organisation are merged."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.organisations.queries import organisation_for_viewer
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.desk.merging import queries, service
from grants.desk.merging.facts import sides
from grants.desk.merging.forms import ConfirmForm, ProposalForm, ReasonForm
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.parts import MOVING, STAYING, account_in_use, numbers, obstacles, people_of
from grants.desk.merging.workflow import MERGE, MergeState
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, taken_with_reason
from grants.platform.web.database import session
from grants.platform.web.lists import Column, Listing, Order
from grants.platform.web.steps import buttons, possible
from grants.platform.web.typed import counted

pages = Blueprint("merging", __name__)
ONE = "/organisations/merges/<int:number>"

MERGES = Listing(
    columns=(
        Column(
            _l("Kept"),
            lambda m: m.kept.name,
            link=lambda m: url_for("merging.show", number=m.id),
        ),
        Column(_l("Closed and merged into it"), lambda m: m.merged.name),
        Column(_l("Proposed"), lambda m: m.proposed_at, kind="moment"),
        Column(
            _l("Status"),
            lambda m: MERGE.names[m.state].staff,
            tone=lambda m: MERGE.names[m.state].tone,
        ),
    ),
    orders={"newest": Order(OrganisationMerge.id, descending=True)},
)


def _merge(number: int) -> OrganisationMerge:
    return possible(queries.merge_of(session(), number), MERGE)


def _moving(kept: Organisation, merged: Organisation) -> dict[str, Any]:
    """What a merge of the two would do, for the pages that ask for it."""
    opened = session()
    counts = numbers(opened, (*MOVING, *STAYING), merged.id)
    return {
        "kept": kept,
        "merged": merged,
        "facts": sides(kept, merged),
        "moving": [(part.label, count) for part, count in zip(MOVING, counts, strict=False)],
        "staying": list(zip(STAYING, counts[len(MOVING) :], strict=True)),
        "people": people_of(opened, merged),
        "has_account": account_in_use(opened, kept),
        "obstacles": obstacles(opened, kept, merged),
    }


@pages.get("/organisations/merges")
@needs(Permission.ORGANISATION_MERGE)
def index() -> ResponseReturnValue:
    """Proposals to merge organisations, the newest first."""
    listed = MERGES.of(session(), queries.merges(), "merges")
    return listed.file or render_template("desk/merging/index.html", listed=listed)


@pages.route("/organisations/<code>/merge/<other>", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_MERGE)
def propose(code: str, other: str) -> ResponseReturnValue:
    """Both profiles side by side, what moves, and which facts are kept."""
    kept = organisation_for_viewer(session(), code, viewer())
    merged = organisation_for_viewer(session(), other, viewer())
    found = _moving(kept, merged)
    form = ProposalForm(found["facts"])
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            merge = service.propose(opened, kept, merged, form.taken.data, act)
        if outcome:
            flash(_("Proposed. Another person must now confirm the merge."), "success")
            return redirect(url_for("merging.show", number=merge.id))
    waits = queries.open_merge(session(), kept, merged)
    return render_template("desk/merging/propose.html", form=form, waits=waits, **found)


@pages.get(ONE)
@needs(Permission.ORGANISATION_MERGE)
def show(number: int) -> ResponseReturnValue:
    """One proposal: what it would do or has done, and what may be done with it."""
    merge = _merge(number)
    return render_template(
        "desk/merging/show.html",
        merge=merge,
        state=MERGE.names[merge.state],
        is_open=merge.state is MergeState.PROPOSED,
        counted=[(part.label, merge.moved.get(part.model.__tablename__, 0)) for part in MOVING],
        steps=buttons(merge, MERGE, number=number),
        trail=trail_of(session(), OrganisationMerge.__tablename__, merge.id),
        acts=ACTS,
        **_moving(merge.kept, merge.merged),
    )


ACTS = {
    "create": _l("Proposed"),
    "merge": _l("Merged"),
    "refuse": _l("Not merged"),
    "withdraw": _l("Withdrawn"),
}


@pages.route(f"{ONE}/confirm", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_MERGE)
def confirm(number: int) -> ResponseReturnValue:
    """The second person: everything once more, then it is done and stays so."""
    merge = _merge(number)
    form = ConfirmForm(data={"version": merge.version})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            merge.seen_at(counted(form.version.data))
            service.confirm(opened, merge, this_act())
        if outcome:
            flash(_("Merged. The administrators of both have been notified."), "success")
            return redirect(url_for("organisations.show", code=merge.kept.code))
    return render_template(
        "desk/merging/confirm.html", form=form, merge=merge, **_moving(merge.kept, merge.merged)
    )


@pages.route(f"{ONE}/refuse", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_MERGE)
def refuse(number: int) -> ResponseReturnValue:
    """The second person finds that they are two organisations."""
    return _with_reason(number, service.refuse, "refuse", _("Not merged. Nothing has changed."))


@pages.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_MERGE)
def withdraw(number: int) -> ResponseReturnValue:
    """The proposal is taken back."""
    return _with_reason(number, service.withdraw, "withdraw", _("Withdrawn. Nothing has changed."))


def _with_reason(
    number: int,
    take: Callable[[Session, OrganisationMerge, Act], None],
    action: str,
    said: str,
) -> ResponseReturnValue:
    merge, form = _merge(number), ReasonForm()
    if taken_with_reason(form, lambda opened, act: take(opened, merge, act), said):
        return redirect(url_for("merging.show", number=number))
    return render_template(
        "desk/merging/reason.html", form=form, merge=merge, step=MERGE.step(action)
    )
