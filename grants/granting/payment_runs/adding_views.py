"""Pages on which payments come into a run that is being put together, and leave it."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.granting.payment_runs import queries, service
from grants.granting.payment_runs.forms import PutInForm
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payment_runs.views import ONE, find_run, pages, run_pages, run_url
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalment_for_viewer
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction


def _offered(instalment: Instalment) -> tuple[str, str, str]:
    award = instalment.award
    words = f"{award.organisation.name} · {plain_money(instalment.net)}"
    return str(instalment.id), f"{award.reference} / {instalment.number}", words


def _choosing_form(run: PaymentRun) -> PutInForm:
    candidates = queries.candidates_for(session(), run)
    return PutInForm([_offered(instalment) for instalment in candidates])


run_pages.act(
    "put_in",
    Permission.INSTALMENT_RELEASE,
    f"{ONE}/put-in",
    _choosing_form,
    lambda opened, run, form, act: service.put_in(
        opened, run, [int(number) for number in form.instalments.data], act
    ),
    title=_l("Add payments to the run"),
    lead=_l("Approved payments of the fund that are not in another run."),
    button=_l("Add the payments"),
    done=_l("Added to the run."),
    check=service.require_candidates,
)


@pages.post(f"{ONE}/take-out/<grant>/<int:number>")
@needs(Permission.INSTALMENT_RELEASE)
def take_out(reference: str, grant: str, number: int) -> ResponseReturnValue:
    """A payment leaves the run while it is put together."""
    run = find_run(reference)
    instalment = instalment_for_viewer(session(), grant, number, viewer())
    with transaction() as opened:
        service.take_out(opened, run, instalment, this_act())
    flash(_("Taken out of the run."), "success")
    return redirect(run_url(run))
