"""“Your data”: what is kept about the person who looks, a copy of it, and asking for erasure."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.desk.data_protection import queries, service
from grants.desk.data_protection.forms import ErasureForm
from grants.desk.data_protection.own_data import acts_of, counts_about, rows_about
from grants.desk.data_protection.package import pack_own_data, plain_text
from grants.desk.data_protection.words import KEPT, LAW
from grants.desk.data_protection.workflow import ERASURE, OPEN
from grants.platform.forms.forms import Form
from grants.platform.web.access import own_act, signed_in, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_first
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment

pages = Blueprint("own_data", __name__, url_prefix="/account/data")


def _own_person() -> Person:
    return session().get_one(Person, viewer().person_id)


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What is kept about me, why, and for how long."""
    counts = counts_about(session(), _own_person())
    return render_template(
        "desk/data_protection/own.html",
        kinds=[(kept, counts[name]) for name, kept in KEPT.items() if name in counts],
        requests=queries.requests_of(session(), _own_person().id),
        names=ERASURE.names,
        may_ask=not any(
            request.state in OPEN for request in queries.requests_of(session(), _own_person().id)
        ),
        law=LAW,
    )


@pages.get("/copy.zip")
@signed_in
@asks_first
def copy() -> ResponseReturnValue:
    """Everything about me in one file: to read, and for a machine."""
    person = _own_person()
    rows, acts = rows_about(session(), person), acts_of(session(), person)
    page = render_template(
        "desk/data_protection/copy.html",
        person=person,
        today=clock.today(),
        kinds=[
            (KEPT[name], [row.facts for row in part])
            for name, part in groupby(rows, lambda row: row.table)
        ],
        acts=acts,
        plain_text=plain_text,
    )
    return attachment("your-data.zip", "application/zip", pack_own_data(rows, acts, page))


@pages.route("/erasure/withdraw", methods=["GET", "POST"])
@signed_in
def withdraw() -> ResponseReturnValue:
    """Take back what I asked for, before it is decided."""
    request, form = queries.open_request_of(session(), _own_person().id), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.withdraw(opened, request, own_act())
        if outcome:
            flash(_("Your request has been withdrawn. Nothing will be erased."), "success")
            return redirect(url_for(".index"), 303)
    return render_template(
        "layout/step.html",
        form=form,
        to=url_for(".index"),
        caption=[],
        title=_("Withdraw your request"),
        lead=_("Nothing will be erased, and you keep your account. You can ask again later."),
        button=_("Withdraw the request"),
    )


@pages.route("/erasure", methods=["GET", "POST"])
@signed_in
def ask_erasure() -> ResponseReturnValue:
    """Ask that my data be erased."""
    form = ErasureForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            person = opened.get_one(Person, viewer().person_id)
            service.ask_erasure(opened, person, form.wish.data or "", own_act())
        if outcome:
            flash(_("We have received your request, and will answer by e-mail."), "success")
            return redirect(url_for(".index"), 303)
    return render_template(
        "layout/step.html",
        form=form,
        to=url_for(".index"),
        caption=[],
        title=_("Ask to have your data erased"),
        lead=_(
            "An officer decides within a month. If the request is granted, your name "
            "and addresses are replaced, and your account ends. Financial records and"
            " signed documents are kept, as the law requires."
        ),
        button=_("Send the request"),
    )
