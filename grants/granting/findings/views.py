"""Pages of the register of findings, for the fund and for grantees."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import newest_of, trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.findings import forms, queries, recovery, service
from grants.granting.findings.models import Finding
from grants.granting.findings.workflow import FINDING, IN_CHECK, TO_ANSWER, FindingState
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.workflow import SENT
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("findings", __name__)

P = Permission
ONE = "/findings/<reference>"

REGISTER = Listing(
    columns=(
        Column(
            _l("Finding"),
            lambda f: f.reference,
            kind="code",
            link=lambda f: url_for("findings.show", reference=f.reference),
        ),
        Column(_l("Grant"), lambda f: f.award.reference, kind="code"),
        Column(_l("Organisation"), lambda f: f.award.organisation.name, worth="name"),
        Column(_l("Source of the finding"), lambda f: f.origin),
        Column(_l("Severity"), lambda f: f.severity.label),
        Column(
            _l("Ineligible"), lambda f: f.ineligible if f.ineligible_minor else None, kind="money"
        ),
        Column(_l("Owner"), lambda f: f.owner.name),
        Column(_l("Due"), lambda f: f.due_on, kind="date", order="due"),
        Column(_l("Status"), lambda f: f.name.staff, tone=lambda f: f.name.tone),
        Column(_l("What was observed"), lambda f: f.observation, shown=False),
        Column(_l("Conclusion"), lambda f: f.conclusion, shown=False),
        Column(
            _l("To be refunded"),
            lambda f: f.claimed if f.claimed_minor else None,
            kind="money",
            shown=False,
        ),
    ),
    orders={
        "due": Order(Finding.due_on, Finding.id),
        "newest": Order(Finding.id, descending=True),
    },
)


@pages.get("/findings")
@in_menu(_l("Findings"), 62, count=queries.to_close)
@needs(P.REPORT_SEE)
def index() -> ResponseReturnValue:
    """The register: every finding on the grants of the funds one works for."""
    form = forms.RegisterFilter()
    form.validate()
    criteria = queries.Criteria(form.q.data, form.state.data, form.severity.data, form.source.data)
    listed = REGISTER.of(session(), queries.register(at_work(), criteria), "findings")
    return listed.file or render_template("granting/findings/index.html", form=form, listed=listed)


@pages.get("/findings/own")
@in_menu(_l("Findings on our grants"), 27)
@needs(P.APPLICATION_READ)
def own() -> ResponseReturnValue:
    """The findings on the grants of the organisations one acts for."""
    findings = queries.own_findings(session(), viewer())
    return render_template("granting/findings/own.html", findings=findings, to_answer=TO_ANSWER)


def _find_grant(reference: str) -> Award:
    return queries.grant_for_viewer(session(), reference, viewer())


def _has_findings(award: Award) -> bool:
    return award.state in SIGNED and viewer().may(P.REPORT_SEE, award.scope)


@pages.get("/grants/<reference>/findings")
@beside("award", _l("Findings"), 25, when=_has_findings)
@signed_in
def of_grant(reference: str) -> ResponseReturnValue:
    """The findings on one grant, for both sides."""
    award = _find_grant(reference)
    return render_template(
        "granting/findings/of_grant.html",
        award=award,
        findings=queries.findings_of(session(), award.id),
        is_staff=viewer().may(P.REPORT_SEE, award.scope),
        may_note=viewer().may(P.FINDING_NOTE, award.scope),
    )


@pages.route("/grants/<reference>/findings/new", methods=["GET", "POST"])
@needs(P.FINDING_NOTE)
def note(reference: str) -> ResponseReturnValue:
    """Note what is wrong with a grant, and who answers by when."""
    award = _find_grant(reference)
    people = queries.owners_of(session(), award)
    reports = [report for report in reports_of(session(), award.id) if report.state in SENT]
    form = forms.observation_form(people, reports)
    if form.validate_on_submit():
        observation = form.observed(people, reports)
        with attempt(form) as (opened, outcome):
            finding = service.note(opened, award, observation, this_act())
        if outcome:
            flash(
                _("The finding has been noted. The person who answers it has been notified."),
                "success",
            )
            return redirect(_page_of(finding))
    return render_template(
        "layout/step.html",
        form=form,
        to=url_for(".of_grant", reference=award.reference),
        caption=[award.reference, award.organisation.name],
        title=_("Note a finding"),
        lead=_("One finding for each thing that must be put right."),
        button=_("Note the finding"),
    )


def _find_finding(reference: str) -> Finding:
    return possible(queries.finding_for_viewer(session(), reference, viewer()), FINDING)


def _page_of(finding: Finding) -> str:
    return url_for("findings.show", reference=finding.reference)


def _is_owner(finding: Finding) -> bool:
    may = viewer().may(P.FINDING_ANSWER, finding.scope)
    return may and not refusal(lambda: service.require_owner(finding, this_act()))


def _withheld(finding: Finding, *, is_owner: bool) -> set[str]:
    """What is no button here: an answer of others, a refund that a letter waits for."""
    others = set() if is_owner else {"answer"}
    return others | ({"settle"} if finding.request else set())


def _returned(finding: Finding) -> TrailRow | None:
    """How the answer was returned, while it is to be completed: the day and the reason, for the
    side that answers and for the fund.
    """
    reads = finding.by_grantee or viewer().may(P.REPORT_SEE, finding.scope)
    if finding.state is not FindingState.SENT_BACK or not reads:
        return None
    return newest_of(session(), finding, "send_back")


@pages.get(ONE)
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """One finding: what was observed, what was answered, what the fund concluded."""
    finding = _find_finding(reference)
    is_owner = _is_owner(finding)
    steps = buttons(finding, FINDING, reference=finding.reference)
    return render_template(
        "granting/findings/finding.html",
        finding=finding,
        is_staff=viewer().may(P.REPORT_SEE, finding.scope),
        steps=[step for step in steps if step.action not in _withheld(finding, is_owner=is_owner)],
        may_add=is_owner and finding.state in IN_CHECK,
        may_hand_over=finding.state in TO_ANSWER and viewer().may(P.FINDING_CLOSE, finding.scope),
        may_record_refund=finding.claimed_minor
        and not finding.refund_id
        and viewer().may(P.INSTALMENT_RELEASE, finding.scope),
        returned=_returned(finding),
        trail=trail_of(session(), "finding", finding.id),
    )


finding_pages = StepPages(
    pages,
    FINDING,
    _find_finding,
    _page_of,
    lambda finding: (finding.reference, finding.award.reference, finding.award.organisation.name),
    _l("The finding"),
)


def _answer_finding(opened: Session, finding: Finding, form: forms.AnswerForm, act: Act) -> None:
    upload = received(form.file.data) if form.file.data else None
    service.answer(opened, finding, form.text.data, act, upload)


finding_pages.step(
    "answer",
    f"{ONE}/answer",
    forms.AnswerForm,
    _answer_finding,
    check=lambda _session, finding, act: service.require_owner(finding, act),
    button=_l("Send the answer"),
    done=_l("Your answer has been sent. The fund will check it."),
    template="granting/findings/step.html",
    facts=lambda finding: {"returned": _returned(finding)},
)
finding_pages.act(
    "add_file",
    P.FINDING_ANSWER,
    f"{ONE}/files/new",
    forms.FileForm,
    lambda opened, finding, form, act: service.add_file(
        opened, finding, received(form.file.data), act
    ),
    check=lambda _session, finding, act: service.require_owner(finding, act),
    title=_l("Add a file"),
    done=_l("The file has been added."),
)


def _hand_over(opened: Session, finding: Finding, form: forms.HandOverForm, act: Act) -> None:
    finding.seen_at(counted(form.version.data))
    owner = forms.owner_of(queries.owners_of(opened, finding.award), form.owner.data)
    service.hand_over(opened, finding, owner, form.due_on.data, act)


finding_pages.act(
    "hand_over",
    P.FINDING_CLOSE,
    f"{ONE}/hand-over",
    lambda finding: forms.hand_over_form(queries.owners_of(session(), finding.award), finding),
    _hand_over,
    check=lambda _session, finding, _act: service.require_answerable(finding),
    title=_l("Change who answers, or by when"),
    button=_l("Save the change"),
    done=_l("The finding has been changed. The person who answers it has been notified."),
)
finding_pages.step(
    "send_back",
    f"{ONE}/send-back",
    forms.ReasonForm,
    lead=_l("Say what is missing. The answer and its files are kept."),
    button=_l("Return"),
    tone="warning",
    done=_l("The answer has been returned, and the person who answers has been notified."),
)
finding_pages.step(
    "close",
    f"{ONE}/close",
    forms.CloseForm,
    lambda opened, finding, form, act: service.close(opened, finding, form.conclusion.data, act),
    lead=lambda finding: (
        _(
            "%(amount)s seemed ineligible. Closing the finding accepts it: say why.",
            amount=plain_money(finding.ineligible),
        )
        if finding.ineligible_minor
        else ""
    ),
    done=_l("The finding has been closed, and the person who answered it has been notified."),
)


def _claim_money(opened: Session, finding: Finding, form: forms.ClaimForm, act: Act) -> None:
    finding.seen_at(counted(form.version.data))
    recovery.claim(opened, finding, form.amount.data, form.due_on.data, form.conclusion.data, act)


finding_pages.step(
    "claim",
    f"{ONE}/claim",
    forms.claim_form,
    _claim_money,
    lead=_l(
        "A letter asks the organisation to refund the amount. The finding is "
        "closed when the money has been received."
    ),
    tone="warning",
    done=_l("The organisation has been asked to refund the amount."),
)


def _refund_choices(finding: Finding) -> Sequence[tuple[queries.Refund, str]]:
    """The refunds that still cover what is asked back."""
    choices = []
    for refund in queries.refunds_of(session(), finding.award_id):
        available = recovery.available_of(session(), refund)
        if available.minor >= finding.claimed_minor:
            words = _(
                "%(reference)s of %(day)s, %(amount)s available",
                reference=refund.bank_reference,
                day=plain_day(refund.refunded_on),
                amount=plain_money(available),
            )
            choices.append((refund, words))
    return choices


def _settle(opened: Session, finding: Finding, form: forms.SettleForm, act: Act) -> None:
    finding.seen_at(counted(form.version.data))
    recovery.settle(opened, finding, int(form.refund.data), act)


finding_pages.step(
    "settle",
    f"{ONE}/settle",
    lambda finding: forms.settle_form(finding, _refund_choices(finding)),
    _settle,
    lead=lambda finding: _(
        "Choose the refund that covers %(amount)s.", amount=plain_money(finding.claimed)
    ),
    check=lambda opened, finding, _act: recovery.require_refund(opened, finding),
    done=_l("The finding has been closed, and the person who answered it has been notified."),
)
finding_pages.step(
    "withdraw",
    f"{ONE}/withdraw",
    forms.ReasonForm,
    lead=_l("For a finding that was noted by mistake. It stays in the register as withdrawn."),
    tone="warning",
    done=_l("The finding has been withdrawn, and the person who answers it has been notified."),
)


@pages.get(f"{ONE}/files/<int:number>")
@signed_in
def file(reference: str, number: int) -> Response:
    """A file of a finding, for those who read the finding."""
    finding = queries.finding_for_viewer(session(), reference, viewer())
    for item in finding.files:
        if item.id == number:
            return send_document(item.document, finding.scope)
    raise Missing(_("File not found."))
