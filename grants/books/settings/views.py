"""Pages of a fund's settings: what they are, proposing a change, deciding on it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.earmarks import note_on
from grants.books.ledger.queries import balances
from grants.books.settings import queries, service
from grants.books.settings.forms import form_of
from grants.books.settings.models import SettingChange
from grants.books.settings.workflow import SETTING_CHANGE, Setting
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer
from grants.platform.web.steps import buttons, possible

pages = Blueprint("settings", __name__, url_prefix="/settings")


def _page_of(change: SettingChange) -> str:
    return url_for("settings.show", number=change.id)


@pages.get("")
@needs(Permission.SETTING_APPROVE)
def waiting() -> ResponseReturnValue:
    """The changes that wait for the person's decision, in every fund."""
    changes = session().scalars(queries.waiting_for(viewer())).all()
    return render_template(
        "books/settings/waiting.html", changes=changes, states=SETTING_CHANGE.names
    )


@pages.get("/<code>")
@needs(Permission.LEDGER_SEE)
def index(code: str) -> ResponseReturnValue:
    """The settings of a fund, and what changed of them when."""
    fund = fund_for_viewer(code, Permission.LEDGER_SEE)
    return render_template(
        "books/settings/index.html",
        fund=fund,
        settings=[(setting, queries.value_of(fund, setting)) for setting in Setting],
        changes=queries.changes_of(session(), fund),
        states=SETTING_CHANGE.names,
        may_propose=viewer().may(Permission.SETTING_PROPOSE, Scope(fund_id=fund.id)),
    )


@pages.route("/<code>/<setting>", methods=["GET", "POST"])
@needs(Permission.SETTING_PROPOSE)
def propose(code: str, setting: str) -> ResponseReturnValue:
    """Propose another value, with the reason."""
    fund, changed = fund_for_viewer(code, Permission.LEDGER_SEE), _find_setting(setting)
    form = form_of(changed, queries.value_of(fund, changed))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            change = service.propose_change(opened, fund, changed, form.value.data, act)
        if outcome:
            flash(_("Proposed. Another person must approve it."), "success")
            return redirect(_page_of(change))
    available = balances(session(), fund).available if changed.in_money else None
    return render_template(
        "books/settings/propose.html",
        fund=fund,
        setting=changed,
        value=queries.value_of(fund, changed),
        available=available,
        earmarks=note_on(session(), fund, available) if available is not None else "",
        form=form,
        refused=refusal(lambda: service.require_none_waiting(session(), fund, changed)),
    )


def _find_setting(code: str) -> Setting:
    if code not in set(Setting):
        raise Missing(_("Setting not found."))
    return Setting.of(code)


@pages.get("/changes/<int:number>")
@needs(Permission.LEDGER_SEE)
def show(number: int) -> ResponseReturnValue:
    """One change: from what to what, why, and what became of it."""
    change = possible(queries.change_for_viewer(session(), number, viewer()), SETTING_CHANGE)
    return render_template(
        "books/settings/show.html",
        change=change,
        state=SETTING_CHANGE.names[change.state],
        trail=trail_of(session(), "setting_change", change.id),
        labels={step.action: step.label for step in SETTING_CHANGE.steps},
        steps=buttons(change, SETTING_CHANGE, number=change.id),
    )


change_pages = StepPages(
    pages,
    SETTING_CHANGE,
    lambda number: queries.change_for_viewer(session(), number, viewer()),
    _page_of,
    lambda change: (change.fund.code, change.setting.label),
)

change_pages.step(
    "put_in_force",
    "/changes/<int:number>/approve",
    done=_l("The change has taken effect."),
    template="books/settings/decide.html",
)
change_pages.step("decline", "/changes/<int:number>/decline", template="books/settings/decide.html")
