"""The text of an appeal with fields in it, such as {donor}. Only these fields mean anything: no
user's text is ever run as a template.
"""

import re
import unicodedata
from collections.abc import Mapping

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l

FIELDS: Mapping[str, str] = {
    "salutation": _l("“Dear Ana Prado”, with the contact person’s name; or “Excellency”"),
    "contact": _l("name of the contact person"),
    "function": _l("job title of the contact person, such as First Secretary"),
    "donor": _l("name of the donor"),
    "country": _l("name of the donor’s country; if there is none, the name of the donor"),
    "thanks": _l(
        "thanks for the donor’s last payment; nothing for a donor that has never contributed"
    ),
    "last_contribution": _l("amount of the donor’s last payment to the fund"),
    "last_contribution_on": _l("date of that payment"),
    "funding_gap": _l("the fund’s funding gap today, in US dollars"),
    "target": _l("target of the campaign"),
    "fund": _l("name of the fund"),
    "campaign": _l("name of the campaign"),
    "link": _l("address at which the donor can pledge"),
    "page": _l("address of the public page of the campaign"),
}
"""Every field a text may hold, and what replaces it in the letter."""

PAST = frozenset({"last_contribution", "last_contribution_on"})
"""What only a donor has who gave before."""

_FIELD = re.compile(r"\{([^{}\n]*)\}")
_JOINERS = "\u200c\u200d"
"""Invisible, but Persian and Indic words are wrong without them."""


def fields_in(text: str) -> frozenset[str]:
    """The names of the fields in a text; InvalidInput if one is unknown or a brace is unmatched."""
    names = [field.strip() for field in _FIELD.findall(text)]
    for name in names:
        if name not in FIELDS:
            raise InvalidInput(
                _(
                    "Field {%(name)s} not found. Available fields: %(fields)s.",
                    name=name,
                    fields=", ".join(f"{{{field_name}}}" for field_name in FIELDS),
                )
            )
    if re.search(r"[{}]", _FIELD.sub("", text)):
        raise InvalidInput(
            _("The text contains a single { or }. Enter fields in the form {donor}.")
        )
    return frozenset(names)


def fill(text: str, values: Mapping[str, str], *, isolate: bool = False) -> str:
    """The text with each field's value in its place. What a value holds is never read as a field,
    and takes one line: no name can begin a new one.

    `isolate` keeps a Latin name from turning round the Arabic sentence around it.
    """

    def value(field: re.Match[str]) -> str:
        name = field[1].strip()
        plain = one_line(values[name])
        return f"\u2068{plain}\u2069" if isolate and name not in ("link", "page") else plain

    return _FIELD.sub(value, text)


def one_line(text: str) -> str:
    """A text without line breaks, control characters or characters that reverse its direction."""
    return re.sub(" +", " ", "".join(_plain_sign(sign) for sign in text)).strip()


def _plain_sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if kind in {"Cf", "Cs"} and sign not in _JOINERS else sign
