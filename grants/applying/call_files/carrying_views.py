"""Pages that copy a call, and carry it between installations as a file."""

import json

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_changes.stages import copy_with_stages
from grants.applying.call_files.carried import Carried, call_from_json, call_to_json, read_json
from grants.applying.call_files.importing import import_call
from grants.applying.call_pages.forms import LARGEST_FILE
from grants.applying.call_pages.views import pages
from grants.applying.calls import queries
from grants.applying.calls.models import Call
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.forms.fields import FileField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.downloads import attachment


class ImportForm(Form):
    """A call as a file."""

    file = FileField(
        _l("File of the call"),
        hint=_l("A call that was exported here or from another installation."),
        accept=(".json",),
        required=True,
    )

    def carried(self) -> Carried:
        """The call in the file; InvalidInput says what cannot be read."""
        content = self.file.data.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise InvalidInput(_("The file is too large for a form."))
        try:
            return call_from_json(read_json(content.decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            raise InvalidInput(_("This file is not in JSON format.")) from error


@pages.post("/calls/<reference>/copy")
@needs(Permission.CALL_EDIT)
def copy(reference: str) -> ResponseReturnValue:
    """A new draft with the same rules and questions, a year later."""
    call = queries.call_for_viewer(session(), reference, viewer())
    with transaction() as opened:
        draft = copy_with_stages(opened, call, this_act())
    flash(_("The copy is a draft. Its dates are a year later: check them first."), "success")
    return redirect(url_for("calls.show", reference=draft.reference))


@pages.get("/calls/<reference>/export.json")
@needs(Permission.CALL_SEE)
def export(reference: str) -> Response:
    """The call with its form, criteria and settings, for another installation."""
    call: Call = queries.call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_SEE, call.scope)
    text = json.dumps(call_to_json(call), ensure_ascii=False, indent=2)
    return attachment(f"{call.reference}.json", "application/json", text.encode())


@pages.route("/calls/import", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def import_page() -> ResponseReturnValue:
    """Prepare a call from a file as a draft."""
    form = ImportForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            call, is_new = import_call(opened, form.carried(), this_act())
        if outcome:
            message = _("Prepared as a draft.") if is_new else _("This call already exists here.")
            flash(message, "success")
            return redirect(url_for("calls.show", reference=call.reference))
    return render_template("applying/call_files/import.html", form=form)
