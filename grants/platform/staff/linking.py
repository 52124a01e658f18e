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
    found = accounts.account_by_id(session(), number)
    form = OwnerForm(queries.staff(session(), viewer()))
    if "end" in request.form:
        return _end(found)
    if "again" in request.form and found.person_id:
        return _ask_owner_again(found)
    if found.person_id is None and form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            accounts.link(opened, found, form.owner, this_act())
            _tell(opened, found, "linked")
        if outcome:
            flash(_("Linked. The person has been asked by e-mail to confirm it."), "success")
            return redirect(url_for("staff.show", number=found.person_id))
    return render_template("platform/staff/account.html", found=found, form=form)


def _end(found: ProviderAccount) -> ResponseReturnValue:
    form = Form()
    with attempt(form) as (opened, outcome):
        accounts.end_link(opened, found, this_act())
        if found.person_id:
            _tell(opened, found, "ended")
    if outcome:
        flash(_("The link has been ended.") if found.person_id else _("Declined."), "success")
    else:
        flash("".join(str(error) for error in form.form_errors), "error")
    return redirect(
        url_for("staff.show", number=found.person_id) if found.person_id else url_for("staff.index")
    )


def _ask_owner_again(found: ProviderAccount) -> ResponseReturnValue:
    """Another e-mail with another link: the earlier one stops working."""
    with attempt(Form()) as (opened, outcome):
        _tell(opened, found, "linked")
    if outcome:
        flash(_("The person has been asked again by e-mail."), "success")
    return redirect(url_for("staff.account", number=found.id))


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
            made = accounts.enter_and_link(opened, issuer, subject, person, this_act())
            _tell(opened, made, "linked")
        if outcome:
            flash(_("Linked. The person has been asked by e-mail to confirm it."), "success")
            return redirect(url_for("staff.show", number=person.id))
    return render_template(
        "platform/staff/link_account.html", person=person, form=form, provider=settings.provider
    )


def _tell(opened: Session, found: ProviderAccount, what: str) -> None:
    """The person and every administrator know of each step; the person alone gets the link."""
    person = found.person
    assert person is not None
    token = accounts.owner_token(opened, found) if what == "linked" else ""
    others = [one for one in people_with(opened, P.PEOPLE_CONFIRM) if one != person]
    for one in (person, *others):
        _send(opened, one, found, what, token if one == person else "")


def _send(opened: Session, to: Person, found: ProviderAccount, what: str, token: str) -> None:
    send(
        opened,
        Recipient.of(to),
        "platform/staff/account_linked",
        event=f"account:{found.id}:{what}:{token[:20]}",
        what=what,
        account=found,
        person=found.person,
        url=absolute(f"/sign-in/organisation/confirm/{token}") if token else "",
    )
