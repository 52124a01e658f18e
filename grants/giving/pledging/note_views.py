"""Pages of the note verbale of a pledge: attached by the donor or by the fund, and read by both."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.giving.pledges import notes
from grants.giving.pledges.agreement_forms import NoteForm
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import own_pledge, pledge_for_viewer
from grants.giving.pledges.views import pages as fund_pages
from grants.giving.pledges.views import pledge_pages
from grants.giving.pledging.own_views import own_pages, pages
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import Words
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document


def _attach_note(opened: Session, pledge: Pledge, form: NoteForm, act: Act) -> None:
    file, owner = received(form.file.data), pledge.donor_id
    document = keep(opened, file, act, organisation_id=owner, accept=(".pdf",), signed=True)
    notes.attach_note(opened, pledge, document, act)


WORDS: Words[Pledge] = {
    "check": lambda _session, pledge, _act: notes.require_standing(pledge),
    "title": _l("Attach a note verbale"),
    "lead": _l(
        "The note or letter is kept with the documents of the pledge. If you "
        "attach another one later, it replaces this one."
    ),
    "button": _l("Attach"),
    "done": _l("The note has been attached."),
}
own_pages.act(
    "attach_note", Permission.PLEDGE_MAKE, "/<reference>/note", NoteForm, _attach_note, **WORDS
)
pledge_pages.act(
    "attach_note", Permission.PLEDGE_ENTER, "/<reference>/note", NoteForm, _attach_note, **WORDS
)


@pages.get("/<reference>/note/file")
@needs(Permission.PLEDGE_READ)
def note_file(reference: str) -> ResponseReturnValue:
    """The note that stands with the donor’s own pledge."""
    return _send_note(own_pledge(session(), reference, viewer()))


@fund_pages.get("/<reference>/note/file", endpoint="note_file")
@needs(Permission.PLEDGE_SEE)
def fund_note_file(reference: str) -> ResponseReturnValue:
    """The note that stands with a pledge to the fund."""
    return _send_note(pledge_for_viewer(session(), reference, viewer()))


def _send_note(pledge: Pledge) -> ResponseReturnValue:
    if pledge.note_document is None:
        raise Missing(_("No note has been attached to this pledge."))
    return send_document(pledge.note_document, pledge.scope)
