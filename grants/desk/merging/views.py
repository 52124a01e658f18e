"""Pages on which two records of one organisation or donor are merged."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.applying.organisations.duplicates import MOST_PAIRS
from grants.applying.organisations.queries import organisation_for_viewer
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.desk.merging import queries, service
from grants.desk.merging.duplicates import donor_pairs
from grants.desk.merging.facts import sides
from grants.desk.merging.forms import ConfirmForm, ProposalForm
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.obstacles import obstacles
from grants.desk.merging.parts import MOVING, STAYING, account_in_use, numbers, people_of
from grants.desk.merging.workflow import MERGE, MergeState
from grants.giving.donors.models import Donor
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.lists import Column, Listing, Order, numbered_page
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons, possible

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


def _find_merge(number: int) -> OrganisationMerge:
    return possible(queries.merge_of(session(), number), MERGE)


def _find_record(code: str) -> Organisation:
    """An organisation that applies, or a donor."""
    query = select(Organisation).join(Donor, Donor.organisation_id == Organisation.id)
    donor = session().scalar(query.where(Organisation.code == code))
    if donor is not None and viewer().may(Permission.DONOR_SEE):
        return donor
    return organisation_for_viewer(session(), code, viewer())


@pages.get("/donors/duplicates")
@needs(Permission.DONOR_SEE)
def duplicates() -> ResponseReturnValue:
    """Donors that may be the same."""
    every = donor_pairs(session())
    on_page, previous, following = numbered_page(every)
    return render_template(
        "applying/organisations/duplicates.html",
        list="donors.index",
        record="donors.show",
        lead=_(
            "Donors that may be on record twice. Organisations are compared by name, "
            "number and website, States by country, and individuals by e-mail "
            "address."
        ),
        pairs=on_page,
        cut=len(every) == MOST_PAIRS,
        previous=previous,
        following=following,
        may_merge=viewer().may(Permission.ORGANISATION_MERGE),
    )


def _moving_context(target: Organisation, merged: Organisation) -> dict[str, Any]:
    """What a merge of the two would do, for the pages that ask for it."""
    opened = session()
    counts = numbers(opened, (*MOVING, *STAYING), merged.id)
    return {
        "kept": target,
        "merged": merged,
        "applies": target.kind is DonorKind.NGO,
        "duplicates": _duplicates_page(target),
        "facts": sides(opened, target, merged),
        "moving": [(part.label, count) for part, count in zip(MOVING, counts, strict=False)],
        "staying": list(zip(STAYING, counts[len(MOVING) :], strict=True)),
        "people": people_of(opened, merged),
        "has_account": account_in_use(opened, target),
        "obstacles": obstacles(opened, target, merged),
    }


@pages.get("/organisations/merges")
@needs(Permission.ORGANISATION_MERGE)
def index() -> ResponseReturnValue:
    """Proposals to merge two records, the newest first."""
    listed = MERGES.of(session(), queries.merges(), "merges")
    return listed.file or render_template("desk/merging/index.html", listed=listed)


@pages.route("/organisations/<code>/merge/<other>", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_MERGE)
def propose(code: str, other: str) -> ResponseReturnValue:
    """Both profiles side by side, what moves, and which facts are kept."""
    target, merged = _find_record(code), _find_record(other)
    context = _moving_context(target, merged)
    form = ProposalForm(context["facts"])
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            merge = service.propose(opened, target, merged, form.taken.data, act)
        if outcome:
            flash(_("Proposed. Another person must now confirm the merge."), "success")
            return redirect(url_for("merging.show", number=merge.id))
    waits = queries.open_merge(session(), target, merged)
    return render_template("desk/merging/propose.html", form=form, waits=waits, **context)


@pages.get(ONE)
@needs(Permission.ORGANISATION_MERGE)
def show(number: int) -> ResponseReturnValue:
    """One proposal: what it would do or has done, and what may be done with it."""
    merge = _find_merge(number)
    return render_template(
        "desk/merging/show.html",
        merge=merge,
        state=MERGE.names[merge.state],
        is_open=merge.state is MergeState.PROPOSED,
        counted=[(part.label, merge.moved.get(part.model.__tablename__, 0)) for part in MOVING],
        steps=buttons(merge, MERGE, number=number),
        trail=trail_of(session(), OrganisationMerge.__tablename__, merge.id),
        acts=ACTS,
        **_moving_context(merge.kept, merge.merged),
    )


def _duplicates_page(organisation: Organisation) -> str:
    applies = organisation.kind is DonorKind.NGO
    return url_for("organisations.duplicates" if applies else "merging.duplicates")


def _page_of(organisation: Organisation) -> str:
    """The page of an applicant, or that of a donor which does not apply."""
    applies = organisation.kind is DonorKind.NGO
    return url_for("organisations.show" if applies else "donors.show", code=organisation.code)


ACTS = {
    "create": _l("Proposed"),
    "merge": _l("Merged"),
    "refuse": _l("Not merged"),
    "withdraw": _l("Withdrawn"),
}


merge_pages = StepPages(
    pages,
    MERGE,
    lambda number: queries.merge_of(session(), number),
    lambda merge: url_for("merging.show", number=merge.id),
    lambda merge: (merge.merged.name,),
)

merge_pages.step(
    "merge",
    f"{ONE}/confirm",
    ConfirmForm,
    title=_l("Confirm the merge"),
    button=_l("Confirm and merge"),
    tone="warning",
    done=_l("Merged. The administrators of both have been notified."),
    after=lambda merge: _page_of(merge.kept),
    template="desk/merging/confirm.html",
    facts=lambda merge: _moving_context(merge.kept, merge.merged),
)
merge_pages.step(
    "refuse", f"{ONE}/refuse", tone="warning", done=_l("Not merged. Nothing has changed.")
)
merge_pages.step(
    "withdraw", f"{ONE}/withdraw", tone="warning", done=_l("Withdrawn. Nothing has changed.")
)
