"""What is filled in to open a fund and to describe it, in each language that can be offered."""

import re
from collections.abc import Mapping
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, OFFERED
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Licence
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    CheckboxField,
    FileField,
    LongTextField,
    NumberField,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.row import Row
from grants.platform.forms.forms import Form

TEXTS: Mapping[str, tuple[str, str, int, bool]] = {
    "name": (_p("fund", "Name"), "", 300, True),
    "purpose": (_l("What the fund does"), _l("For its public page."), 2000, True),
    "mandate": (_l("Mandate"), _l("The decision that established it."), 2000, False),
    "letterhead": (_l("Letterhead"), _l("Address and contact, line by line."), 500, False),
    "decision_making": (
        _l("How decisions are made"),
        _l(
            "For the public page. Leave empty to show the steps of this system, from call to award."
        ),
        2000,
        False,
    ),
    "conflict_rules": (
        _l("Conflicts of interest"),
        _l("For the public page. Leave empty to show the separation of duties in this system."),
        2000,
        False,
    ),
    "complaints": (
        _l("Complaints"),
        _l("For the public page. Leave empty to show the fund’s address."),
        2000,
        False,
    ),
    "common_questions": (
        _l("Frequently asked questions"),
        _l(
            "For the public page: one paragraph for each question and its answer. "
            "Leave empty to show the general questions."
        ),
        6000,
        False,
    ),
    "how_to_pay": (_l("How donors pay"), _l("Printed in letters to donors."), 1000, False),
    "signing_office": (
        _l("Office that signs"),
        _l("It appears under letters until a signatory is named."),
        300,
        False,
    ),
}
"""Texts of a fund: what is asked, the hint, characters at most, and is it required in English?"""


def _in_each_language() -> dict[str, TextField]:
    fields: dict[str, TextField] = {}
    for key, (label, hint, limit, required) in TEXTS.items():
        for code in OFFERED:
            kind = TextField if limit == 300 else LongTextField
            question = _l(
                "%(question)s (%(language)s)", question=label, language=LANGUAGES[code].name
            )
            must = required and code == "en"
            fields[f"{key}_{code}"] = kind(question, hint=hint, limit=limit, required=must)
    return fields


_ASKED = _in_each_language()
"""Made before the other fields, so they come first."""


class _Signatory(Row):
    """A person who may sign for the fund."""

    name = TextField(_p("person", "Name"), required=True, limit=120)


SignatoryRow: type[Row] = type(
    "SignatoryRow",
    (_Signatory,),
    {
        f"title_{code}": TextField(
            _l("Title (%(language)s)", language=LANGUAGES[code].name),
            limit=120,
            required=code == "en",
        )
        for code in OFFERED
    },
)


