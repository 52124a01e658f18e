"""Pages of awards: the list, one award, its cancellation before the agreement is signed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.applying.applications.requested_period import requested_period
from grants.applying.calls.models import Call
from grants.applying.calls.queries import calls_of_staff
from grants.core.audit.queries import trail_of
from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.deciding.awards import queries
from grants.deciding.awards.forms import AwardsForm, CancelForm
from grants.deciding.awards.listed import FACTS, ListedAward
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.platform.casework.queries import is_owned_by
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import from_list
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.occurring import offer_occurring
from grants.platform.web.access import at_work, needs, signed_in, viewer
from grants.platform.web.database import session

pages = Blueprint("awards", __name__, url_prefix="/awards")
ACTS: Slot[Bulk] = Slot("grants.deciding.awards.views.ACTS")
"""What rooms above offer for several awards of the list."""
FRAME: Slot[Callable[[Award], dict[str, Any]]] = Slot("awards.views.FRAME")
"""The stages, parts and acts around an award: the rooms of its grant are above."""


def _award_link(award: Award) -> str:
    return url_for("awards.show", reference=award.reference)


def _in_list(award: Award | ListedAward) -> str:
    """Where its grant is; a trustee reads the award alone."""
    may = viewer().may
    reads_grants = may(Permission.DISBURSEMENT_SEE) and not may(Permission.BOARD_SIT)
    page = "agreements.show" if reads_grants else "awards.show"
    return from_list(page, reference=award.reference)


AWARDS = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code", order="newest"),
        Column(_l("Organisation"), lambda a: a.organisation, worth="name"),
        Column(_l("Project"), lambda a: a.title, worth="title"),
        Column(_l("Country"), lambda a: country_name(a.country or ""), shown=False),
        Column(_l("Amount"), lambda a: a.amount, kind="money", order="amount"),
        Column(_l("Starts"), lambda a: a.starts_on, kind="date", shown=False),
        Column(_l("Ends"), lambda a: a.ends_on, kind="date", shown=False),
        Column(
            _l("Status"),
            lambda a: AWARD.names[a.state].staff,
            tone=lambda a: "bad" if a.next.late else AWARD.names[a.state].tone,
            shows=lambda a: a.next.what or AWARD.names[a.state].staff,
        ),
        Column(_l("Next step"), lambda a: a.next.what, blank=True, shown=False),
        Column(_l("Due by"), lambda a: a.next.by, kind="date", blank=True),
        Column(_l("Approved on"), lambda a: a.approved_on, kind="date", shown=False),
        Column(_l("Agreement signed"), lambda a: a.agreement_signed_on, kind="date", shown=False),
    ),
    orders={
        "newest": Order(Award.id, descending=True),
        "amount": Order(Award.amount_minor, Award.id, descending=True),
    },
    facts=FACTS,
)


def awards_form() -> AwardsForm:
    """The filter of the list, with the calls that the person may choose, the newest first."""
    return AwardsForm.of(_calls_to_choose)


def _calls_to_choose() -> list[tuple[str, str]]:
    references = calls_of_staff(at_work()).with_only_columns(Call.reference)
    return [(each, each) for each in session().scalars(references.order_by(Call.id.desc()))]


def wanted_by(form: AwardsForm) -> Select[Award]:
    """The awards that the address asks for."""
    form.validate()
    criteria = queries.Criteria(
        form.q.data or "", form.state.data or "", form.country.data or "", form.call.data or ""
    )
    query = queries.listed(at_work(), criteria)
    if form.owner_id is None:
        return query
    return query.where(is_owned_by("award", Award.id, form.owner_id))


@pages.get("")
@in_menu(_l("Awards"), 45, key="w")
@needs(Permission.AWARD_SEE)
def index() -> ResponseReturnValue:
    """The awards of the funds that the person works for."""
    form = awards_form()
    every = queries.listed(at_work(), queries.Criteria())
    offer_occurring(session(), form, every, state=Award.state, country=Award.country)
    listed = AWARDS.of(session(), wanted_by(form), "awards").linked("project", _in_list)
    return listed.file or render_template(
        "deciding/awards/index.html",
        listed=listed,
        form=form,
        acts=acts(*ACTS, among=listed.subjects),
    )


@pages.get("/<reference>")
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """One award: for the fund's people, and for the organisation that it went to."""
    award = queries.award_for_viewer(session(), reference, viewer())
    of_fund = viewer().may(Permission.AWARD_SEE, award.scope)
    (frame,) = FRAME
    return render_template(
        "deciding/awards/show.html",
        award=award,
        in_list=AWARDS.beside(session(), wanted_by(awards_form()), award, "awards.index", _in_list),
        state=AWARD.names[award.state],
        of_fund=of_fund,
        asked_period=requested_period(award.application) if award.application else None,
        events=_award_events(award, of_fund=of_fund),
        **frame(award),
    )


def _award_events(award: Award, *, of_fund: bool) -> list[dict[str, object]]:
    """What happened to the award; the organisation learns when, the fund's people who as well."""
    events = []
    for row in trail_of(session(), "award", award.id):
        if not row.target or (row.source == row.target and not of_fund):
            continue
        title = _("Approved") if row.action == "create" else str(AWARD.step(row.action).label)
        event = {"title": title, "at": row.at, "text": row.reason or ""}
        events.append(event | ({"by": row.actor} if of_fund else {}))
    return events


def _find_award(reference: str) -> Award:
    return queries.award_for_viewer(session(), reference, viewer())


StepPages(
    pages, AWARD, _find_award, _award_link, lambda award: (award.reference, award.organisation.name)
).step(
    "cancel",
    "/<reference>/cancel",
    CancelForm,
    title=_l("Cancel the award"),
    warning=_l(
        "The money becomes available for other awards immediately. The organisation will be "
        "notified of the reason."
    ),
    done=_l("The award has been cancelled and the organisation has been notified."),
)
