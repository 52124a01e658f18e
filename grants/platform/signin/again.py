"""Showing again who sits here, before an act that decides, pays or takes personal data away.

The form that was posted is carried, so nothing typed is lost. A person without a second factor is
asked for the passphrase; a person whose second factor is the provider's sign-in is sent there.
"""

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.language import gettext as _
from grants.core.people import credentials
from grants.platform.signin.entering import known_by
from grants.platform.signin.forms import CodeHere, PassphraseHere
from grants.platform.signin.in_place import answers_here, carrying_page
from grants.platform.signin.passkey_views import prove_here
from grants.platform.signin.provider import proves_again
from grants.platform.signin.views import pages
from grants.platform.web.access import arriving, remember_sign_in, signed_in, viewer
from grants.platform.web.again import proof_is_old
from grants.platform.web.arrival import own_page
from grants.platform.web.database import SAFE_METHODS, transaction


def install(app: Flask) -> None:
    """After the door: a person who may not do it at all is not asked."""
    app.before_request(_ask_again)


def _ask_again() -> ResponseReturnValue | None:
    if not proof_is_old():
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("signin.again", next=request.full_path.rstrip("?")))
    form = _form_here()
    if form and answers_here() and form.validate_on_submit() and _is_proved(form):
        return None
    return carrying_page(form, again=True), 401


@pages.route("/sign-in/again", methods=["GET", "POST"])
@signed_in
def again() -> ResponseReturnValue:
    """Before a page or a file that needs a fresh proof."""
    form = _form_here()
    if form and form.validate_on_submit() and _is_proved(form):
        return redirect(own_page(request.args.get("next")))
    return render_template(
        "platform/signin/again.html", form=form, provider=proves_again(arriving())
    )


def _form_here() -> CodeHere | PassphraseHere | None:
    """What is asked for here; None: the provider alone can show it."""
    browser = arriving()
    if browser and browser.has_factor:
        return CodeHere()
    needs = browser and browser.viewer.needs_factor
    return None if needs and proves_again(browser) else PassphraseHere()


def _is_proved(form: CodeHere | PassphraseHere) -> bool:
    """Is it the same person? The form says why not."""
    if isinstance(form, CodeHere):
        return prove_here(form)
    person = known_by(form, viewer().email, form.sign_in_passphrase.data or "")
    if person:
        with transaction() as opened:
            credentials.end_sign_in(opened, person.id, _sign_in_id())
            remember_sign_in(person)
    elif not form.form_errors:
        form.complain("sign_in_passphrase", _("Your current passphrase is not correct."))
    return person is not None


def _sign_in_id() -> int:
    browser = arriving()
    assert browser is not None
    return browser.sign_in_id
