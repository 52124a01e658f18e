"""Accounts at the provider of an organisation: the pages on which administrators link them."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_with
from grants.core.proofs import accounts
from grants.core.proofs.models import ProviderAccount
from grants.platform.forms.forms import Form
from grants.platform.messages.service import Recipient, send
from grants.platform.staff import queries
from grants.platform.staff.forms import LinkForm, OwnerForm
from grants.platform.staff.views import pages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

P = Permission


@pages.route("/accounts/<int:number>", methods=["GET", "POST"])
@needs(P.PEOPLE_CONFIRM)
def account(number: int) -> ResponseReturnValue:
    """A request to link an account, or a link that can be ended."""
    provider_account = accounts.account_by_id(session(), number)
    form = OwnerForm(queries.staff(session(), viewer()))
    if "end" in request.form:
        return _end_link(provider_account)
    if "again" in request.form and provider_account.person_id:
        return _ask_owner_again(provider_account)
    if provider_account.person_id is None and form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            accounts.link(opened, provider_account, form.owner, this_act())
            _notify_of_link(opened, provider_account, "linked")
        if outcome:
            flash(_("Linked. The person has been asked by e-mail to confirm it."), "success")
            return redirect(url_for("staff.show", number=provider_account.person_id))
    return render_template("platform/staff/account.html", found=provider_account, form=form)


def _end_link(provider_account: ProviderAccount) -> ResponseReturnValue:
    form = Form()
    with attempt(form) as (opened, outcome):
        accounts.end_link(opened, provider_account, this_act())
        if provider_account.person_id:
            _notify_of_link(opened, provider_account, "ended")
    if outcome:
        flash(
            _("The link has been ended.") if provider_account.person_id else _("Declined."),
            "success",
        )
    else:
        flash("".join(str(error) for error in form.form_errors), "error")
    return redirect(
        url_for("staff.show", number=provider_account.person_id)
        if provider_account.person_id
        else url_for("staff.index")
    )


def _ask_owner_again(provider_account: ProviderAccount) -> ResponseReturnValue:
    """Another e-mail with another link: the earlier one stops working."""
    with attempt(Form()) as (opened, outcome):
        _notify_of_link(opened, provider_account, "linked")
    if outcome:
        flash(_("The person has been asked again by e-mail."), "success")
    return redirect(url_for("staff.account", number=provider_account.id))


@pages.route("/<int:number>/account", methods=["GET", "POST"])
@needs(P.PEOPLE_CONFIRM)
def link_account(number: int) -> ResponseReturnValue:
    """Link an account by the identifier that the provider's administrators gave the fund."""
    settings: Settings = current_app.extensions["settings"]
    if settings.provider is None:
        raise Missing(_("This installation has no provider to sign in with."))
    person = queries.person_for_viewer(session(), number, viewer())
    form, issuer = LinkForm(), settings.provider.issuer
    if form.validate_on_submit():
        with attempt(form, at=form.subject) as (opened, outcome):
            subject = (form.subject.data or "").strip()
            provider_account = accounts.enter_and_link(opened, issuer, subject, person, this_act())
            _notify_of_link(opened, provider_account, "linked")
        if outcome:
            flash(_("Linked. The person has been asked by e-mail to confirm it."), "success")
            return redirect(url_for("staff.show", number=person.id))
    return render_template(
        "platform/staff/link_account.html", person=person, form=form, provider=settings.provider
    )


def _notify_of_link(opened: Session, provider_account: ProviderAccount, what: str) -> None:
    """The person and every administrator know of each step; the person alone gets the link."""
    person = provider_account.person
    assert person is not None
    token = accounts.owner_token(opened, provider_account) if what == "linked" else ""
    others = [
        recipient for recipient in people_with(opened, P.PEOPLE_CONFIRM) if recipient != person
    ]
    for recipient in (person, *others):
        _send_notice(
            opened, recipient, provider_account, what, token if recipient == person else ""
        )


def _send_notice(
    opened: Session, to: Person, provider_account: ProviderAccount, what: str, token: str
) -> None:
    send(
        opened,
        Recipient.of(to),
        "platform/staff/account_linked",
        event=f"account:{provider_account.id}:{what}:{token[:20]}",
        what=what,
        account=provider_account,
        person=provider_account.person,
        url=absolute(f"/sign-in/organisation/confirm/{token}") if token else "",
    )
