"""Writing a comment on a section of the own application, and marking it as dealt with."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from grants.applying.writing import comments
from grants.applying.writing.pages import own, pages, to
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act
from grants.platform.web.database import transaction


@pages.post("/applying/<reference>/sections/<key>/comments")
@needs(Permission.APPLICATION_WRITE)
def comment(reference: str, key: str) -> ResponseReturnValue:
    """Leave a comment for colleagues, or mark one as dealt with."""
    application = own(reference)
    number = counted(request.form.get("resolve"))
    try:
        with transaction() as opened:
            if number:
                comments.resolve(opened, application, number, this_act())
            else:
                text = request.form.get("text", "")
                comments.comment(opened, application, key, text, this_act())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(
            _("Marked as resolved.") if number else _("Your colleagues can read the comment."),
            "success",
        )
    return to("section", application, key=key, _anchor="comments")
