"""The page of one organisation: its screened names, matches and examinations."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.integrity.diligence.grantees import TONES, integrity_of
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.queries import cases_for_viewer
from grants.integrity.diligence.views import pages
from grants.integrity.diligence.workflow import DILIGENCE
from grants.integrity.enquiries.queries import TONES as FINDING_TONES
from grants.integrity.enquiries.queries import enquiries_of
from grants.integrity.holds.queries import holds_of
from grants.integrity.holds.workflow import HOLD
from grants.integrity.other_grants.queries import other_grants_of
from grants.integrity.risk.queries import TONES as FLAG_TONES
from grants.integrity.risk.queries import assessments_of, flags_of, ratings_of
from grants.integrity.risk.workflow import FLAG
from grants.integrity.sanctions.forms import ScreenForm
from grants.integrity.sanctions.matching import names_of_organisation, screen_again
from grants.integrity.sanctions.queries import hits_of, list_in_force, watch_of
from grants.integrity.sanctions.workflow import HIT
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons


@pages.route("/organisations/<code>", methods=["GET", "POST"])
@needs(Permission.DUE_DILIGENCE_SEE)
def organisation(code: str) -> ResponseReturnValue:
    """One organisation: its names that are screened, what was found, and screening it again."""
    examined = organisation_by_code(session(), code)
    form = ScreenForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            screen_again(opened, examined, this_act())
        if outcome:
            flash(_("Screened against the list in force."), "success")
            return redirect(url_for("diligence.organisation", code=code))
    state = integrity_of(session(), examined)
    holds = holds_of(session(), examined.id, viewer())
    cases = cases_for_viewer(viewer()).where(DueDiligence.organisation_id == examined.id)
    return render_template(
        "integrity/diligence/organisation.html",
        form=form,
        organisation=examined,
        state=state,
        tone=TONES[state],
        watched=watch_of(session(), examined.id),
        newest=list_in_force(session()),
        ratings=ratings_of(session(), examined.id),
        assessments=assessments_of(session(), examined.id),
        flags=flags_of(session(), examined.id),
        flag_names=FLAG.names,
        holds=holds,
        hold_names=HOLD.names,
        hold_steps={hold.id: buttons(hold, HOLD, number=hold.id) for hold in holds},
        tones=FLAG_TONES,
        enquiries=enquiries_of(session(), examined.id),
        findings=FINDING_TONES,
        other_grants=other_grants_of(session(), examined.id),
        hits=hits_of(session(), examined.id),
        hit_names=HIT.names,
        names=names_of_organisation(examined),
        cases=session().scalars(cases.order_by(DueDiligence.id.desc())).all(),
        case_names=DILIGENCE.names,
        may_screen=viewer().may(Permission.SANCTIONS_RESOLVE),
        may_lift=viewer().may(Permission.DUE_DILIGENCE_DECIDE),
        may_open=viewer().may(Permission.DUE_DILIGENCE_RECOMMEND),
    )
