"""What the demonstration's organisations propose: plausible projects, put together by number."""

from dataclasses import dataclass

from grants.core.kernel.taxonomies import (
    CountryRole,
    Exploitation,
    Ground,
    Pillar,
    Recruitment,
    Service,
)
from seeds import names, places, titles, words
from seeds.cast import COUNTRIES


@dataclass(frozen=True, slots=True)
class Proposal:
    """One application to be: whose, where, what, for how many people, for how much (whole USD)."""

    number: int
    organisation: str
    country: str
    place: str
    tongue: str
    """The language in which it writes."""
    contact: str
    title: str
    forms: tuple[Exploitation, ...]
    services: tuple[Service, ...]
    people: int
    months: int
    usd: int
    strength: int
    """0–100: how reviewers tend to see it."""

    def says(self, subject: str, question: str = "") -> str:
        """What it writes on a subject of words.py, for one question."""
        return words.text(self.tongue, subject, f"{self.number} {question}")

    def circumstances(self, people: int) -> dict[str, dict[str, int]]:
        """What its reports tell of so many people, besides who they are."""
        online = people * (self.number % 5) // 10
        abroad = people * (2 + self.number % 3) // 6
        return {
            "pillars": {
                Pillar.PROTECTION.value: people,
                Pillar.PREVENTION.value: people // 2,
                Pillar.PROSECUTION.value: people // 4,
            },
            "roles": {
                CountryRole.ORIGIN.value: people - abroad,
                CountryRole.DESTINATION.value: abroad,
            },
            "recruitment": {
                Recruitment.INTERNET.value: online,
                Recruitment.OTHERWISE.value: people - online,
            },
            "grounds": {
                Ground.SEX.value: people * 4 // 5,
                Ground.AGE.value: people // 2,
                Ground.ETHNICITY.value: people // 3,
                Ground.ORIGIN.value: people // 4,
            },
        }


_AIMS = (
    (Service.SHELTER, Service.PSYCHOSOCIAL, Service.MEDICAL),
    (Service.LEGAL, Service.PSYCHOSOCIAL),
    (Service.EDUCATION, Service.ECONOMIC),
    (Service.REPATRIATION, Service.FAMILY),
    (Service.IDENTIFICATION, Service.MATERIAL),
    (Service.MEDICAL, Service.PSYCHOSOCIAL),
    (Service.IDENTIFICATION, Service.SHELTER),
)
"""What a project does; titles.py says it in each language, in this order."""
_GROUPS = (
    Exploitation.SEXUAL,
    Exploitation.DOMESTIC,
    Exploitation.BEGGING,
    Exploitation.LABOUR,
    Exploitation.MARRIAGE,
    Exploitation.CRIMINALITY,
    Exploitation.SLAVERY,
    Exploitation.ARMED_GROUPS,
    Exploitation.LABOUR,
    Exploitation.SEXUAL,
    Exploitation.SPORT,
)
"""What was done to the people for whom it is; titles.py names them, in this order."""


def proposal(number: int) -> Proposal:
    """The same number is always the same proposal."""
    services = _AIMS[number % len(_AIMS)]
    form = _GROUPS[number * 5 % len(_GROUPS)]
    country = COUNTRIES[(number * 7) % len(COUNTRIES)]
    turn = number // len(COUNTRIES)
    return Proposal(
        number=number,
        organisation=places.name(country, number, turn),
        country=country,
        place=places.place(country, turn),
        tongue=places.tongue(country),
        contact=names.person(country, number),
        title=titles.title(places.tongue(country), number),
        forms=(form, Exploitation.SEXUAL) if number % 3 == 0 else (form,),
        services=services,
        people=40 + (number * 13) % 120,
        months=(6, 8, 12, 18, 24)[number % 5],
        usd=12_000 + (number * 1_730) % 46_000,
        strength=54 + (number * 29) % 46,
    )
