"""Pages on which grants of other funders are recorded, imported and taken out."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.core.texts.marks import spaced
from grants.integrity.other_grants import queries, service
from grants.integrity.other_grants.forms import GrantForm, GrantsFileForm, RemoveForm
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.other_grants.reading import read_grants
from grants.integrity.risk.organisation_pages import pages_of_organisations
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("other_grants", __name__, url_prefix="/due-diligence")

P = Permission
MOST_BYTES = 1_000_000


pages_of_organisations(pages).act(
    "enter",
    P.DUE_DILIGENCE_RECOMMEND,
    "/organisations/<code>/other-grants/new",
    GrantForm,
    lambda opened, organisation, form, act: service.enter_grants(
        opened, organisation, [form.known()], act
    ),
    title=_l("Record a grant from another funder"),
    lead=_l("The grant is compared with the period and the country of each application."),
    button=_l("Record the grant"),
    done=_l("The grant has been recorded."),
)


@pages.route("/organisations/<code>/other-grants/file", methods=["GET", "POST"])
@needs(P.DUE_DILIGENCE_RECOMMEND)
def take_file(code: str) -> ResponseReturnValue:
    """Import grants of other funders from a file: all of them, or none."""
    organisation, form = organisation_by_code(session(), code), GrantsFileForm()
    to = url_for("diligence.organisation", code=code)
    if form.validate_on_submit():
        new = replaced = 0
        with attempt(form) as (opened, outcome):
            rows = read_grants(_file_content(form))
            new, replaced = service.enter_grants(opened, organisation, rows, this_act())
        if outcome:
            flash(
                _("Grants recorded: %(new)s new, %(old)s replaced.", new=new, old=replaced),
                "success",
            )
            return redirect(to)
    return render_template(
        "layout/step.html",
        form=form,
        to=to,
        caption=[organisation.name],
        title=_("Import grants from other funders"),
        lead=_("For example from the data that funders publish through IATI."),
        button=_("Import the grants"),
    )


def _file_content(form: GrantsFileForm) -> bytes:
    content: bytes = form.file.data.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidInput(_("The file is too large."))
    return content


def _find_grant(number: int) -> OtherGrant:
    return queries.other_grant_for_viewer(session(), number, viewer())


grant_pages = StepPages(
    pages,
    None,
    _find_grant,
    lambda grant: url_for("diligence.organisation", code=grant.organisation.code),
    lambda grant: (grant.organisation.name,),
)

grant_pages.act(
    "remove",
    P.DUE_DILIGENCE_RECOMMEND,
    "/other-grants/<int:number>/remove",
    RemoveForm,
    lambda opened, grant, _form, act: service.remove_grant(opened, grant, act),
    title=_l("Remove the grant"),
    lead=lambda grant: spaced(":").join((grant.funder, grant.title)),
    done=_l("The grant has been removed."),
)
