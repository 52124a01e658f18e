"""The story of a pledge in plain words: what happened, what is due now, what comes next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money
from grants.core.texts.formats import plain_day, plain_money
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.giving.pledges.schedule import Payment
from grants.giving.pledges.signatures.workflow import Party
from grants.giving.pledges.workflow import OFFERED, STANDING, UNANSWERED

Happening = dict[str, Any]
"""As the macro `timeline` takes it: title, text, at, by, state."""

Facts = Mapping[str, Any]
"""Particulars of an act, as its trail row keeps them."""

INSIDE = frozenset(
    {
        *("create", "send_link", "unbook", "request_change", "refuse_change"),
        *("hold_reminders", "resume_reminders", "accept_gift"),
    }
)
"""Acts that only the fund's people read of."""


def for_fund(pledge: Pledge, trail: Iterable[TrailRow]) -> list[Happening]:
    """Every act on a pledge, with who did it and why."""
    return [
        {
            "title": _title_of(pledge, row),
            "at": row.at,
            "by": row.actor,
            "text": " · ".join(part for part in (_text_of(row), _reason_of(row)) if part),
        }
        for row in trail
    ]


def for_donor(
    pledge: Pledge, trail: Sequence[TrailRow], due: Payment | None, outstanding: Money
) -> list[Happening]:
    """What happened, without names and reasons, and what is to come."""
    offered = any(row.action == "offer_agreement" for row in trail)
    lines = [
        {"title": _title_of(pledge, row), "at": row.at, "text": _text_of(row)}
        for row in trail
        if row.action not in INSIDE
    ]
    return [*lines, *_to_come(pledge, due, outstanding, offered=offered)]


def _title_of(pledge: Pledge, row: TrailRow) -> str:
    titles = {
        "create": _("Gift recorded") if pledge.is_gift else _("Pledge recorded"),
        "send_link": _("E-mail with the bank details sent")
        if pledge.express
        else _("Confirmation link sent"),
        "confirm": _("Gift made and confirmed")
        if pledge.is_gift
        else _("Pledge made and confirmed"),
        "confirm_by_transfer": _("Gift confirmed by its transfer"),
        "accept_gift": _("Gift accepted: the name is not on the sanctions list"),
        "enter": _("Gift entered by the fund: %(how)s", how=pledge.source.label)
        if pledge.is_gift
        else _("Pledge entered by the fund: %(how)s", how=pledge.source.label),
        "acknowledge": _("Gift acknowledged, letter sent")
        if pledge.is_gift
        else _("Pledge acknowledged, letter sent"),
        "sign_agreement": _("Signed agreement recorded"),
        "unbook": _("Agreement reversed, to be posted again"),
        "meet_condition": _("Condition of the agreement met"),
        "receive_deposit": _("Payment received"),
        "reverse_deposit": _("Payment reversed and receipt cancelled"),
        "refund": _("Payment refunded"),
        "take_refund_back": _("Refund reversed"),
        "request_change": _("Change requested: %(kind)s", kind=_kind_of(row)),
        "approve_change": _kind_of(row),
        "refuse_change": _("Change rejected: %(kind)s", kind=_kind_of(row)),
        "offer_agreement": _("Agreement sent for signature"),
        "sign_online": _("Agreement signed online: %(side)s", side=_side_of(row)),
        "attach_note": _("Note verbale attached"),
        "return_agreement": _("Signed agreement uploaded by the donor"),
        "send_agreement_back": _("Agreement returned to the donor"),
        "remind": _("Payment reminder sent"),
        "hold_reminders": _("Reminders paused"),
        "resume_reminders": _("Reminders resumed"),
        "reschedule": _("New payment schedule"),
        "set_due_day": _("Payment date set by the fund"),
        "ask_date": _("Change of payment date requested"),
        "refuse_date": _("Change of payment date declined"),
        "propose_earmark": _("New earmark proposed"),
        "change_earmark": _("Earmark changed"),
        "decline_earmark": _("Proposed earmark declined"),
        "decline": _("Gift not accepted") if pledge.is_gift else _("Pledge not accepted"),
        "withdraw": _("Gift withdrawn") if pledge.is_gift else _("Pledge withdrawn"),
        "take_back": _("Gift withdrawn") if pledge.is_gift else _("Pledge withdrawn"),
    }
    return titles.get(row.action, row.action)


