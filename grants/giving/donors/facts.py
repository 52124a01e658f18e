"""The facts of a donor's profile, each declared once: some its organisation keeps, some the donor.

To add one: a column with its migration, a field of Profile, and a row here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.texts.cells import shown
from grants.giving.donors.models import Donor
from grants.platform.profiles import facts
from grants.platform.profiles.facts import Table
from grants.platform.profiles.kinds import Country, Day, Flag, LongText, Names, Text, Web


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is known of a donor. `country` is ISO alpha-2; `notes` are the fund's own."""

    name: str
    country: str = ""
    other_names: tuple[str, ...] = ()
    language: str = "en"
    website: str = ""
    address: str = ""
    mailing_address: str = ""
    registration_number: str = ""
    registered_on: date | None = None
    public_name: bool = True
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Language(Text):
    """The code of a language in which the fund writes."""

    def words(self, value: str) -> str:
        return LANGUAGES[value].name

    def imported(self, text: str) -> str:
        if text not in LANGUAGES:
            raise InvalidInput(
                _(
                    "“%(text)s” is not known; expected one of %(codes)s",
                    text=shown(text),
                    codes=", ".join(LANGUAGES),
                )
            )
        return text


@dataclass(frozen=True, kw_only=True, eq=False)
class Fact(facts.Fact):
    """A fact, and who reads and changes it: the fund's people alone, or the donor's own too."""

    read: Literal["fund", "both"]
    changed: Literal["fund", "both"]
    listed: Literal["shown", "offered", "not"]
    """In the list of donors and its file; offered: on the page for who chooses it."""
    donors: Literal["all", "registered"]
    """Of every kind of donor, or only of those that an authority registers."""
    merged: Literal["chosen", "both"] = "chosen"
    """When two donors are merged: what one of the two says, or what both say."""
    imported: str
    """An example for its column in donors.csv; empty: it has none."""


FACTS = (
    Fact(
        key="name",
        label=_l("Name"),
        kind=Text(required=True, limit=200),
        read="both",
        changed="fund",
        listed="not",
        donors="all",
        imported="Austria",
    ),
    Fact(
        key="other_names",
        label=_l("Other names"),
        kind=Names(
            hint=_l("Acronyms, former names and names in other scripts, one per line."), limit=1000
        ),
        read="both",
        changed="both",
        listed="not",
        donors="all",
        merged="both",
        imported="Republic of Austria; Österreich",
    ),
    Fact(
        key="country",
        label=_l("Country"),
        kind=Country(),
        read="both",
        changed="both",
        listed="shown",
        donors="all",
        imported="AT",
    ),
    Fact(
        key="language",
        label=_l("Language of correspondence"),
        kind=Language(required=True),
        read="both",
        changed="both",
        listed="shown",
        donors="all",
        imported="en",
    ),
    Fact(
        key="website",
        label=_l("Website"),
        kind=Web(),
        read="both",
        changed="both",
        listed="offered",
        donors="all",
        imported="https://www.bmeia.gv.at",
    ),
    Fact(
        key="address",
        label=_l("Address"),
        kind=LongText(limit=400, lines=3),
        read="both",
        changed="both",
        listed="not",
        donors="all",
        imported="Minoritenplatz 8, 1010 Vienna",
    ),
    Fact(
        key="mailing_address",
        label=_l("Address for letters"),
        kind=LongText(hint=_l("If it is different."), limit=400, lines=3),
        read="both",
        changed="both",
        listed="offered",
        donors="all",
        imported="",
    ),
    Fact(
        key="registration_number",
        label=_l("Registration number"),
        kind=Text(limit=80, code=True),
        read="both",
        changed="both",
        listed="not",
        donors="registered",
        imported="",
    ),
    Fact(
        key="registered_on",
        label=_l("Date of registration"),
        kind=Day(),
        read="both",
        changed="both",
        listed="not",
        donors="registered",
        imported="",
    ),
    Fact(
        key="public_name",
        label=_l("Name published"),
        kind=Flag(question=_l("This donor’s name may be published")),
        read="both",
        changed="both",
        listed="offered",
        donors="all",
        merged="both",
        imported="yes",
    ),
    Fact(
        key="notes",
        label=_p("donor", "Notes"),
        kind=LongText(hint=_l("Only fund staff can read them."), limit=4000, lines=5),
        read="fund",
        changed="fund",
        listed="not",
        donors="all",
        merged="both",
        imported="",
    ),
)
OF_APPLICANTS = (
    *("telephone", "key_persons", "survivor_led", "legal_status", "assists_since", "mission"),
    *("paid_staff", "volunteers", "budgets", "partner_portal", "safeguards", "referees"),
    "may_be_named",
)
"""Facts of an organisation that donors are not asked for."""
PROFILE = Table(
    Profile,
    FACTS,
    models=(Organisation, Donor),
    besides=(
        *OF_APPLICANTS,
        *("id", "code", "kind", "merged_into_id", "merged_at", "created_at"),
        *("organisation_id", "known_since", "sender_confirmed_at"),
    ),
)


def profile_of(donor: Donor) -> Profile:
    return PROFILE.read(donor.organisation, donor)


def facts_of(donor: Donor) -> list[Fact]:
    """The facts that are asked of a donor of its kind."""
    unregistered = donor.organisation.kind in {DonorKind.MEMBER_STATE, DonorKind.INDIVIDUAL}
    return [fact for fact in FACTS if fact.donors == "all" or not unregistered]


def rows_for(donor: Donor, *, by_donor: bool) -> list[tuple[str, str]]:
    """Label and words of its facts beside the name, for its own people or the fund's."""
    read: Iterable[Fact] = (fact for fact in facts_of(donor) if not by_donor or fact.read == "both")
    return facts.rows_of([fact for fact in read if fact.key != "name"], profile_of(donor))
