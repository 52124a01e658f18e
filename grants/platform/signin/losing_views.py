"""A lost second factor: the pages of its owner and of the administrators."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_with
from grants.core.proofs import losses
from grants.core.proofs.models import FactorLoss
from grants.platform.forms.forms import Form
from grants.platform.messages.service import Recipient, send
from grants.platform.signin.entering import way_on
from grants.platform.signin.views import pages
from grants.platform.web.access import arriving, entering, needs, own_act, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route("/sign-in/lost", methods=["GET", "POST"])
@entering
def lost() -> ResponseReturnValue:
    """A person who knows the passphrase says that the device is lost, and later sets up another."""
    browser = arriving()
    assert browser is not None
    if browser.complete or not browser.has_factor:
        return redirect(way_on(url_for("portal.start")))
    form = Form()
    person = session().get_one(Person, browser.viewer.person_id)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            ended = losses.end_lost(opened, person, own_act())
            if not ended:
                _notify_of_loss(opened, losses.report_loss(opened, person, own_act()), "reported")
        if outcome and ended:
            return redirect(url_for("factors.index"))
    loss = losses.open_loss(session(), person.id)
    works_from = losses.works_from(loss) if loss else None
    ready = bool(works_from and works_from <= clock.now())
    return render_template(
        "platform/signin/lost.html", form=form, loss=loss, works_from=works_from, ready=ready
    )


@pages.route("/sign-in/losses/<int:loss_id>", methods=["GET", "POST"])
@needs(Permission.PEOPLE_CONFIRM)
def loss(loss_id: int) -> ResponseReturnValue:
    """An administrator confirms who it is, or refuses."""
    report, form = losses.loss_by_id(session(), loss_id), Form()
    if form.validate_on_submit():
        refused = "refuse" in request.form
        with attempt(form) as (opened, outcome):
            settle = losses.take_back_loss if refused else losses.confirm_loss
            settle(opened, report, this_act())
            _notify_of_loss(opened, report, "refused" if refused else "confirmed")
        if outcome:
            flash(_("Refused.") if refused else _("Confirmed."), "success")
            return redirect(url_for("portal.start"))
    return render_template("platform/signin/loss.html", form=form, loss=report)


def _notify_of_loss(opened: Session, report: FactorLoss, what: str) -> None:
    """The person and every administrator know of each step."""
    person = opened.get_one(Person, report.person_id)
    others = [
        recipient
        for recipient in people_with(opened, Permission.PEOPLE_CONFIRM)
        if recipient != person
    ]
    for recipient in (person, *others):
        send(
            opened,
            Recipient.of(recipient),
            "platform/signin/factor_lost",
            event=f"loss:{report.id}:{what}",
            what=what,
            person=person,
            own=recipient == person,
            works_from=losses.works_from(report),
            url=absolute(url_for("signin.loss", loss_id=report.id)),
        )
