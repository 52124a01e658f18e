"""Pages of an agreement that is signed online: read, signed by the donor and the fund, returned."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.signatures.workflow import AGREEMENT_SIGNING, Party
from grants.giving.pledges.signing import service
from grants.giving.pledges.signing.forms import CountersignForm, DonorCodeForm
from grants.giving.pledges.signing.queries import signing_for_viewer
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.signatures.code_page import may_sign_now, send_code_to_viewer, sign_with_code
from grants.platform.signatures.stamps import Signed, Way
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document

pages = Blueprint("agreement_signing", __name__, url_prefix="/contribution-agreements")


def _signing(number: int) -> AgreementSigning:
    return signing_for_viewer(session(), number, viewer())


def page_of(signing: AgreementSigning) -> str:
    """The page of the pledge: the donor's own, or the fund's."""
    reference, person = signing.pledge.reference, viewer()
    own = signing.pledge.donor_id in person.organisations_with(Permission.PLEDGE_READ)
    return url_for("own_pledges.show" if own else "pledges.show", reference=reference)


def _caption_of(signing: AgreementSigning) -> tuple[object, ...]:
    donor = signing.pledge.donor
    return signing.pledge.reference, donor.name if donor else ""


signing_pages = StepPages(
    pages, AGREEMENT_SIGNING, _signing, page_of, _caption_of, _l("The pledge")
)


@pages.get("/<int:number>/file")
@signed_in
def file(number: int) -> Response:
    """Exactly what is signed."""
    signing = _signing(number)
    return send_document(signing.document, signing.scope)


def _sign_for_fund(
    opened: Session, signing: AgreementSigning, form: CountersignForm, act: Act
) -> None:
    how = Signed(act.actor.name, form.function.data or "", Way.FACTOR)
    service.sign(opened, signing, how, act)


LEAD = _l("Your name and function, the time and the fingerprint of the document are kept.")
signing_pages.step(
    "sign_for_fund",
    "/<int:number>/sign-for-fund",
    CountersignForm,
    _sign_for_fund,
    lead=LEAD,
    check=lambda _session, signing, act: service.require_turn(signing, Party.FUND, act),
    done=_l("Signed by both parties. The agreement has been recorded and posted to the ledger."),
    again=True,
    template="giving/pledges/signing/step.html",
)
signing_pages.step(
    "ask_again",
    "/<int:number>/ask-again",
    lead=_l("The donor will see the reason. For example: another person is to sign."),
    done=_l("Returned. The donor has been notified of the reason."),
    template="giving/pledges/signing/step.html",
)
signing_pages.step(
    "send_back",
    "/<int:number>/send-back",
    lead=_l("The fund will see the reason, and may send you a new agreement."),
    done=_l("Returned. The fund has been notified of the reason."),
    template="giving/pledges/signing/step.html",
)


@pages.route("/<int:number>/sign", methods=["GET", "POST"])
@needs(Permission.PLEDGE_AGREE)
def sign(number: int) -> ResponseReturnValue:
    """The signatory of the donor signs with a code sent by e-mail."""
    signing = _signing_of_donor(number)
    form = DonorCodeForm(data={"version": signing.version})
    paper = service.coded(signing)
    if form.validate_on_submit() and sign_with_code(form, signing, paper, service.sign):
        flash(_("Signed. The fund signs next, and we will e-mail you."), "success")
        return redirect(page_of(signing))
    return render_template(
        "giving/pledges/signing/sign.html",
        record=signing,
        form=form,
        to=page_of(signing),
        back_text=_("The pledge"),
        caption=_caption_of(signing),
        title=_("Sign the agreement"),
        button=_("Sign for the donor"),
        lead=LEAD,
        code_form=Form(),
        send_code=url_for("agreement_signing.send_code", number=number),
        may_sign=may_sign_now(form, paper),
    )


def _signing_of_donor(number: int) -> AgreementSigning:
    signing = _signing(number)
    service.require_turn(signing, Party.DONOR, this_act())
    return signing


@pages.post("/<int:number>/code")
@needs(Permission.PLEDGE_AGREE)
def send_code(number: int) -> ResponseReturnValue:
    """E-mail a code to the signatory."""
    send_code_to_viewer(_signing_of_donor(number), service.send_code)
    return redirect(url_for("agreement_signing.sign", number=number))
