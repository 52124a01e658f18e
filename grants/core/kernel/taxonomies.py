"""The words of the resolution and of the fund's calls, coded once and used everywhere.

Sources: General Assembly resolution 72/195 (paragraph or "preamble" in each docstring) and the
fund's published calls.
"""

from enum import StrEnum
from typing import Self

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p


class Term(StrEnum):
    """A coded word with its label in the reader's language."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The member with this code; ValueError if there is none."""
        return cls(code)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]


class DonorKind(Term):
    """Who may contribute (paragraph 20: States and all other stakeholders)."""

    MEMBER_STATE = "member_state", _l("Member State")
    IGO = "igo", _l("Intergovernmental organisation")
    NGO = "ngo", _l("Non-governmental organisation")
    FOUNDATION = "foundation", _l("Foundation")
    PRIVATE = "private", _l("Company")
    INDIVIDUAL = "individual", _l("Individual")


class InboxMail(Term):
    """How often one of the fund's people gets e-mails of what concerns them."""

    AT_ONCE = "at_once", _l("Immediately")
    DAILY = "daily", _l("Once a day, in the morning")
    NONE = "none", _l("No e-mails")


class LegalStatus(Term):
    """What an organisation that applies is in law; the standard form asks by the same codes."""

    ASSOCIATION = "association", _l("Association or other non-governmental organisation")
    FOUNDATION = "foundation", _l("Foundation or charity")
    FAITH = "faith", _l("Faith-based organisation")
    COMMUNITY = "community", _l("Community-based organisation")
    OTHER = "other", _l("Other")


class Earmarking(Term):
    """How far a donor binds a contribution."""

    UNEARMARKED = "unearmarked", _l("Unearmarked")
    SOFT = "soft", _l("Softly earmarked")
    EARMARKED = "earmarked", _l("Earmarked")
    TIGHT = "tight", _l("Tightly earmarked")


class Encounter(Term):
    """How the secretariat meets an applicant before it recommends, where a call asks for it."""

    INTERVIEW = "interview", _l("Interview")
    VISIT = "visit", _l("Site visit")


class SafeguardingGate(Term):
    """What a call makes of an organisation whose safeguarding is not assessed."""

    WARNING = "warning", _l("Warn those who decide and pay")
    REQUIRED = "required", _l("No award, agreement or payment before the assessment")


class Window(Term):
    """A line of the fund's grants; each call belongs to one."""

    SGP1 = "SGP1", _l("SGP1: short-term humanitarian aid")
    SGP2 = "SGP2", _l("SGP2: comprehensive assistance")
    SPECIAL = "SPECIAL", _l("Special window")


class Licence(Term):
    """What others may do with the figures that a fund publishes."""

    BY = "CC-BY-4.0", _l("Creative Commons Attribution 4.0")
    ZERO = "CC0-1.0", _l("Creative Commons Zero 1.0 (public domain)")
    IGO = "CC-BY-3.0-IGO", _l("Creative Commons Attribution 3.0 IGO")


class Exclusion(Term):
    """On what grounds a contribution of a donor that is no State may be refused."""

    SANCTIONS = (
        "sanctions",
        _l("Subject to Security Council sanctions, or dealing with sanctioned persons or entities"),
    )
    TRAFFICKING = (
        "trafficking",
        _l("Involvement in trafficking in persons, or legal proceedings for it"),
    )
    FORCED_LABOUR = (
        "forced_labour",
        _l("Forced labour or child labour, including in the supply chain"),
    )
    HUMAN_RIGHTS = "human_rights", _l("Complicity in violations of human rights")
    ABUSE = "abuse", _l("Sexual exploitation or abuse")
    ARMS = "arms", _l("Manufacture or sale of arms or their components")
    TOBACCO = "tobacco", _l("Manufacture or sale of tobacco")
    GAMBLING = "gambling", _l("Gambling")
    PORNOGRAPHY = "pornography", _l("Pornography")
    ENVIRONMENT = "environment", _l("Serious damage to the environment")
    CORRUPTION = "corruption", _l("Corruption, fraud or money-laundering")
    TERRORISM = "terrorism", _l("Financing of terrorism")
    SOURCE_OF_FUNDS = "source_of_funds", _l("Unknown source of funds or beneficial owner")


