"""A trustee votes on all items of a session on one page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.board.forms import shown_amount
from grants.deciding.sessions import queries, sitting
from grants.deciding.sessions.models import BALLOT, AgendaItem, BoardSession, Choice
from grants.deciding.sessions.sitting import Ballot
from grants.deciding.sessions.views import done, meeting_for, pages
from grants.platform.forms.fields import HiddenField, LongTextField, RadioField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session

OPEN = "open"
"""An item on which nothing is chosen stays without a vote."""


class BallotsForm(Form):
    """Made by `ballots_form` for the items that this trustee may vote on."""

    rest = RadioField(
        _l("Items on which I choose nothing"),
        lambda: [
            (OPEN, _("I will vote on them later")),
            (Choice.FOR.value, _("I vote for all of them")),
            (Choice.ABSTAIN.value, _("I abstain on all of them")),
        ],
        required=True,
    )
    items: Sequence[AgendaItem] = ()

    def rows(self) -> Iterator[tuple[AgendaItem, Any, Any, Any]]:
        """Each item with its fields: the vote, the reasons, the amount that is shown."""
        for item in self.items:
            number = item.id
            yield item, self[f"choice_{number}"], self[f"reason_{number}"], self[f"amount_{number}"]

    def ballots(self) -> Mapping[int, Ballot]:
        """The vote on each item on which there is one, by its id."""
        for_others = "" if self.rest.data == OPEN else self.rest.data
        return {
            item.id: Ballot(Choice(chosen), shown_amount(amount), reason.data or "")
            for item, choice, reason, amount in self.rows()
            if (chosen := choice.data or for_others)
        }


def ballots_form(items: Sequence[AgendaItem], person_id: int | None) -> BallotsForm:
    """The items with the votes that this trustee has cast."""
    drawn: dict[str, Any] = {"items": items}
    data: dict[str, Any] = {"rest": OPEN}
    choices = [(choice.value, choice.label) for choice in BALLOT]
    for item in items:
        title = item.application.title
        drawn[f"choice_{item.id}"] = RadioField(title, choices, inline=True)
        drawn[f"reason_{item.id}"] = LongTextField(
            _l("Reasons"), hint=_l("Required if you vote against."), limit=2000, rows=2
        )
        drawn[f"amount_{item.id}"] = HiddenField()
        data[f"amount_{item.id}"] = str(item.amount)
        for vote in item.votes:
            if vote.trustee_id == person_id:
                data[f"choice_{item.id}"] = vote.choice.value
                data[f"reason_{item.id}"] = vote.reason
    kind: type[BallotsForm] = type("BallotsFormOfSession", (BallotsForm,), drawn)
    return kind(data=data)


def _items_to_vote(meeting: BoardSession) -> list[AgendaItem]:
    """The items of a session on which this trustee may vote."""
    open_ones = queries.open_items(session(), meeting, viewer())
    listed = queries.items_of(session(), meeting)
    return [item for item in listed if item.application_id in open_ones and not item.put_off]


@pages.route("/<reference>/votes", methods=["GET", "POST"])
@needs(Permission.BOARD_SIT)
def votes(reference: str) -> ResponseReturnValue:
    """All items of a session that are open to this trustee: voted on together, all or none."""
    meeting = meeting_for(reference, Permission.BOARD_SIT)
    sitting.require_open(meeting)
    items = _items_to_vote(meeting)
    form = ballots_form(items, viewer().person_id)
    if form.validate_on_submit() and (number := _cast_ballots(form, meeting)) is not None:
        return done(meeting, _("Votes recorded: %(number)s.", number=number))
    return render_template(
        "deciding/sessions/votes.html",
        meeting=meeting,
        form=form,
        refused=refusal(lambda: _require_vote(items)),
    )


def _require_vote(items: Sequence[AgendaItem]) -> None:
    if items:
        sitting.require_vote(session(), items[0], this_act())


def _cast_ballots(form: BallotsForm, meeting: BoardSession) -> int | None:
    """How many votes were cast; None if one was refused, which its item then says."""
    ballots, number = form.ballots(), 0
    with attempt(form) as (opened, outcome):
        for item in _items_to_vote(meeting):
            if ballot := ballots.get(item.id):
                number += _vote_on(opened, item, ballot)
    return number if outcome else None


def _vote_on(opened: Session, item: AgendaItem, ballot: Ballot) -> bool:
    """Vote on one item; a refusal names it."""
    try:
        return sitting.cast_if_new(opened, item, ballot, this_act())
    except DomainError as refusal:
        raise type(refusal)(
            f"{item.application.reference}{spaced(':')}{refusal.message}"
        ) from refusal
