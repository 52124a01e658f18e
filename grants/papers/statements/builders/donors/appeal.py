"""The letter that asks a donor to give, as it was worded when its mailing began."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.fundraising.appeals.models import MailingLine
from grants.fundraising.appeals.queries import letter_called
from grants.giving.donors.models import Contact
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
    leaving: str = ""
    """How to be sent no more appeals."""


def _how_to_leave(line: MailingLine) -> str:
    """Said on each letter, with the address that takes it where the fund has one."""
    fund = line.mailing.campaign.fund
    with use_language(line.language):
        if fund.contact_email:
            return _(
                "If you do not want to receive further appeals, write to %(email)s and quote "
                "%(reference)s.",
                email=fund.contact_email,
                reference=line.reference,
            )
        return _(
            "If you do not want to receive further appeals, write to us at the address above and "
            "quote %(reference)s.",
            reference=line.reference,
        )


def _formal_name(session: Session, line: MailingLine) -> str | None:
    """Who reads it, as an envelope has it; none where it goes to the donor as such."""
    contact = session.get(Contact, line.contact_id) if line.contact_id else None
    with use_language(line.language):
        return contact.with_honorific(line.name) if contact else None


def appeal_letter(session: Session, reference: str) -> Paper:
    """The letter of one line of a mailing, whole in the language it was written in."""
    line = letter_called(session, reference)
    facts = AppealLetter(
        donor=Addressee(line.donor.name, line.address, line.donor.country),
        contact=_formal_name(session, line),
        function=line.function,
        heading=line.heading or "",
        paragraphs=tuple(
            tuple(part.splitlines()) for part in (line.body or "").split("\n\n") if part.strip()
        ),
        leaving=_how_to_leave(line),
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