OF_A_BUSINESS = frozenset(
    {
        *(Exclusion.FORCED_LABOUR, Exclusion.ARMS, Exclusion.TOBACCO, Exclusion.GAMBLING),
        *(Exclusion.PORNOGRAPHY, Exclusion.ENVIRONMENT),
    }
)
"""What an enterprise or an organisation does, which is not asked about a private person."""


class Exploitation(Term):
    """Forms of exploitation (paragraph 18, and the fund's calls)."""

    SEXUAL = (
        "sexual",
        _l("Exploitation of the prostitution of others or other forms of sexual exploitation"),
    )
    LABOUR = "labour", _l("Forced labour or services")
    DOMESTIC = "domestic", _l("Domestic servitude")
    SLAVERY = "slavery", _l("Slavery or practices similar to slavery")
    ORGANS = "organs", _l("Removal of organs")
    BEGGING = "begging", _l("Forced begging")
    CRIMINALITY = "criminality", _l("Forced criminality")
    MARRIAGE = "marriage", _l("Forced marriage")
    PORNOGRAPHY = "pornography", _l("Pornography")
    ARMED_GROUPS = "armed_groups", _l("Recruitment by armed groups")
    SPORT = "sport", _l("Trafficking of children in sport")


class Service(Term):
    """Aid given to victims (preamble: humanitarian, legal and financial; paragraph 6)."""

    IDENTIFICATION = "identification", _l("Identification and rescue")
    SHELTER = "shelter", _l("Shelter")
    MEDICAL = "medical", _l("Medical care")
    PSYCHOSOCIAL = "psychosocial", _l("Psychosocial support")
    MATERIAL = "material", _l("Food, clothing and other material aid")
    LEGAL = "legal", _l("Legal aid")
    EDUCATION = "education", _l("Education and vocational training")
    ECONOMIC = "economic", _l("Economic empowerment")
    FAMILY = "family", _l("Family reunification")
    REPATRIATION = "repatriation", _l("Safe return or repatriation")


class Sex(Term):
    """SDG indicator 16.2.2 counts victims by sex, age and form of exploitation."""

    WOMEN = "female", _l("Women and girls")
    MEN = "male", _l("Men and boys")
    OTHER = "other", _l("Other or not disclosed")


class AgeBand(Term):
    """Age in bands, never a date of birth."""

    CHILD = "0-11", _l("0 to 11")
    ADOLESCENT = "12-17", _l("12 to 17")
    YOUNG = "18-24", _l("18 to 24")
    ADULT = "25-59", _l("25 to 59")
    OLDER = "60+", _l("60 and over")


class Pillar(Term):
    """Pillars of the Global Plan of Action (paragraph 4)."""

    PREVENTION = "prevention", _l("Prevention")
    PROTECTION = "protection", _l("Protection and assistance")
    PROSECUTION = "prosecution", _l("Prosecution")
    PARTNERSHIP = "partnership", _l("Partnership")


class CountryRole(Term):
    """What the country of a project was for the people assisted (paragraph 16)."""

    ORIGIN = "origin", _l("Country of origin")
    TRANSIT = "transit", _l("Country of transit")
    DESTINATION = "destination", _l("Country of destination")


class Ground(Term):
    """Grounds of discrimination that victims suffer, often several at once (preamble)."""

    SEX = "sex", _l("Sex or gender")
    AGE = "age", _p("ground of discrimination", "Age")
    DISABILITY = "disability", _l("Disability")
    ETHNICITY = "ethnicity", _l("Ethnicity")
    CULTURE = "culture", _p("ground of discrimination", "Culture")
    RELIGION = "religion", _l("Religion")
    ORIGIN = "origin", _l("National or social origin")
    UNREGISTERED = "unregistered", _l("Stateless, or birth not registered")


class Recruitment(Term):
    """How traffickers recruited the people assisted (paragraph 14: through the Internet)."""

    INTERNET = "internet", _l("Through the Internet")
    OTHERWISE = "otherwise", _l("In another way")


class RegionalGroup(Term):
    """United Nations regional groups: one trustee of the fund comes from each."""

    AFRICAN = "african", _l("African States")
    ASIA_PACIFIC = "asia_pacific", _l("Asia-Pacific States")
    EASTERN_EUROPEAN = "eastern_european", _l("Eastern European States")
    LATIN_AMERICAN = "latin_american", _l("Latin American and Caribbean States")
    WESTERN = "western", _l("Western European and other States")
