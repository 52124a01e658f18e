"""Thanking donors: the page of the fund's people, and the page each donor may share."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.fundraising.thanks import service
from grants.fundraising.thanks.facts import Year, as_read, purposes_of, year_of
from grants.fundraising.thanks.forms import ThanksForm
from grants.fundraising.thanks.models import ThanksLetter
from grants.fundraising.thanks.queries import (
    letter_counts,
    letter_of_token,
    letter_to_post,
    letters_to_post,
    readers_to_thank,
    rounds_of,
)
from grants.fundraising.thanks.uninformed import uninformed_donors
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, public, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.face import speak_for
from grants.platform.web.funds import fund_for_viewer, funds_for_viewer, to_first_fund

pages = Blueprint("thanks", __name__)
P = Permission


@pages.get("/thanks")
@needs(P.OUTREACH_SEE)
def index() -> ResponseReturnValue:
    """The rounds of the first fund that the person works for."""
    return to_first_fund(P.OUTREACH_SEE, "thanks.rounds")


@pages.route("/thanks/<code>", methods=["GET", "POST"])
@needs(P.OUTREACH_SEE)
def rounds(code: str) -> ResponseReturnValue:
    """What donors were told and when; the next round as it would read, and the button."""
    fund, form = fund_for_viewer(code, P.OUTREACH_SEE), ThanksForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            thanks = service.begin_round(opened, fund, form.words(), this_act())
        if outcome:
            letters, _sent = letter_counts(session(), fund)[thanks.id]
            text = _n("%(num)s letter is being sent.", "%(num)s letters are being sent.", letters)
            flash(text, "success")
            return redirect(url_for("thanks.rounds", code=code))
    readers = readers_to_thank(session(), fund)
    return render_template(
        "fundraising/thanks/rounds.html",
        fund=fund,
        funds=funds_for_viewer(P.OUTREACH_SEE),
        form=form,
        refused=refusal(lambda: service.require_due(session(), fund)),
        year=_year_to_tell(fund),
        readers=len(readers),
        by_post=sum(1 for reader in readers if reader.by_post),
        earmarking=sum(1 for reader in readers if reader.earmarked),
        to_post=letters_to_post(session(), fund),
        uninformed=uninformed_donors(session(), fund),
        rounds=rounds_of(session(), fund),
        counts=letter_counts(session(), fund),
        may_send=viewer().may(P.OUTREACH_SEND, Scope(fund.id)),
    )


def _year_to_tell(fund: Fund) -> Year | None:
    try:
        return year_of(session(), fund)
    except Conflict:
        return None


_letters: StepPages[ThanksLetter] = StepPages(
    pages,
    None,
    lambda code, number: letter_to_post(session(), fund_for_viewer(code, P.OUTREACH_SEND), number),
    lambda letter: url_for("thanks.rounds", code=letter.round.fund.code),
    lambda letter: (letter.round.code, letter.donor.name),
)
_letters.act(
    "send_by_post",
    P.OUTREACH_SEND,
    "/thanks/<code>/letters/<int:number>/posted",
    Form,
    lambda opened, letter, _form, act: service.send_by_post(opened, letter, act),
    title=_l("Record as sent by post"),
    lead=_l("Print the letter, send it to the address of the donor, and record it here."),
    done=_l("Recorded as sent by post."),
)


@pages.get("/thank-you/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """What the fund did with the money of its donors. It names nobody and no amount: the address
    may be passed on.
    """
    letter = letter_of_token(session(), token)
    speak_for(letter.round.fund.code)
    return render_template(
        "fundraising/thanks/page.html",
        letter=letter,
        fund=letter.round.fund,
        year=as_read(letter.round.facts),
        words=letter.round.words,
        purposes=purposes_of(session(), letter),
        token=token,
    )
