"""Pages of the end of a grant: what is still open and who does it, each paper, and closing it."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import may_take
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import award_for_viewer
from grants.deciding.awards.workflow import AWARD, SIGNED
from grants.granting.closure import certificates, forcing, service
from grants.granting.closure.forms import PAPER, CertificateForm, CloseForm, StatementForm
from grants.granting.closure.models import AuditCertificate, ForcedClosing
from grants.granting.closure.queries import (
    at_end,
    certificate_for_viewer,
    ending_grants,
    ending_of,
    finished,
    forced_for_viewer,
)
from grants.granting.closure.workflow import CERTIFICATE, FORCED_CLOSING, ForcedState
from grants.granting.findings.queries import unfinished_for
from grants.granting.recovery.queries import refundable
from grants.granting.recovery.workflow import REFUND_REQUEST
from grants.granting.reporting.queries import may_see_grant
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.forms.typed import counted
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("closure", __name__)
ACTS: list[Bulk] = []
"""What the list of finished grants offers for the ticked rows."""
AT_END: list[Bulk] = []
"""What the list of grants at their end offers for the ticked rows."""
ONE = "/grants/<reference>/closing"
P = Permission


def page_of(award: Award) -> str:
    """The address of what is open at the end of a grant."""
    return url_for("closure.show", reference=award.reference)


def _columns(link: Callable[[Award], str]) -> tuple[Column, ...]:
    return (
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(_l("Project"), lambda a: a.title, worth="title", link=link),
        Column(_l("Amount"), lambda a: a.amount, kind="money"),
        Column(_l("Ends"), lambda a: a.ends_on, kind="date", order="end"),
    )


ORDERS = {"end": Order(Award.ends_on, Award.id)}

FINISHED = Listing(
    columns=_columns(lambda a: url_for("closure.close", reference=a.reference)), orders=ORDERS
)
ENDING = Listing(columns=_columns(page_of), orders=ORDERS)


def _caption(award: Award) -> tuple[str, str]:
    return award.reference, award.organisation.name


@pages.get("/grants/to-close")
@needs(P.REPORT_ACCEPT)
def index() -> ResponseReturnValue:
    """Grants that are finished and wait only to be closed."""
    listed = FINISHED.of(session(), finished(at_work()), "grants-to-close")
    return listed.file or render_template(
        "granting/closure/index.html", listed=listed, acts=acts(*ACTS, among=listed.subjects)
    )


@pages.get("/grants/ending")
@needs(P.DISBURSEMENT_SEE)
def ending() -> ResponseReturnValue:
    """Grants of which a certificate of audit or a write-off waits for a decision."""
    listed = ENDING.of(session(), ending_grants(at_work()), "grants-ending")
    return listed.file or render_template(
        "granting/closure/ending.html", listed=listed, acts=acts(*AT_END)
    )


def _grant(reference: str) -> Award:
    return possible(award_for_viewer(session(), reference, viewer()), AWARD)


def _is_signed(award: Award) -> bool:
    return award.state in SIGNED and may_see_grant(viewer(), award)


def _who_closes(award: Award) -> Sequence[Person]:
    """Who may close the grant, for people of the fund who may not."""
    if not viewer().may(P.DISBURSEMENT_SEE, award.scope) or viewer().may(
        P.REPORT_ACCEPT, award.scope
    ):
        return []
    return people_of_fund(session(), P.REPORT_ACCEPT, award.fund_id)


def _who_asks(award: Award) -> Sequence[Person]:
    """Who may ask the grantee for a refund, for people of the fund who may not."""
    if viewer().may(P.REFUND_REQUEST, award.scope):
        return []
    return people_of_fund(session(), P.REFUND_REQUEST, award.fund_id)


@pages.get(ONE)
@beside("award", _l("Closing the grant"), 30, when=_is_signed)
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """What is still open, who does it, and everything that was stated at the end."""
    award = award_for_viewer(session(), reference, viewer())
    if not may_see_grant(viewer(), award):
        raise Missing(_("Grant not found."))
    end, opened = at_end(session(), award), award.is_running
    found = end.ending
    forced, scope = found.forced, award.scope
    may = viewer().may
    return render_template(
        "granting/closure/show.html",
        award=award,
        ending=found,
        state=AWARD.names[award.state],
        is_staff=may(P.DISBURSEMENT_SEE, scope),
        obstacles=service.to_close(session(), award, end) if opened else [],
        findings=unfinished_for(session(), viewer(), award.id) if opened else [],
        figures=end,
        request_states=REFUND_REQUEST.names,
        certificate_states=CERTIFICATE.names,
        forced_states=FORCED_CLOSING.names,
        can_ask=opened and may(P.REFUND_REQUEST, scope) and refundable(session(), award).minor > 0,
        who_asks=_who_asks(award) if opened and may(P.DISBURSEMENT_SEE, scope) else [],
        who_closes=_who_closes(award) if opened else [],
        can_state=opened and found.needs_statement and may(P.REPORT_WRITE, scope),
        can_submit=opened and found.lacks_certificate and may(P.REPORT_WRITE, scope),
        can_close=opened and may_take(session(), award, AWARD.step("close"), this_act()),
        can_force=opened
        and may(P.GRANT_CLOSING_PROPOSE, scope)
        and (forced is None or forced.state is not ForcedState.PROPOSED),
        certificate_steps=buttons(found.certificate, CERTIFICATE, reference=reference)
        if found.certificate
        else [],
        forced_steps=buttons(forced, FORCED_CLOSING, reference=reference) if forced else [],
    )


def _open_and_money(award: Award) -> dict[str, object]:
    end = at_end(session(), award)
    return {"open": service.to_close(session(), award, end), "figures": end, "award": award}


def _owed_and_money(award: Award) -> dict[str, object]:
    """For a write-off: what it cannot take out of the way refuses the page by itself."""
    end = at_end(session(), award)
    owed = list(service.obstacles_at_end(session(), award, end))
    return {"open": owed, "figures": end, "award": award, "reason": None}


StepPages(pages, AWARD, _grant, page_of, _caption, _l("Closing the grant")).step(
    "close",
    "/grants/<reference>/close",
    CloseForm,
    lambda opened, award, form, act: service.close_grant(
        opened, award, act, seen=counted(form.version.data)
    ),
    done=_l("The grant has been closed and the organisation has been notified."),
    template="granting/closure/close.html",
    facts=_open_and_money,
)

plain = StepPages(
    pages,
    None,
    lambda reference: award_for_viewer(session(), reference, viewer()),
    page_of,
    _caption,
    _l("Closing the grant"),
)
plain.act(
    "state",
    P.REPORT_WRITE,
    f"{ONE}/statement",
    lambda award: StatementForm.showing(ending_of(session(), award).statement),
    lambda opened, award, form, act: service.state_closing(
        opened, award, form.stated, form.lessons.data, act
    ),
    title=_l("Assets and lessons"),
    lead=_l("The fund asks for both before it closes your grant."),
    button=_l("Save the statement"),
    done=_l("Your statement has been saved."),
)


def _submit(opened: Session, award: Award, form: CertificateForm, act: Act) -> None:
    upload, owner = received(form.file.data), award.organisation_id
    paper = keep(opened, upload, act, organisation_id=owner, accept=PAPER)
    certificates.submit_certificate(opened, award, paper, act)


plain.act(
    "submit_certificate",
    P.REPORT_WRITE,
    f"{ONE}/certificate/new",
    CertificateForm,
    _submit,
    title=_l("Certificate of audit"),
    lead=_l("An independent auditor certifies how the grant was spent."),
    button=_l("Submit the certificate"),
    done=_l("Submitted. The fund will check the certificate."),
)
plain.act(
    "propose",
    P.GRANT_CLOSING_PROPOSE,
    f"{ONE}/write-off",
    ReasonForm,
    lambda opened, award, _form, act: forcing.propose(opened, award, act),
    check=lambda opened, award, _act: forcing.require_forcible(opened, award),
    title=_l("Close with a write-off"),
    lead=_l(
        "The money that the organisation still holds is written off, and unfinished "
        "items stay unfinished. An approving officer decides."
    ),
    button=_l("Propose the closure"),
    done=_l("Proposed. An approving officer will decide."),
    template="granting/closure/force.html",
    facts=_owed_and_money,
)


def _certificate(reference: str) -> AuditCertificate:
    return certificate_for_viewer(session(), reference, viewer())


@pages.get(f"{ONE}/certificate")
@signed_in
def certificate(reference: str) -> Response:
    """The certificate of audit, for both sides."""
    certificate = _certificate(reference)
    return send_document(certificate.document, certificate.award.scope)


certificate_pages = StepPages(
    pages,
    CERTIFICATE,
    _certificate,
    lambda certificate: page_of(certificate.award),
    lambda certificate: _caption(certificate.award),
    _l("Closing the grant"),
)
certificate_pages.step(
    "accept",
    f"{ONE}/certificate/accept",
    done=_l("The certificate has been accepted."),
    template="granting/closure/certificate.html",
)
certificate_pages.step(
    "send_back",
    f"{ONE}/certificate/return",
    done=_l("Returned. The organisation has been notified of the reason."),
    template="granting/closure/certificate.html",
)


def _forced(reference: str) -> ForcedClosing:
    return forced_for_viewer(session(), reference, viewer())


forced_pages = StepPages(
    pages,
    FORCED_CLOSING,
    _forced,
    lambda closing: page_of(closing.award),
    lambda closing: _caption(closing.award),
    _l("Closing the grant"),
)
forced_pages.step(
    "approve",
    f"{ONE}/write-off/approve",
    warning=_l("The write-off is posted and the grant is closed. This cannot be undone."),
    done=_l("Written off and closed. The organisation has been notified."),
    template="granting/closure/force.html",
    facts=lambda closing: {**_open_and_money(closing.award), "reason": closing.reason},
)
forced_pages.step("decline", f"{ONE}/write-off/decline", done=_l("Declined."))
forced_pages.step("withdraw", f"{ONE}/write-off/withdraw", done=_l("Withdrawn."))
