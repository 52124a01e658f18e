"""What a guide is: paragraphs with headings, and those that each of them has."""

from dataclasses import dataclass

from grants.core.kernel.language import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One subject of a guide. `key` is its anchor, which pages link to."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide for those who stand in one relation to the fund, in the order of what they do."""

    title: str
    lead: str
    paragraphs: tuple[Paragraph, ...]


START = Paragraph(
    "start",
    _l("Begin your day"),
    _l(
        "Your start page lists what is awaiting your action, overdue tasks first, each with the"
        " button for the next step. Lists show open work first; choose their columns and save views"
        " of your own. Ctrl K or ⌘ K leads to any page or record."
    ),
)
ACCOUNT = Paragraph(
    "account",
    _l("Your account"),
    _l(
        "Each person signs in with their own e-mail address and passphrase; never share them. In"
        " your account you choose your language, change your passphrase, add a second factor and"
        " see where you are signed in. If you have forgotten your passphrase, ask for a link on the"
        " page where you sign in."
    ),
)
DATA = Paragraph(
    "data",
    _l("Your data"),
    _l(
        "The page on privacy says what is kept about you, why and for how long. In "
        "your account you can download all of it and ask that it be erased. Records "
        "that the rules of the United Nations require, such as accounts and signed "
        "documents, are kept for as long as the rules say."
    ),
)
