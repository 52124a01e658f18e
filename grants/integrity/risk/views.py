"""Pages on which an organisation is rated and flags are raised, regraded and lifted."""

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.integrity.risk import queries, service
from grants.integrity.risk.forms import FlagForm, LiftForm, RateForm, RegradeForm, SafeguardingForm
from grants.integrity.risk.models import Concern, Flag, Risk, Severity
from grants.integrity.risk.organisation_pages import pages_of_organisations
from grants.integrity.risk.service import Raised
from grants.integrity.risk.workflow import FLAG
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("risk", __name__, url_prefix="/due-diligence")

P = Permission


def _rate_risk(opened: Session, organisation: Organisation, form: RateForm, act: Act) -> None:
    """Rate the risk of an organisation for the grants of a fund."""
    fund = fund_by_code(opened, form.code)
    service.rate_risk(opened, organisation, fund, Risk.of(form.level.data), act)


organisation_pages = pages_of_organisations(pages)

organisation_pages.act(
    "rate",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/risk",
    lambda _organisation: RateForm(funds=funds_for_viewer(P.DUE_DILIGENCE_RECOMMEND)),
    _rate_risk,
    title=_l("Rate the risk"),
    lead=_l(
        "The rating sets how grants are paid and reported on: the first instalment, the number "
        "of instalments and of reports."
    ),
    button=_l("Record the rating"),
    done=_l("The risk rating has been recorded."),
)


def _assess_safeguarding(
    opened: Session, organisation: Organisation, form: SafeguardingForm, act: Act
) -> None:
    """Record an assessment of safeguarding with its evidence."""
    fund = fund_by_code(opened, form.code)
    evidence = received(form.file.data)
    service.assess_safeguarding(opened, organisation, fund, form.assessed(), evidence, act)


organisation_pages.act(
    "assess_safeguarding",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/safeguarding",
    lambda _organisation: SafeguardingForm(funds=funds_for_viewer(P.DUE_DILIGENCE_RECOMMEND)),
    _assess_safeguarding,
    title=_l("Assess safeguarding"),
    lead=_l(
        "How far the organisation can prevent sexual exploitation and abuse by its "
        "own people, and respond to it. The assessment is valid for every fund until "
        "it expires."
    ),
    button=_l("Record the assessment"),
    done=_l("The assessment of safeguarding has been recorded."),
)


@pages.get("/safeguarding/<int:number>/file")
@needs(P.DUE_DILIGENCE_SEE)
def evidence(number: int) -> Response:
    """The evidence of an assessment of safeguarding."""
    assessment = queries.assessment_for_viewer(session(), number, viewer())
    return send_document(assessment.document, assessment.scope)


def _suggested_flag() -> dict[str, str]:
    """What another page suggests to raise a flag about: the address says it, a person checks it."""
    suggestions = {"concern": request.args.get("concern"), "text": request.args.get("text")}
    return {name: text[:1000] for name, text in suggestions.items() if text}


def _raise_flag(opened: Session, organisation: Organisation, form: FlagForm, act: Act) -> None:
    """Raise a flag on an organisation."""
    raised = Raised(Severity.of(form.severity.data), Concern.of(form.concern.data), form.text.data)
    service.raise_flag(opened, organisation, fund_by_code(opened, form.code), raised, act)


organisation_pages.act(
    "raise_flag",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/flags/new",
    lambda _organisation: FlagForm(
        funds=funds_for_viewer(P.DUE_DILIGENCE_RECOMMEND), data=_suggested_flag()
    ),
    _raise_flag,
    title=_l("Raise a flag"),
    lead=_l("Everyone who decides on a grant to this organisation sees its flags, in every fund."),
    button=_l("Raise the flag"),
    done=_l("The flag has been raised."),
)


def _find_flag(number: int) -> Flag:
    return queries.flag_for_viewer(session(), number, viewer())


flag_pages = StepPages(
    pages,
    FLAG,
    _find_flag,
    lambda flag: url_for("diligence.organisation", code=flag.organisation.code),
    lambda flag: (flag.organisation.name,),
)

flag_pages.step(
    "regrade",
    "/flags/<int:number>/severity",
    lambda flag: RegradeForm(data={"severity": flag.severity}),
    lambda opened, flag, form, act: service.regrade(
        opened, flag, Severity.of(form.severity.data), act
    ),
    done=_l("The severity has been changed."),
    template="integrity/risk/step.html",
)
flag_pages.step(
    "lift",
    "/flags/<int:number>/lift",
    LiftForm,
    done=_l("The flag has been lifted."),
    template="integrity/risk/step.html",
)
