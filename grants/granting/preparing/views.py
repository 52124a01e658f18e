"""Pages of what a grantee prepares for its agreement: written, checked, accepted or sent back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import award_for_viewer
from grants.granting.preparing import queries, service
from grants.granting.preparing.finance import files_of
from grants.granting.preparing.forms import budget_form
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.questions import answers_in
from grants.granting.preparing.workflow import PREPARATION, Part, PreparationState
from grants.granting.reporting.budget import asked_for
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

pages = Blueprint("preparing", __name__)
ONE = "/grants/<reference>/prepared/<part>"


def award_of(reference: str) -> Award:
    """The grant that this person may see."""
    award: Award = award_for_viewer(session(), reference, viewer())
    return award


def _preparation(reference: str, part: str) -> Preparation:
    award = award_of(reference)
    if part not in {kind.value for kind in Part}:
        raise Missing(_("Page not found."))
    row = queries.preparation_of(session(), award.id, Part(part))
    if row is None:
        raise Missing(_("The organisation has not submitted this yet."))
    return row


def page_of(row: Preparation) -> str:
    """The address of what was prepared."""
    return url_for("preparing.show", reference=row.award.reference, part=row.part.value)


def _caption_of(row: Preparation) -> tuple[object, ...]:
    return row.award.reference, row.award.organisation.name


preparation_pages = StepPages(
    pages, PREPARATION, _preparation, page_of, _caption_of, _l("What was submitted")
)


WAITING = Listing(
    columns=(
        Column(_l("Grant"), lambda row: row.award.reference, kind="code", link=page_of),
        Column(_l("Organisation"), lambda row: row.award.organisation.name, worth="name"),
        Column(_l("What was submitted"), lambda row: row.part.label),
        Column(_l("Award"), lambda row: row.award.amount, kind="money"),
        Column(_l("Submitted"), lambda row: row.submitted_at, kind="moment", order="oldest"),
    ),
    orders={"oldest": Order(Preparation.submitted_at, Preparation.id)},
)
TOGETHER: list[Bulk] = []
"""What the list of submitted budgets and questionnaires offers for the ticked rows."""


@pages.get("/prepared")
@needs(Permission.REPORT_ACCEPT)
def index() -> ResponseReturnValue:
    """What grantees have submitted before their agreements, to be checked."""
    listed = WAITING.of(session(), queries.waiting(at_work()), "prepared")
    return listed.file or render_template(
        "granting/preparing/index.html", listed=listed, acts=acts(*TOGETHER)
    )


@pages.get(ONE)
@signed_in
def show(reference: str, part: str) -> ResponseReturnValue:
    """What the grantee has submitted, and where it stands."""
    row = _preparation(reference, part)
    return render_template(
        "granting/preparing/show.html",
        row=row,
        lines=queries.lines_of(row) if row.part is Part.BUDGET else (),
        state=PREPARATION.names[row.state],
        is_staff=viewer().may(Permission.DISBURSEMENT_SEE, row.scope),
        sections=() if row.part is Part.BUDGET else answers_in(row),
        categories={
            line.category: in_language(line.label)
            for line in asked_for(session(), row.award.application)
        },
        steps=buttons(row, PREPARATION, reference=reference, part=part),
        corrects=row.state is PreparationState.SENT_BACK
        and viewer().may(Permission.REPORT_WRITE, row.scope),
        files=files_of(session(), row.award, submitted_only=True)
        if row.part is Part.FINANCE
        else (),
        trail=trail_of(session(), "preparation", row.id),
        acts=ACTS,
    )


ACTS = {
    "create": _l("Submitted"),
    "submit_again": _l("Submitted again"),
    "accept": _l("Accepted"),
    "send_back": _l("Returned to the organisation"),
}


@pages.route("/grants/<reference>/revised-budget", methods=["GET", "POST"])
@needs(Permission.REPORT_WRITE)
def budget(reference: str) -> ResponseReturnValue:
    """The grantee brings its own budget lines to the awarded sum."""
    award = award_of(reference)
    row = queries.preparation_of(session(), award.id, Part.BUDGET)
    categories = asked_for(session(), award.application)
    form = budget_form(categories, queries.lines_to_begin_with(session(), award))
    is_valid = form.validate_on_submit()
    if is_valid and (words := service.off_the_award(award, form.typed_lines())):
        form.complain("lines", words)
    elif is_valid:
        with attempt(form) as (opened, outcome):
            service.submit_budget(opened, award, form.typed_lines(), this_act())
        if outcome:
            flash(_("Submitted. The fund will check it and tell you."), "success")
            return redirect(url_for("agreements.before", reference=award.reference))
    return render_template(
        "granting/preparing/budget.html",
        award=award,
        form=form,
        row=row,
        returned=queries.returned(session(), row),
    )


preparation_pages.step("accept", f"{ONE}/accept", done=_l("Accepted."))
preparation_pages.step(
    "send_back",
    f"{ONE}/send-back",
    lead=_l("The organisation will read the reason, correct the document and submit it again."),
    done=_l("Returned. The organisation has been notified of the reason."),
)
