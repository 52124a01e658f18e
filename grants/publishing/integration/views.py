"""Tokens: the list, making one, which is shown once, and revoking it."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import trail_of
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.trail.records import KINDS
from grants.platform.trail.words import ACTS
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer
from grants.publishing.integration import queries, service
from grants.publishing.integration.forms import TokenForm
from grants.publishing.integration.models import ApiToken

pages = Blueprint("tokens", __name__, url_prefix="/tokens")


def _state_of(token: ApiToken) -> str:
    if token.revoked_at:
        return _("Revoked")
    return _("Valid") if token.is_valid else _("Ended")


TOKENS = Listing(
    columns=(
        Column(
            _l("Program"),
            lambda token: token.name,
            link=lambda token: url_for("tokens.show", number=token.id),
        ),
        Column(_l("Fund"), lambda token: token.fund.code),
        Column(_l("What it may do"), lambda token: token.purpose.label),
        Column(_l("Status"), _state_of),
        Column(_l("Valid until"), lambda token: token.ends_on, kind="date"),
        Column(_l("Last used"), lambda token: token.used_at, kind="date"),
        Column(_l("Key begins with"), lambda token: token.hint, shown=False),
        Column(_l("Created by"), lambda token: token.made_by.name, shown=False),
        Column(
            _l("Created on"), lambda token: token.made_at, kind="date", order="newest", shown=False
        ),
    ),
    orders={"newest": Order(ApiToken.id, descending=True)},
)


@pages.get("")
@in_menu(_l("Tokens of programs"), 96)
@needs(Permission.TOKEN_MAKE)
def index() -> ResponseReturnValue:
    """Every token of the funds that one administers, the newest first."""
    listed = TOKENS.of(session(), queries.tokens_for(at_work()), "tokens")
    return listed.file or render_template("publishing/integration/index.html", listed=listed)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.TOKEN_MAKE)
def make_token() -> ResponseReturnValue:
    """Make a token: its key is on the page that follows, and nowhere else."""
    funds = funds_for_viewer(Permission.TOKEN_MAKE)
    form = TokenForm(funds=funds)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.fund.data)
            token, key = service.make_token(opened, fund, form.terms, this_act())
            name = token.name
        if outcome:
            return render_template("publishing/integration/key.html", name=name, key=key)
    return render_template("publishing/integration/new.html", form=form)


@pages.get("/<int:number>")
@needs(Permission.TOKEN_MAKE)
def show(number: int) -> ResponseReturnValue:
    """A token, what became of it, and what its program did last."""
    token = queries.token_for_viewer(session(), number, viewer())
    return render_template(
        "publishing/integration/show.html",
        token=token,
        state=_state_of(token),
        trail=trail_of(session(), ApiToken.__tablename__, token.id),
        acts=queries.newest_acts(session(), token),
        words=ACTS,
        kinds=KINDS,
    )


token_pages = StepPages(
    pages,
    None,
    lambda number: queries.token_for_viewer(session(), number, viewer()),
    lambda token: url_for("tokens.show", number=token.id),
    lambda token: (token.name,),
)
token_pages.act(
    "revoke_token",
    Permission.TOKEN_MAKE,
    "/<int:number>/revoke",
    ReasonForm,
    lambda opened, token, _form, act: service.revoke_token(opened, token, act),
    title=_l("Revoke the token"),
    lead=_l("The program will no longer have access."),
    tone="warning",
    done=_l("The token has been revoked."),
)