class _Described(Form):
    """What of a fund one person may change."""

    annual_target = AmountField(
        _l("Annual target"),
        currency="USD",
        zero=True,
        required=True,
        hint=_l("What the fund needs each year, in US dollars."),
    )
    currencies = TextField(
        _l("Currencies of pledges"),
        hint=_l(
            "Their codes with commas between them, such as USD, EUR. Leave empty to accept all."
        ),
        limit=200,
    )
    board_quorum = NumberField(
        _l("Quorum of the Board of Trustees"),
        hint=_l(
            "How many trustees must be present. Leave empty for a majority of those in office."
        ),
        most=100,
    )
    contact_email = TextField(
        _l("E-mail address for the public"), hint=_l("Shown on the public pages."), limit=254
    )
    contact_telephone = TextField(_l("Telephone for the public"), limit=40)
    thanks_months = NumberField(
        _l("Number of months until donors are informed"),
        hint=_l(
            "Donors who have received no letter this many months after a report was "
            "accepted appear on the to-do list."
        ),
        least=1,
        most=60,
        default=6,
        required=True,
    )
    identifier = TextField(
        _l("Identifier of the fund in open data"),
        hint=_l("From a register of org-id.guide, such as XM-DAC-41000."),
        limit=80,
    )
    licence = SelectField(_l("Licence of the published figures"), Licence.choices)
    names_grantees = CheckboxField(
        _l("Publish the names of organisations that have a grant, unless they ask us not to"),
        hint=_l(
            "If not ticked: only the names of those that agreed, or whose names "
            "the fund has already published."
        ),
    )
    signatories = RowsField(
        SignatoryRow,
        _l("Signatories"),
        most=10,
        hint=_l("The first signatory appears under letters."),
    )

    @property
    def description(self) -> dict[str, Any]:
        """The fund as its file has it."""
        texts = {key: self._texts_of(key) for key in TEXTS}
        return {
            **texts,
            "annual_target_usd": str(self.annual_target.data or Money(0, "USD")),
            "currencies": re.findall(r"[^\s,;،]+", str(self.currencies.data or "").upper()),
            "board_quorum": int(self.board_quorum.data or 0),
            "contact_email": str(self.contact_email.data or "").strip(),
            "contact_telephone": str(self.contact_telephone.data or "").strip(),
            "thanks_months": int(self.thanks_months.data or 6),
            "identifier": str(self.identifier.data or "").strip(),
            "licence": self.licence.data or Licence.BY.value,
            "names_grantees": bool(self.names_grantees.data),
            "signatories": [
                {"name": row["name"], "title": _titles_of(row)} for row in self.signatories.data
            ],
        }

    def _texts_of(self, key: str) -> dict[str, str]:
        typed = {code: str(self[f"{key}_{code}"].data or "").strip() for code in OFFERED}
        return {code: text for code, text in typed.items() if text}


PUBLISHED = (
    *("contact_email", "contact_telephone", "thanks_months"),
    *("identifier", "licence", "names_grantees"),
)
"""What is asked about the public pages and files of the fund, beside its texts."""


class PictureForm(Form):
    """A picture that is uploaded for the fund."""

    file = FileField(
        _l("File"),
        accept=(".png", ".jpg", ".jpeg"),
        hint=_l("PNG or JPEG, on a white or transparent background. It is shown up to 5 cm wide."),
        required=True,
    )


def _titles_of(row: Mapping[str, Any]) -> dict[str, str]:
    typed = {code: str(row[f"title_{code}"] or "").strip() for code in OFFERED}
    return {code: text for code, text in typed.items() if text}


class _New(Form):
    """What is asked of a new fund besides; later it takes two persons to change it."""

    code = TextField(
        _l("Code"),
        hint=_l("Capital letters and digits, as in references: UNVTF."),
        limit=20,
        required=True,
    )
    time_zone = SelectField(
        _l("Time zone"), lambda: [(name, name) for name in clock.zones()], required=True
    )
    languages = CheckboxesField(
        _l("Languages of the fund"),
        lambda: [(code, LANGUAGES[code].name) for code in OFFERED],
        required=True,
    )
    support_cost = NumberField(
        _l("Programme support costs"), most=100, places=2, suffix=_l("per cent"), required=True
    )


DescribeForm: type[Any] = type("DescribeForm", (_Described,), _ASKED)
NewFundForm: type[Any] = type("NewFundForm", (_New, DescribeForm), {})


def charter_of(form: Any) -> dict[str, Any]:
    """A new fund as its file would have it."""
    return {
        **form.description,
        "code": form.code.data.strip().upper(),
        "time_zone": form.time_zone.data,
        "languages": form.languages.data,
        "support_cost_percent": f"{form.support_cost.data:f}",
    }


def filled(description: Mapping[str, Any]) -> dict[str, Any]:
    """A fund as the form shows it."""
    texts = {f"{key}_{code}": description[key].get(code, "") for key in TEXTS for code in OFFERED}
    rows = [
        {
            "name": signatory["name"],
            **{f"title_{code}": signatory["title"].get(code, "") for code in OFFERED},
        }
        for signatory in description["signatories"]
    ]
    return {
        **texts,
        "annual_target": Money.parse(description["annual_target_usd"], "USD"),
        "currencies": ", ".join(description["currencies"]),
        "board_quorum": description["board_quorum"] or None,
        **{key: description[key] for key in PUBLISHED},
        "signatories": rows,
    }
