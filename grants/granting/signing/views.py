"""Pages of a paper that is to be signed: read, cleared, signed online or on paper, sent back."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.signing import coded, queries, service
from grants.granting.signing.forms import AcceptForm, CodeForm, RulesForm
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import kind_of
from grants.granting.signing.rules import rules_of, set_rules, version_of
from grants.granting.signing.workflow import OPEN, SIGNING, WITH_PARTIES, Side
from grants.platform.documents.service import keep
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.signatures.code_page import may_sign_now, send_code_to_viewer, sign_with_code
from grants.platform.signatures.forms import PAPER, UploadForm
from grants.platform.signatures.stamps import Signed, Way
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import from_list
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.funds import fund_for_viewer
from grants.platform.web.steps import buttons

pages = Blueprint("signing", __name__)
ONE = "/grants/<reference>/signing/<int:number>"


def _signing(reference: str, number: int) -> Signing:
    return queries.signing_for_viewer(session(), reference, number, viewer())


def page_of(signing: Signing) -> str:
    """The address of the page of a paper."""
    return url_for("signing.show", reference=signing.award.reference, number=signing.id)


def _caption_of(signing: Signing) -> tuple[object, ...]:
    award = signing.award
    return kind_of(signing.kind).label, signing.reference, award.organisation.name


def _in_list(signing: Signing) -> str:
    return from_list("signing.show", reference=signing.award.reference, number=signing.id)


def _waits_for(signing: Signing) -> Any:
    return _("Legal clearance") if signing.state not in WITH_PARTIES else signing.turn.label


WAITING = Listing(
    columns=(
        Column(_l("Number"), lambda s: s.reference, kind="code", link=_in_list),
        Column(_l("Document"), lambda s: kind_of(s.kind).label),
        Column(_l("Organisation"), lambda s: s.award.organisation.name, worth="name"),
        Column(
            _l("Status"),
            lambda s: SIGNING.names[s.state].staff,
            tone=lambda s: SIGNING.names[s.state].tone,
        ),
        Column(_l("Waiting for"), _waits_for),
        Column(_l("Sign by"), lambda s: s.sign_by, kind="date", order="oldest"),
    ),
    orders={"oldest": Order(Signing.id)},
)
ACTS: list[Bulk] = []
"""What the list offers for the ticked rows."""

signing_pages = StepPages(pages, SIGNING, _signing, page_of, _caption_of, _l("The document"))


@pages.get("/signing")
@needs(Permission.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """Every paper of the fund that is to be cleared or signed, and whom it waits for."""
    listed = WAITING.of(session(), queries.waiting(at_work()), "signing")
    funds = [
        fund
        for fund in all_funds(session())
        if viewer().may(Permission.AGREEMENT_SIGN, Scope(fund.id))
    ]
    return listed.file or render_template(
        "granting/signing/index.html",
        listed=listed,
        acts=acts(*ACTS, among=listed.subjects),
        funds=funds,
    )


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """One paper: what is signed, who has signed, whose turn it is."""
    signing = _signing(reference, number)
    is_staff = viewer().may(Permission.DISBURSEMENT_SEE, signing.scope)
    waiting = queries.waiting(at_work()) if is_staff else None
    return render_template(
        "granting/signing/show.html",
        signing=signing,
        in_list=waiting is not None
        and WAITING.beside(session(), waiting, signing, "signing.index"),
        kind=kind_of(signing.kind),
        state=SIGNING.names[signing.state],
        is_staff=is_staff,
        with_parties=signing.state in WITH_PARTIES,
        is_open=signing.state in OPEN,
        back=url_for(kind_of(signing.kind).page, reference=signing.award.reference),
        steps=buttons(signing, SIGNING, reference=reference, number=number),
        trail=trail_of(session(), "signing", signing.id),
        acts=WORDS_OF_ACTS,
    )


WORDS_OF_ACTS = {
    "create": _l("Prepared"),
    "send": _l("Sent for signature"),
    "clear": _l("Legal clearance given"),
    "refuse_clearance": _l("Legal clearance refused"),
    "sign_for_grantee": _l("Signed by the grantee"),
    "countersign_for_grantee": _l("Signed by the grantee"),
    "sign_for_fund": _l("Signed by the fund"),
    "countersign_for_fund": _l("Signed by the fund"),
    "ask_again": _l("Returned to the grantee to sign again"),
    "send_back": _l("Returned unsigned"),
    "withdraw": _p("document", "Withdrawn"),
    "end": _l("Ended with its award"),
    "lapse": _l("Lapsed: not signed in time"),
}


@pages.get(f"{ONE}/file")
@signed_in
def file(reference: str, number: int) -> Response:
    """Exactly what is signed."""
    signing = _signing(reference, number)
    return send_document(signing.document, signing.scope)


@pages.get(f"{ONE}/signed")
@signed_in
def signed(reference: str, number: int) -> Response:
    """The PDF with both signatures."""
    signing = _signing(reference, number)
    if signing.signed_document is None:
        raise Missing(_("File not found."))
    return send_document(signing.signed_document, signing.scope)


@pages.get(f"{ONE}/copy/<side>")
@signed_in
def copy(reference: str, number: int, side: str) -> Response:
    """The copy that one side has signed and uploaded."""
    signing = _signing(reference, number)
    for signature in signing.standing_signatures:
        if signature.side.value == side and signature.document:
            return send_document(signature.document, signing.scope)
    raise Missing(_("File not found."))


signing_pages.step(
    "clear",
    f"{ONE}/clear",
    lead=_l("The document goes to the side that signs first. Read it before you clear it."),
    done=_l("Cleared and sent for signature."),
    template="granting/signing/step.html",
)
signing_pages.step(
    "refuse_clearance",
    f"{ONE}/refuse-clearance",
    lead=_l("The document will not be sent. The people who prepared it will read your reason."),
    done=_l("Refused. The people who prepared the document have been notified of the reason."),
    template="granting/signing/step.html",
)
signing_pages.step(
    "ask_again",
    f"{ONE}/ask-again",
    lead=_l("The organisation will read the reason. For example: the second page is not signed."),
    done=_l("Returned. The organisation has been notified of the reason."),
)
signing_pages.step(
    "send_back",
    f"{ONE}/send-back",
    lead=_l("The fund will read the reason and may send you a new document."),
    done=_l("Returned. The fund has been notified of the reason."),
)
signing_pages.step(
    "withdraw",
    f"{ONE}/withdraw",
    lead=_l(
        "The document can no longer be signed. If it was sent to the "
        "organisation, the organisation will read the reason."
    ),
    done=_l("Withdrawn."),
)


def _accept_for_fund(opened: Session, signing: Signing, form: AcceptForm, act: Act) -> None:
    how = Signed(act.actor.name, form.function.data, Way.FACTOR)
    service.sign(opened, signing, how, act)


signing_pages.step(
    "countersign_for_fund",
    f"{ONE}/sign-for-fund",
    AcceptForm,
    _accept_for_fund,
    lead=_l("Your name and function, the time and the fingerprint of the document are kept."),
    done=_l("Signed. Both parties are notified of the next step."),
    again=True,
    template="granting/signing/accept.html",
)


@pages.route(f"{ONE}/sign", methods=["GET", "POST"])
@needs(Permission.APPLICATION_SIGN)
def accept_for_grantee(reference: str, number: int) -> ResponseReturnValue:
    """The signatory of the grantee signs online with a code sent by e-mail."""
    signing = _turn_of(Side.GRANTEE, reference, number)
    function = queries.last_function(session(), viewer())
    form = CodeForm(data={"version": signing.version, "function": function})
    paper = coded.coded(signing)
    if form.validate_on_submit() and sign_with_code(form, signing, paper, service.sign):
        flash(_("Signed. Both parties are notified of the next step."), "success")
        return redirect(page_of(signing))
    return render_template(
        "granting/signing/sign.html",
        record=signing,
        form=form,
        to=page_of(signing),
        back_text=_("The document"),
        caption=_caption_of(signing),
        title=_("Sign for the organisation"),
        button=_("Sign for the organisation"),
        lead=_(
            "You sign as authorised signatory of %(organisation)s. Your name, function, the time "
            "and the fingerprint of the document are kept.",
            organisation=signing.award.organisation.name,
        ),
        code_form=Form(),
        send_code=url_for("signing.send_code", reference=reference, number=number),
        may_sign=may_sign_now(form, paper),
    )


def _turn_of(side: Side, reference: str, number: int) -> Signing:
    signing = _signing(reference, number)
    service.require_turn(signing, side, this_act())
    return signing


@pages.post(f"{ONE}/code")
@needs(Permission.APPLICATION_SIGN)
def send_code(reference: str, number: int) -> ResponseReturnValue:
    """E-mail a code to the signatory."""
    signing = _turn_of(Side.GRANTEE, reference, number)
    send_code_to_viewer(signing, coded.send_code)
    return redirect(url_for("signing.accept_for_grantee", reference=reference, number=number))


def _upload(opened: Session, signing: Signing, form: UploadForm, act: Act) -> None:
    """A copy that one side has signed outside."""
    file = received(form.file.data)
    owner = signing.award.organisation_id if signing.turn is Side.GRANTEE else None
    paper = keep(opened, file, act, organisation_id=owner, accept=PAPER, signed=True)
    how = Signed(form.name.data, form.function.data, Way.UPLOAD, paper)
    service.sign(opened, signing, how, act)


def _upload_page(name: str, side: Side, permission: Permission, *, again: bool) -> None:
    StepPages(pages, None, _signing, page_of, _caption_of, _l("The document")).act(
        name,
        permission,
        f"{ONE}/upload-for-{side.value}",
        UploadForm,
        _upload,
        title=_l("Upload a signed copy"),
        lead=_l("Download the document, sign it, and upload the signed copy."),
        done=_l("Received. Both parties are notified of the next step."),
        check=lambda _session, signing, act: service.require_turn(signing, side, act),
        again=again,
        template="granting/signing/step.html",
    )


_upload_page("upload_for_grantee", Side.GRANTEE, Permission.APPLICATION_SIGN, again=False)
_upload_page("upload_for_fund", Side.FUND, Permission.AGREEMENT_SIGN, again=True)


@pages.route("/fund-setup/<code>/signing", methods=["GET", "POST"])
@needs(Permission.FUND_DESCRIBE)
def rules(code: str) -> ResponseReturnValue:
    """How a fund has its agreements and amendments signed."""
    fund = fund_for_viewer(code, Permission.FUND_DESCRIBE)
    form = RulesForm.showing(rules_of(session(), fund), version_of(session(), fund))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            version = counted(form.version.data)
            set_rules(opened, fund, form.rules(), this_act(), version=version)
        if outcome:
            flash(_("Saved. Documents already sent keep their earlier rules."), "success")
            return redirect(url_for("fund_setup.show", code=code))
    return render_template(
        "granting/signing/rules.html",
        fund=fund,
        form=form,
        words_clauses=viewer().may(Permission.AGREEMENT_SIGN, Scope(fund.id)),
    )
