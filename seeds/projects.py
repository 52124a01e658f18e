"""What the demonstration's organisations propose: plausible projects, put together by number."""

from dataclasses import dataclass

from grants.core.kernel.taxonomies import Exploitation, Service
from seeds import places, words
from seeds.cast import COUNTRIES, FIRST_NAMES, LAST_NAMES


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


_AIMS = (
    ("Shelter and recovery for {who}", Service.SHELTER, Service.PSYCHOSOCIAL, Service.MEDICAL),
    ("Legal aid and court accompaniment for {who}", Service.LEGAL, Service.PSYCHOSOCIAL),
    ("A way back to school and work for {who}", Service.EDUCATION, Service.ECONOMIC),
    ("Safe return and family reunification of {who}", Service.REPATRIATION, Service.FAMILY),
    ("First days: emergency aid for {who}", Service.IDENTIFICATION, Service.MATERIAL),
    ("Medical and psychosocial care for {who}", Service.MEDICAL, Service.PSYCHOSOCIAL),
)
_GROUPS = (
    ("girls exploited along the coast", Exploitation.SEXUAL),
    ("domestic workers who fled their employers", Exploitation.DOMESTIC),
    ("boys freed from forced begging", Exploitation.BEGGING),
    ("men and women freed from forced labour on fishing boats", Exploitation.LABOUR),
    ("women returned from forced marriages", Exploitation.MARRIAGE),
    ("young people forced into online fraud", Exploitation.CRIMINALITY),
    ("families freed from debt bondage in brick kilns", Exploitation.SLAVERY),
    ("children who left armed groups", Exploitation.ARMED_GROUPS),
)


def proposal(number: int) -> Proposal:
    """The same number is always the same proposal."""
    aim, *services = _AIMS[number % len(_AIMS)]
    who, form = _GROUPS[(number * 5) % len(_GROUPS)]
    country = COUNTRIES[(number * 7) % len(COUNTRIES)]
    turn = number // len(COUNTRIES)
    contact = f"{FIRST_NAMES[(number * 3) % 26]} {LAST_NAMES[(number * 11 + turn) % 25]}"
    return Proposal(
        number=number,
        organisation=places.name(country, number, turn),
        country=country,
        place=places.place(country, turn),
        tongue=places.tongue(country),
        contact=contact,
        title=aim.format(who=who)[:120],
        forms=(form, Exploitation.SEXUAL) if number % 3 == 0 else (form,),
        services=tuple(services),
        people=40 + (number * 13) % 120,
        months=(6, 8, 12, 18, 24)[number % 5],
        usd=12_000 + (number * 1_730) % 46_000,
        strength=54 + (number * 29) % 46,
    )
