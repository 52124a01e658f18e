"""The letter that asks a donor to give, as it was worded when its mailing began."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.fundraising.appeals.queries import letter_called
from grants.papers.typesetting.paper import Addressee, Issuer, Paper


@dataclass(frozen=True, slots=True)
class AppealLetter:
    """One donor's letter of a campaign. `paragraphs` are lines of text each."""

    donor: Addressee
    contact: str | None
    """Who reads it; none where it goes to the donor as such."""
    function: str | None
    heading: str
    paragraphs: tuple[tuple[str, ...], ...]


def appeal_letter(session: Session, reference: str) -> Paper:
    """The letter of one line of a mailing, whole in the language it was written in."""
    line = letter_called(session, reference)
    facts = AppealLetter(
        donor=Addressee(line.donor.name, line.address, line.donor.country),
        contact=line.name if line.contact_id else None,
        function=line.function,
        heading=line.heading or "",
        paragraphs=tuple(
            tuple(part.splitlines()) for part in (line.body or "").split("\n\n") if part.strip()
        ),
    )
    with use_language(line.language) as language:
        return Paper(
            document="appeal-letter",
            title=_("Appeal for contributions"),
            reference=line.reference,
            on=line.mailing.campaign.fund.day_of(line.mailing.begun_at),
            issuer=Issuer.of(line.mailing.campaign.fund),
            facts=facts,
            language=language.code,
        )