def _side_of(row: TrailRow) -> str:
    side = row.facts.get("side")
    return str(Party(side).label) if side else ""


def _reason_of(row: TrailRow) -> str:
    """The reason, kept together in whichever direction it is written."""
    return f"\u2068{row.reason}\u2069" if row.reason else ""


def _kind_of(row: TrailRow) -> str:
    kind = row.facts.get("kind")
    return str(ChangeKind.of(kind).label) if kind else ""


def _text_of(row: TrailRow) -> str:
    say = _TEXTS.get(row.action)
    return say(row.facts) if say else ""


def _deposit_text(facts: Facts) -> str:
    amount = plain_money(Money(facts["minor"], facts["currency"]))
    return _("%(amount)s, receipt %(receipt)s", amount=amount, receipt=facts["receipt"])


def _amount_text(facts: Facts) -> str:
    return plain_money(Money(facts["minor"], facts["currency"]))


def _plan_text(facts: Facts) -> str:
    return ngettext("%(num)s payment", "%(num)s payments", facts["payments"])


def _other_day(facts: Facts) -> str:
    return plain_day(date.fromisoformat(facts["day"]))


def _signed_text(facts: Facts) -> str:
    return _("Signed on %(day)s", day=plain_day(date.fromisoformat(facts["signed_on"])))


def _met_text(facts: Facts) -> str:
    return _("On %(day)s", day=plain_day(date.fromisoformat(facts["on"])))


_TEXTS: Mapping[str, Callable[[Facts], str]] = {
    "receive_deposit": _deposit_text,
    "reverse_deposit": _deposit_text,
    "refund": _amount_text,
    "take_refund_back": _amount_text,
    "request_change": _amount_text,
    "approve_change": _amount_text,
    "refuse_change": _amount_text,
    "reschedule": _plan_text,
    "ask_date": _other_day,
    "refuse_date": _other_day,
    "sign_agreement": _signed_text,
    "meet_condition": _met_text,
}
"""What an act's particulars say below its title."""


def _to_come(
    pledge: Pledge, due: Payment | None, outstanding: Money, *, offered: bool
) -> list[Happening]:
    """The steps ahead of a pledge that is not withdrawn or declined; the first of them is what is
    due now.
    """
    if pledge.state not in STANDING:
        return []
    ahead = []
    if pledge.returned_document_id:
        ahead.append({"title": _("The fund checks the agreement that you signed")})
    if pledge.state in UNANSWERED and not pledge.express:
        ahead.append({"title": _("The fund thanks you with a letter")})
    to_agree = pledge.state in OFFERED and not pledge.express
    if to_agree and outstanding and not pledge.returned_document_id:
        ahead.append({"title": _to_agree(offered=offered)})
    if due:
        ahead.append({"title": _("Payment due"), "text": _due_text(due)})
    elif outstanding:
        ahead.append({"title": _("Upcoming payment"), "text": plain_money(outstanding)})
    else:
        return [*ahead, {"title": _("Paid in full"), "text": _("Thank you.")}]
    return [event | {"state": "next" if at else "now"} for at, event in enumerate(ahead)]


def _to_agree(*, offered: bool) -> str:
    if offered:
        return _("You sign the agreement, online or on paper")
    return _("The fund agrees the terms of the contribution with you")


def _due_text(due: Payment) -> str:
    return _("%(amount)s by %(day)s", amount=plain_money(due.left), day=plain_day(due.due_on))
