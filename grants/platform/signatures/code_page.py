"""What the pages of papers that a signatory signs with a code have in common."""

from typing import Any, Protocol

from flask import flash

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.signatures import codes
from grants.platform.signatures.codes import Coded
from grants.platform.signatures.stamps import Signed, Way
from grants.platform.web.access import this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


class _Sign(Protocol):
    """The room's own act, which signs the paper."""

    def __call__(self, session: Any, signing: Any, how: Signed, act: Act, /) -> object: ...


class _SendCode(Protocol):
    """The room's own act, which sends a code for the paper."""

    def __call__(self, session: Any, signing: Any, act: Act, /) -> object: ...


def sign_with_code(form: Any, signing: Any, paper: Coded, sign: _Sign) -> bool:
    """Sign with the code that was typed; the form says why not. A try counts, whatever follows."""
    with attempt(form) as (opened, counted_try):
        codes.count_try(opened, paper, this_act())
    if not counted_try:
        return False
    with attempt(form) as (opened, outcome):
        signing.seen_at(counted(form.version.data))
        codes.use_code(opened, paper, form.code.data or "", this_act())
        sign(opened, signing, Signed(viewer().name, form.function.data or "", Way.CODE), this_act())
    return bool(outcome)


def may_sign_now(form: Any, paper: Coded) -> bool:
    """Whether the page shows the form for signing: a code is asked for first, and what was typed
    stays when the code has stopped working in the meantime.
    """
    return form.is_submitted() or codes.can_be_tried(session(), paper, viewer().person_id)


def send_code_to_viewer(signing: Any, send_code: _SendCode) -> None:
    """E-mail a code to the signatory who looks, and say so."""
    form = Form()
    with attempt(form) as (opened, outcome):
        send_code(opened, signing, this_act())
    if outcome:
        flash(_("We have sent a code to %(address)s.", address=viewer().email), "success")
    else:
        flash(" ".join(map(str, form.form_errors)), "warning")
