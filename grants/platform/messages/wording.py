"""The words of an e-mail: in the recipient's language, and in the others of its fund.

An e-mail is worded from the records at the moment of the act, in every language of the fund at
once: later they may have changed. The other languages are read on a page of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.language import LANGUAGES, OFFERED, Language, offered, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.texts.templates import environment

SECRETS: Mapping[str, str] = {
    "applying/organisations/confirm": "url",
    "applying/organisations/invitation": "url",
    "applying/public_questions/confirm": "url",
    "applying/references/asked": "url",
    "applying/references/reminded": "url",
    "giving/donors/invitation": "url",
    "giving/pledging/confirm": "url",
    "giving/pledging/gift": "url",
    "platform/signatures/code": "code",
    "platform/signin/passphrase_link": "url",
    "platform/staff/account_linked": "url",
    "platform/staff/appointed": "url",
}
"""E-mails with a code or a link that works for who has it, and the fact that holds it: it stands
in the e-mail alone, never on its page.
"""

WRITTEN_BY_STAFF = frozenset({"fundraising/appeals/appeal"})
"""E-mails that the fund's people word themselves, for each language: they have no other words."""


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and plain text, in one language. The text ends with the name of the fund."""

    language: str
    subject: str
    text: str


def words_of(
    fund: Fund | None, recipient: Any, template: str, facts: Mapping[str, Any], code: str
) -> Words:
    """An e-mail in one language."""
    room, _slash, name = template.rpartition("/")
    with use_language(code):
        title = fund.title if fund else _("United Nations voluntary trust funds")
        lettered = environment().get_template(f"{room}/email/{name}.txt")
        worded = lettered.render(recipient=recipient, **facts)
    subject, _line, body = worded.strip().partition("\n")
    return Words(code, subject.strip()[:200], f"{body.strip()}\n\n{title}\n")


def other_words(
    fund: Fund | None, recipient: Any, template: str, facts: Mapping[str, Any]
) -> list[Words]:
    """An e-mail as its page shows it: in the other languages of the fund. Of an e-mail with a
    secret the page does not show the words that were sent, but the same without the secret.
    """
    spoken = fund.languages if fund else offered()
    others = [code for code in OFFERED if code in spoken and code != recipient.language]
    if not others or template in WRITTEN_BY_STAFF:
        return []
    secret = SECRETS.get(template)
    if secret is None:
        return [words_of(fund, recipient, template, facts, code) for code in others]
    return [
        words_of(fund, recipient, template, {**facts, secret: _without_secret(code)}, code)
        for code in (recipient.language, *others)
    ]


def _without_secret(code: str) -> str:
    with use_language(code):
        return _("(shown only in the e-mail)")


def languages_to_read(language: str, others: Sequence[Mapping[str, str]]) -> list[Language]:
    """In which languages an e-mail in this one can be read on its page."""
    return [LANGUAGES[words["language"]] for words in others if words["language"] != language]


def address_of(page: str, code: str = "") -> str:
    """Where an e-mail is read in other languages."""
    return absolute(f"/e-mails/{page}{'?language=' if code else ''}{code}")


def text_head(page: str, languages: Sequence[Language]) -> str:
    """The first line of an e-mail in plain text: each language by its own name, and the page."""
    return f"{' · '.join(language.name for language in languages)}\n{address_of(page)}\n\n"


def as_html(
    fund: Fund | None, words: Words, mark: str, page: str, languages: Sequence[Language]
) -> str:
    """An e-mail set in HTML, with a link to each other language in its head."""
    with use_language(words.language) as language:
        lettered = environment().get_template("layout/email.html")
        return lettered.render(
            subject=words.subject,
            paragraphs=paragraphs_of(words.text),
            language=language,
            head=fund.code if fund else _("UN trust funds"),
            mark=mark,
            others=[(other, address_of(page, other.code)) for other in languages],
        )


def paragraphs_of(text: str) -> list[list[tuple[str, bool]]]:
    """The lines of each, and whether they are an address."""
    parts = (part.strip() for part in text.split("\n\n"))
    return [
        [(line, line.startswith(("http://", "https://"))) for line in part.splitlines()]
        for part in parts
        if part
    ]
