"""The public page on which anybody asks whether a PDF is one of ours."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Forbidden, InvalidInput
from grants.papers.certification.forms import GenuineForm
from grants.papers.certification.genuine import Finding, described, examine, examine_code
from grants.papers.certification.service import count_inquiry
from grants.papers.certification.views import pages
from grants.platform.documents.scanned import SEAL
from grants.platform.web.access import public
from grants.platform.web.database import session, transaction


@pages.route("/verify", methods=["GET", "POST"])
@public
def verify() -> ResponseReturnValue:
    """A person who holds a PDF learns whether it is genuine, and nothing that is not in it."""
    form = GenuineForm()
    finding: Finding | None = None
    if form.validate_on_submit():
        try:
            with transaction() as opened:
                count_inquiry(opened, request.remote_addr or "")
            finding = _examine_upload(form)
        except (Forbidden, InvalidInput) as refusal:
            form.complain("file", refusal.message)
    if finding is None and SEAL in request.args:
        finding = examine_code(session(), request.args)
    return render_template(
        "papers/certification/verify.html", form=form, finding=finding, described=described
    )


def _examine_upload(form: GenuineForm) -> Finding:
    with form.file.data.stream as stream:
        return examine(session(), stream.read())
