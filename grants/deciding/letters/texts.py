"""How letters to applicants begin and end: the standard words, or those of the fund.

Words of a fund may name facts of the letter in braces, such as {project}. Nothing else in braces
is accepted, so that no letter goes out with a gap.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import current_language, in_language, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.deciding.letters.models import Letter, LetterText

FACTS: Mapping[str, str] = {
    "fund": _l("name of the fund"),
    "organisation": _l("name of the organisation"),
    "project": _l("title of the project"),
    "application": _l("number of the application"),
    "call": _l("title of the call"),
}
"""What words may name in braces, in every letter."""
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a letter begins and ends; paragraphs are parted by an empty line."""

    opening: str
    closing: str


def standard(letter: Letter) -> Frame:
    """The words of a fund that has none of its own, in the current language."""
    return Frame(_usual_opening(letter), _usual_closing(letter))


def _usual_opening(letter: Letter) -> str:
    if letter is Letter.AWARD:
        return _(
            "We are pleased to inform you that your project has been selected for support by the "
            "%(fund)s.",
            fund="{fund}",
        )
    if letter is Letter.RESERVE:
        return _(
            "Your application was assessed in full. It has been placed on the reserve"
            " list of this call, because there was not enough money to fund all the "
            "proposals that deserve support. If more money becomes available, the "
            "applications on the list will be considered in order."
        )
    if letter is Letter.INELIGIBLE:
        return _(
            "We regret to inform you that your application could not be assessed, because it does "
            "not meet the eligibility criteria of this call."
        )
    if letter is Letter.NOT_INVITED:
        return _(
            "Your concept note was assessed in full. We regret that we cannot invite you to send a "
            "full proposal in this call."
        )
    return _(
        "Your application was assessed in full. We regret that no grant could be awarded to it in "
        "this call."
    )


def _usual_closing(letter: Letter) -> str:
    if letter is Letter.AWARD:
        return _(
            "Please do not incur any expenditure before the agreement is signed. Such expenditure "
            "cannot be charged to the grant."
        )
    if letter is Letter.RESERVE:
        return _(
            "This is not a commitment to award a grant. You do not need to do anything now, and "
            "you are free to apply elsewhere. Please tell us if the project has been funded or "
            "will not be carried out."
        )
    again = _(
        "The fund receives more good proposals than it can support. This decision applies to this "
        "call only. You are welcome to apply again and may reuse material from this application."
    )
    error = _(
        "If you believe that the decision is based on an error of fact, please write to us within "
        "thirty days, quoting the reference of the application."
    )
    return f"{again}\n\n{error}"


def text_of(
    session: Session, fund_id: int, letter: Letter, language: str, at: datetime | None = None
) -> LetterText | None:
    """The fund's own words for a letter at a moment (None: now); None while it has none."""
    query = select(LetterText).where(
        LetterText.fund_id == fund_id,
        LetterText.letter == letter,
        LetterText.language == language,
    )
    if at is not None:
        query = query.where(LetterText.written_at <= at)
    return session.scalar(query.order_by(LetterText.id.desc()).limit(1))


def newest_texts(
    session: Session, funds: Collection[int]
) -> Mapping[tuple[int, Letter, str], LetterText]:
    """The own words of these funds for each letter in each language that has some."""
    kind = LetterText.fund_id, LetterText.letter, LetterText.language
    newest = select(LetterText).where(LetterText.fund_id.in_(funds)).ext(distinct_on(*kind))
    texts = session.scalars(newest.order_by(*kind, LetterText.id.desc()))
    return {(text.fund_id, text.letter, text.language): text for text in texts}


def frame_of(
    session: Session, fund: Fund, letter: Letter, facts: Mapping[str, str], at: datetime | None
) -> Frame:
    """How a letter decided at a moment begins and ends, in the current language."""
    usual = standard(letter)
    fund_text = text_of(session, fund.id, letter, current_language().code, at)
    opening, closing = (fund_text.opening, fund_text.closing) if fund_text else ("", "")
    return Frame(filled(opening or usual.opening, facts), filled(closing or usual.closing, facts))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with its facts; what is no fact stays as it is written."""
    return _BRACES.sub(lambda braces: facts.get(braces[1].strip(), braces[0]), text)


def unknown_facts(text: str) -> list[str]:
    """What stands in braces and is no fact of a letter, in its order, each once."""
    names = [name.strip() for name in _BRACES.findall(text)]
    return list(dict.fromkeys(name for name in names if name not in FACTS))


def write_text(
    session: Session, fund: Fund, letter: Letter, language: str, words: Frame, act: Act
) -> LetterText:
    """Let the letters of a fund begin and end in other words from now on; empty words are the
    standard ones. DomainError for a fact that no letter has, or a language the fund has not.
    """
    act.demand(Permission.CALL_OPEN, Scope(fund.id))
    if language not in fund.languages:
        raise DomainError(_("The fund does not write in this language."))
    if unknown := unknown_facts(f"{words.opening}\n{words.closing}"):
        raise DomainError(not_a_fact(unknown[0]))
    text = LetterText(
        fund_id=fund.id,
        letter=letter,
        language=language,
        opening=words.opening.strip(),
        closing=words.closing.strip(),
        written_by_id=act.actor.person_id,
        written_at=act.at,
    )
    session.add(text)
    session.flush()
    record(session, text, "write_letter_text", act, letter=letter.value, language=language)
    return text


def not_a_fact(name: str) -> str:
    """Why words in braces are refused, and which there are."""
    names = ", ".join(f"{{{fact}}}" for fact in FACTS)
    return _("{%(name)s} is not known. You can use: %(known)s.", name=name, known=names)


def example_facts(fund: Fund, language: str) -> dict[str, str]:
    """Facts of an application that does not exist, for a look at the words."""
    with use_language(language):
        return {
            "fund": in_language(fund.name),
            "organisation": _("Example Organisation"),
            "project": _("Example project"),
            "application": f"{fund.code}-0000-0001",
            "call": _("Example call"),
        }
