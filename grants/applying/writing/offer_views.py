"""The page on which an organisation says which uploaded documents its profile keeps."""

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import AttachedFile
from grants.applying.drafts.offered import answer_offer, kind_of, to_offer
from grants.applying.organisations.papers.models import SEVERAL
from grants.applying.organisations.papers.queries import papers_of
from grants.applying.writing.pages import own, pages, to
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.platform.forms.fields import DateField, YesNoField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route("/applying/<reference>/offer", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def offer(reference: str) -> ResponseReturnValue:
    """Each document that is new to the profile: keep it or not, and until when it is valid."""
    application = own(reference)
    files = to_offer(session(), application)
    if not files:
        return to("standing", application)
    form = _form_of(files)
    if form.validate_on_submit():
        valid_until = {f.id: form[f"until_{f.id}"].data for f in files if form[f"keep_{f.id}"].data}
        with attempt(form) as (opened, outcome):
            number = answer_offer(opened, application, valid_until, this_act())
        if outcome:
            flash(
                ngettext(
                    "%(num)s document has been added to the profile. New applications"
                    " that ask for it will include it.",
                    "%(num)s documents have been added to the profile. New "
                    "applications that ask for them will include them.",
                    number,
                )
                if number
                else _(
                    "Nothing was added to the profile. We will not ask about these documents again."
                ),
                "success",
            )
            return to("standing", application)
    papers = papers_of(session(), application.organisation_id)
    replaced = {paper.kind: paper for paper in papers if paper.kind not in SEVERAL}
    return render_template(
        "applying/writing/offer.html",
        application=application,
        form=form,
        offered=[(f, kind_of(f), replaced.get(kind_of(f))) for f in files],
    )


def _form_of(files: Sequence[AttachedFile]) -> Form:
    drawn: dict[str, Any] = {}
    for attached in files:
        drawn[f"keep_{attached.id}"] = YesNoField(
            _("Keep “%(name)s” in the profile?", name=attached.document.name), required=True
        )
        drawn[f"until_{attached.id}"] = DateField(
            _("Valid until"),
            hint=_(
                "Leave empty if the document does not expire. We will remind you a"
                " month before it expires."
            ),
        )
    form_class: type[Form] = type("OfferForm", (Form,), drawn)
    return form_class()
