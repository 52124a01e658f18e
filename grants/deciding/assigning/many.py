"""Asking reviewers for several applications at once: proposed evenly, changed where one likes."""

from collections.abc import Sequence
from dataclasses import replace

from flask import get_template_attribute, request
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, TO_BE_REVIEWED, ApplicationState
from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.deciding.reviews import queries, service
from grants.deciding.reviews.candidates import Proposal, proposals
from grants.deciding.screening.queries import in_states
from grants.platform.forms.forms import Form
from grants.platform.tables.bulk import Bulk, Outlook
from grants.platform.web.access import viewer


def queue() -> Select[Application]:
    """Applications that lack reviewers, of the call that the address names."""
    query = queries.assignment_queue(viewer())
    call = request.args.get("call")
    return query.where(Call.reference == call) if call else query


def _select_assignable() -> Select[Application]:
    states = (state for state in ApplicationState if state is not ApplicationState.DRAFT)
    return in_states(viewer(), Permission.REVIEW_ASSIGN, *states).options(
        joinedload(Application.organisation), selectinload(Application.call)
    )


def _foresee_assigning(
    opened: Session, applications: Sequence[Application], _form: Form, _act: Act
) -> list[Outlook]:
    proposed = proposals(opened, applications)
    return [
        _outlook_of(application, _as_chosen(application, proposed[application.id]))
        for application in applications
    ]


def _as_chosen(application: Application, proposal: Proposal) -> Proposal:
    """The proposal, with the people whom the page sent instead where it sent any."""
    if not (ids := _people_sent(application)):
        return proposal
    candidates = {candidate.person.id: candidate for candidate in proposal.candidates}
    return replace(proposal, chosen=[candidates[key] for key in ids if key in candidates])


def _people_sent(application: Application) -> list[int]:
    texts = request.form.getlist(f"to-{application.id}")
    return [int(text) for text in texts if text.isascii() and text.isdecimal()]


def _outlook_of(application: Application, proposal: Proposal) -> Outlook:
    cells = (
        application.organisation.name,
        application.call.reference,
        _people_cell(application, proposal),
    )
    return Outlook(application, cells, _why_not(application, proposal), str(proposal.places))


def _people_cell(application: Application, proposal: Proposal) -> Markup:
    """The people who would be asked, or fields to choose others."""
    macro = "choices" if request.form.get("again") == str(application.id) else "proposed"
    render = get_template_attribute("deciding/assigning/proposed.html", macro)
    return Markup(render(application, proposal))  # noqa: S704 - a template's own output


def _why_not(application: Application, proposal: Proposal) -> str:
    if application.state not in TO_BE_REVIEWED:
        status = APPLICATION.names[application.state].staff
        return _("This cannot be done now: the status is “%(state)s”.", state=status)
    if not proposal.places:
        return _("This application already has all its reviewers.")
    if len(proposal.candidates) < proposal.places:
        return _("There are not enough reviewers without a conflict of interest.")
    return ""


def _assign_reviewers(
    opened: Session, applications: Sequence[Application], _form: Form, act: Act
) -> None:
    sent = {application.id: _people_sent(application) for application in applications}
    ids = {number for numbers in sent.values() for number in numbers}
    people = {
        person.id: person for person in opened.scalars(select(Person).where(Person.id.in_(ids)))
    }
    if lost := ids - people.keys():
        raise DomainError(_("%(name)s may not review this application.", name=min(lost)))
    assignments = [
        (application, [people[number] for number in sent[application.id]])
        for application in applications
    ]
    service.assign_all(opened, assignments, act)


ASSIGN = Bulk(
    text=_l("Assign reviewers"),
    endpoint="assigning.assign_many",
    model=Application,
    seen=_select_assignable,
    queue=queue,
    name=lambda application: application.reference,
    heads=(_l("Organisation"), _l("Call"), _l("Reviewers")),
    foresee=_foresee_assigning,
    do_all=_assign_reviewers,
    status=lambda application: str(APPLICATION.names[application.state].staff),
    takes=lambda application: application.state in TO_BE_REVIEWED,
)
