"""E-mails to donors that came back: whom they do not reach, and what goes by post."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.donors import undelivered
from grants.giving.donors.models import Contact
from grants.giving.donors.signatory_views import contact_steps
from grants.giving.donors.views import pages
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.undelivered.models import UndeliveredEmail
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session


@pages.get("/undelivered")
@needs(Permission.DONOR_EDIT)
def undelivered_emails() -> ResponseReturnValue:
    """Contact persons whom e-mails do not reach, and papers to send by post."""
    return render_template(
        "giving/donors/undelivered.html",
        contacts=undelivered.unreached(session()),
        papers=undelivered.papers_to_post(session(), viewer()),
    )


def _list_page(_record: Contact | UndeliveredEmail) -> str:
    return url_for("donors.undelivered_emails")


contact_steps.act(
    "reach_again",
    Permission.DONOR_EDIT,
    "/<code>/contacts/<int:contact_id>/reached-again",
    Form,
    lambda opened, contact, _form, act: undelivered.reach_again(opened, contact, act),
    check=undelivered.require_unreached,
    title=_l("E-mails reach this person again"),
    lead=_l(
        "Confirm this once the person or their office has told you so. Appeals may be sent to this "
        "address again."
    ),
    button=_l("E-mails arrive again"),
    done=_l("E-mails will be sent to this address again."),
    after=_list_page,
)

_papers: StepPages[UndeliveredEmail] = StepPages(
    pages,
    None,
    lambda number: undelivered.paper_to_post(session(), number, viewer()),
    _list_page,
    lambda row: (row.message.attachments[0]["reference"],),
)
_papers.act(
    "send_by_post",
    Permission.DONOR_EDIT,
    "/undelivered/<int:number>/posted",
    Form,
    lambda opened, row, _form, act: undelivered.send_by_post(opened, row, act),
    title=_l("Record as sent by post"),
    lead=_l("Print the document, send it to the address of the donor, and record it here."),
    done=_l("Recorded as sent by post."),
)
