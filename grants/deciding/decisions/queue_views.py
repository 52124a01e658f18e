"""What waits for a decision, stage by stage, and the list of reviewed applications."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.applying.application_search.finding import IN_A_LIST
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.queries import calls_of_staff
from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards import queries as awards
from grants.deciding.awards.forms import TO_DO, DecisionsForm
from grants.deciding.board import queries as board
from grants.deciding.board.order import is_ranked
from grants.deciding.decisions.decision_views import pages
from grants.deciding.decisions.many_views import BY_STAGE
from grants.deciding.decisions.stages import at_stage
from grants.deciding.feedback.queries import to_write as letters_to_write
from grants.deciding.reserve_list.reserve import unconfirmed
from grants.deciding.reviews.queries import assignment_queue
from grants.deciding.screening.queries import counted_together
from grants.deciding.screening.queries import queue as screening_queue
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.bulk import Offered, acts
from grants.platform.tables.columns import age, state_columns, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.next_steps import next_pages
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.database import session

P, S = Permission, ApplicationState

Queue = Callable[[Viewer], Select[Application]]
RANKINGS = 6
"""Calls whose rankings are a link away, the newest first."""
RECOMMEND, INVITE, ADVISE, APPROVE, REJECT, CONFIRM = (
    {"stage": stage} for stage in ("recommend", "invite", "advise", "approve", "reject", "confirm")
)


def _case_url(application: Application) -> str:
    """The address of the application's case, which keeps the filters of the list for previous and
    next.
    """
    stage, call = request.args.get("stage", TO_DO), request.args.get("call")
    return url_for("decisions.show", reference=application.reference, stage=stage, call=call)


LIST = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(_l("Project"), lambda a: a.title, worth="title", link=_case_url),
        Column(_l("Country"), lambda a: country_name(a.country or ""), shown=False),
        *state_columns(APPLICATION),
        age(lambda a: a.submitted_at, waits_in(APPLICATION)),
        Column(_l("Requested"), lambda a: a.requested, kind="money"),
        Column(_l("Call"), lambda a: a.call.reference, kind="code", shown=False),
    ),
    orders={"oldest": Order(Application.submitted_at, Application.id)},
)


@pages.get("")
@in_menu(
    _l("Assessment"), 43, also=("screening", "assigning", "board", "portfolio", "feedback"), key="s"
)
@needs(P.REVIEW_SEE)
def index() -> ResponseReturnValue:
    """Reviewed applications: all, or those that wait for one kind of decision."""
    columns = (Call.reference, Call.title, is_ranked().label("ranked"))
    newest = (
        calls_of_staff(at_work()).with_only_columns(*columns).order_by(Call.id.desc()).limit(100)
    )
    calls = session().execute(newest).all()
    form = DecisionsForm.of(
        lambda: [(c.reference, f"{c.reference} · {in_language(c.title)}") for c in calls]
    )
    form.validate()
    query = at_stage(at_work(), form.stage.data or "", form.call.data or "")
    listed = LIST.of(session(), query.options(*IN_A_LIST), "decisions")
    listed = listed.linked("status", next_pages(APPLICATION, lambda a: {"reference": a.reference}))
    return listed.file or render_template(
        "deciding/decisions/queue.html",
        listed=listed,
        form=form,
        ranked=[call for call in calls if call.ranked][:RANKINGS],
        waiting=_stages_waiting(),
        acts=_acts_at_stage(form),
    )


def _acts_at_stage(form: DecisionsForm) -> list[Offered]:
    """What this person may do with several rows of the stage that is shown."""
    return acts(*BY_STAGE.get(form.stage.data or "", ()))


def _stages_waiting() -> list[dict[str, object]]:
    """The stages at which this person acts, with how much waits there and where."""
    queue_page = "decisions.index"
    stages: tuple[tuple[Permission, str, Queue, str, dict[str, Any]], ...] = (
        (P.SCREENING_DECIDE, _("Awaiting screening"), screening_queue, "screening.index", {}),
        (P.REVIEW_ASSIGN, _("Reviewers needed"), assignment_queue, "assigning.queue", {}),
        (
            P.AWARD_RECOMMEND,
            _("Awaiting recommendation"),
            board.recommendation_queue,
            queue_page,
            RECOMMEND,
        ),
        (P.AWARD_RECOMMEND, _("Concept notes"), board.invitation_queue, queue_page, INVITE),
        (P.REVIEW_ASSIGN, _("Letters without feedback"), letters_to_write, "feedback.index", {}),
        (P.AWARD_ADVISE, _("For the Board’s advice"), board.advice_queue, queue_page, ADVISE),
        (P.AWARD_APPROVE, _("For my approval"), awards.approval_queue, queue_page, APPROVE),
        (P.AWARD_APPROVE, _("For my rejection"), awards.rejection_queue, queue_page, REJECT),
        (P.AWARD_APPROVE, _("Reserve list to confirm"), unconfirmed, queue_page, CONFIRM),
    )
    stages_allowed = [stage for stage in stages if viewer().may(stage[0])]
    counts = counted_together(
        session(), [queue(at_work()) for _may, _label, queue, *_to in stages_allowed]
    )
    return [
        {"label": label, "value": count, "href": url_for(endpoint, **values)}
        for (_may, label, _queue, endpoint, values), count in zip(
            stages_allowed, counts, strict=True
        )
    ]
