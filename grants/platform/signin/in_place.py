"""Signing in without losing what was typed: the answer to a form that a signed-out person posts.

The page asks for e-mail address and passphrase, then for the second factor, carries everything else
that was posted, and goes to the address of the form itself. A person who is signed in, but posts a
page of an earlier session, is asked to press the button again. Only what a page of ours sent is
carried: another site cannot have a person post what they did not type.
"""

from urllib.parse import urlsplit

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, Unauthorized, abort

from grants.core.people.viewer import VISITOR
from grants.platform.forms.forms import FILES_LEFT
from grants.platform.signin.entering import enter
from grants.platform.signin.forms import CodeHere, PassphraseHere, SignInHere
from grants.platform.signin.passkey_views import has_passkey, prove_here
from grants.platform.signin.provider import proves_again
from grants.platform.web.access import BY_TOKEN, ENTERING, PUBLIC, arriving, door_here, viewer
from grants.platform.web.refusals import refused, saves_itself

_SECRET = ("passphrase", "password", "secret", "csrf_token")
_OURS = {"sign_in_email", "sign_in_passphrase", "sign_in_code", "sign_in_passkey"}


def install(app: Flask) -> None:
    """Before everything else that looks at a request, but after its language is known."""
    app.before_request(_require_sign_in)
    CSRFProtect(app)
    app.before_request(_enter_here)
    app.register_error_handler(Unauthorized, _signed_out)
    app.register_error_handler(CSRFError, _token_is_dead)


def _require_sign_in() -> None:
    """A person who is signed out is told so, and not that a token is wrong."""
    if _is_shut_out() and not answers_here():
        abort(401)


def _enter_here() -> ResponseReturnValue | None:
    """Sign in, then let the request go its way."""
    if not (_is_shut_out() and answers_here()):
        return None
    form = CodeHere() if arriving() else SignInHere()
    if not (form.validate_on_submit() and _is_right(form)):
        return carrying_page(form), 401
    return (carrying_page(_next_form()), 401) if _is_shut_out() else None


def _is_right(form: SignInHere | CodeHere) -> bool:
    """Is what was typed right? The form says why not."""
    if isinstance(form, CodeHere):
        return prove_here(form)
    return enter(form, form.sign_in_email.data or "", form.sign_in_passphrase.data or "")


def _next_form() -> SignInHere | CodeHere | None:
    """What is still missing; None: a second factor has to be set up on its own page."""
    browser = arriving()
    if browser is None:
        return SignInHere(None)
    return CodeHere(None) if browser.has_factor else None


def _is_shut_out() -> bool:
    door = door_here()
    if request.method != "POST" or door in (PUBLIC, BY_TOKEN, None):
        return False
    return arriving() is None if door == ENTERING else viewer() is VISITOR


def answers_here() -> bool:
    """Does this request carry what a page of this module asked for?"""
    return bool(_OURS & request.form.keys())


def _signed_out(error: HTTPException) -> ResponseReturnValue:
    if saves_itself() or not _is_from_us():
        return refused(error)
    return carrying_page(_next_form()), 401


def _token_is_dead(error: CSRFError) -> ResponseReturnValue:
    if saves_itself() or not _is_from_us() or _has_secrets():
        return refused(error)
    return carrying_page(_next_form() if _is_shut_out() else None), 400


def carrying_page(
    form: SignInHere | CodeHere | PassphraseHere | None, *, again: bool = False
) -> str:
    """The page that asks, and carries what was posted."""
    return render_template(
        "platform/signin/in_place.html",
        form=form,
        again=again,
        provider=proves_again(arriving()) if again else "",
        passkey=isinstance(form, CodeHere) and has_passkey(),
        set_up=form is None and _is_shut_out(),
        address=request.full_path.rstrip("?"),
        carried=_carried_fields(),
        texts=[text for _name, text in _carried_fields() if len(text) > 20],
        files_left=FILES_LEFT if _has_left_files() else "",
    )


def _carried_fields() -> list[tuple[str, str]]:
    """What was posted, without what nobody but its owner should see again."""
    return [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in {*_OURS, FILES_LEFT} and not any(word in name for word in _SECRET)
    ]


def _has_left_files() -> bool:
    return FILES_LEFT in request.form or any(file.filename for file in request.files.values())


def _has_secrets() -> bool:
    return any(word in name for name in request.form for word in _SECRET if word != "csrf_token")


def _is_from_us() -> bool:
    """Did a page of this installation send the form, as the browser tells?"""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    try:
        sender = urlsplit(request.headers.get("Origin") or request.referrer or "").netloc
        return bool(sender) and sender == request.host
    except (ValueError, BadRequest):
        return False
