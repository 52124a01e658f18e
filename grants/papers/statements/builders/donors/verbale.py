"""The note verbale with which a mission announces a pledge: a text for its own letterhead."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.countries.countries import country_name
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.texts.formats import plain_day, plain_money
from grants.core.texts.marks import spaced
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_by_reference
from grants.papers.typesetting.paper import Issuer, Paper


@dataclass(frozen=True, slots=True)
class NoteVerbale:
    """What a Member State says of its pledge to the fund, in the third person."""

    pledge: str
    state: str
    country: str
    made_on: date
    paragraphs: tuple[str, ...]
    """In the reader's language."""
    to: str
    """The office that the note goes to, line by line."""


def note_verbale(session: Session, reference: str) -> Paper:
    """The text of a note on a pledge of a Member State; Missing for another donor's."""
    pledge = pledge_by_reference(session, reference)
    if pledge.donor is None or pledge.donor.kind is not DonorKind.MEMBER_STATE:
        raise Missing(_("A note verbale is for pledges of Member States."))
    issuer = Issuer.of(pledge.fund)
    country = country_name(pledge.donor.country) if pledge.donor.country else pledge.donor.name
    facts = NoteVerbale(
        pledge=pledge.reference,
        state=pledge.donor.name,
        country=country,
        made_on=pledge.pledged_on,
        paragraphs=tuple(_paragraphs_of_note(pledge, country, issuer)),
        to="\n".join((issuer.name, *issuer.letterhead)),
    )
    return Paper(
        document="note-verbale",
        title=_("Note verbale"),
        reference=pledge.reference,
        on=pledge.pledged_on,
        issuer=issuer,
        facts=facts,
    )


def _paragraphs_of_note(pledge: Pledge, country: str, issuer: Issuer) -> list[str]:
    """The compliments, what is pledged, how it is paid and what for, the assurances."""
    amount = plain_money(pledge.standing)
    paragraphs = [
        _(
            "The Permanent Mission of %(country)s presents its compliments to the secretariat of "
            "the %(fund)s and has the honour to inform it that the Government of %(country)s "
            "pledges a contribution of %(amount)s to the fund (reference %(reference)s).",
            country=country,
            fund=issuer.name,
            amount=amount,
            reference=pledge.reference,
        )
    ]
    if pledge.instalments:
        parts = spaced(";").join(
            _("%(amount)s on %(day)s", amount=plain_money(part.amount), day=plain_day(part.due_on))
            for part in pledge.instalments
        )
        paragraphs.append(
            _("The contribution will be paid as follows: %(payments)s.", payments=parts)
        )
    paragraphs.append(
        _("The contribution is for: %(purpose)s.", purpose=pledge.purpose)
        if pledge.purpose
        else _("The contribution is not earmarked. The fund may use it where the need is greatest.")
    )
    paragraphs.append(
        _(
            "The Permanent Mission of %(country)s avails itself of this opportunity to renew to "
            "the secretariat of the fund the assurances of its highest consideration.",
            country=country,
        )
    )
    return paragraphs
