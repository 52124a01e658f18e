"""What the fund did, as a donor was told: to be printed or passed on. It names no donor."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.reading import language_read
from grants.fundraising.thanks.facts import Purpose, Year, as_read, purposes_of
from grants.fundraising.thanks.queries import letter_of_token
from grants.papers.typesetting.paper import Issuer, Paper


@dataclass(frozen=True, slots=True)
class Thanks:
    """The results of a year, and what earmarked money did."""

    year: Year
    words: str
    language: str
    """Of the words: that of the paper, or in which the fund wrote them."""
    purposes: tuple[Purpose, ...]
    pooled: bool


def thanks_paper(session: Session, token: str) -> Paper:
    """The paper of the letter behind a link."""
    letter = letter_of_token(session, token)
    sent_round = letter.round
    language = language_read(sent_round.words)
    return Paper(
        document="thanks",
        title=_("What your support did"),
        reference=sent_round.code,
        on=sent_round.fund.day_of(sent_round.begun_at),
        issuer=Issuer.of(sent_round.fund),
        facts=Thanks(
            as_read(sent_round.facts),
            in_language(sent_round.words),
            language.code,
            tuple(purposes_of(session, letter)),
            letter.pooled,
        ),
    )
