"""Who plays in the demonstration: one named person for each role, and those who give and apply."""

from dataclasses import dataclass

from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role

PASSPHRASE = "paragraph twenty demo"
"""Of everyone in the demonstration; production has no demonstration."""


APP_SECRET = "OBQXEYLHOJQXA2BAGIYDUIDEMVWW6IJB"
"""Of the authenticator app of each of the fund's people in the demonstration."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One of the fund's people."""

    name: str
    role: Role

    @property
    def email(self) -> str:
        return address(self.name)


def address(name: str) -> str:
    """An address in a domain that exists for examples only."""
    return f"{'.'.join(name.lower().replace('’', '').split())}@example.org"


STAFF = (
    Actor("Ingrid Solvang", Role.FUND_MANAGER),
    Actor("Tomas Varga", Role.PROGRAMME_OFFICER),
    Actor("Meilin Tan", Role.FINANCE_OFFICER),
    Actor("Kwame Boateng", Role.CERTIFYING_OFFICER),
    Actor("Laila Haddad", Role.APPROVING_OFFICER),
    Actor("Oluwaseun Adeyemi", Role.REVIEWER),
    Actor("Camila Rojas", Role.REVIEWER),
    Actor("Priya Raman", Role.REVIEWER),
    Actor("Jelena Novak", Role.REVIEWER),
    Actor("Amadou Diallo", Role.TRUSTEE),
    Actor("Sunita Thapa", Role.TRUSTEE),
    Actor("Irena Kovacs", Role.TRUSTEE),
    Actor("Marta Quispe", Role.TRUSTEE),
    Actor("Henrik Dahl", Role.TRUSTEE),
    Actor("Ruth Ferreira", Role.AUDITOR),
    Actor("Paolo Conti", Role.OBSERVER),
    Actor("Nadia Petrova", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Giver:
    """A donor with its contact, the currency it gives in and how much a year (whole units)."""

    name: str
    kind: DonorKind
    country: str | None
    contact: str
    currency: str
    yearly: int
    public: bool = True


M, G, N, F, C, P = (
    DonorKind.MEMBER_STATE,
    DonorKind.IGO,
    DonorKind.NGO,
    DonorKind.FOUNDATION,
    DonorKind.PRIVATE,
    DonorKind.INDIVIDUAL,
)

DONORS = (
    Giver("Ministry for Europe, Austria", M, "AT", "Klara Winkler", "EUR", 120_000),
    Giver("Federal Foreign Office, Germany", M, "DE", "Jonas Albers", "EUR", 250_000),
    Giver("Ministry of Foreign Affairs, Japan", M, "JP", "Haruka Mori", "JPY", 22_000_000),
    Giver("Department of Foreign Affairs, Switzerland", M, "CH", "Reto Baumann", "CHF", 150_000),
    Giver("Foreign Office, United Kingdom", M, "GB", "Eleanor Marsh", "GBP", 130_000),
    Giver("Ministry of Foreign Affairs, Qatar", M, "QA", "Noura Al Kuwari", "USD", 200_000),
    Giver("Ministry of External Relations, Mexico", M, "MX", "Diego Salas", "USD", 40_000),
    Giver("Ministry of Foreign Affairs, France", M, "FR", "Camille Roche", "EUR", 100_000),
    Giver("Ministry of Foreign Affairs, Kuwait", M, "KW", "Fahad Al Sabti", "KWD", 15_000),
    Giver("Department of External Affairs, Australia", M, "AU", "Lucy Harper", "USD", 90_000),
    Giver("Ministry of Foreign Affairs, Nigeria", M, "NG", "Chidi Okafor", "USD", 25_000),
    Giver("Ministry of Foreign Affairs, Philippines", M, "PH", "Liza Santos", "USD", 15_000),
    Giver("Regional Council for Safe Migration", G, None, "Anneke de Wit", "EUR", 60_000),
    Giver("Association of Coastal States", G, None, "Samuel Mbeki", "USD", 30_000),
    Giver("Sisters of the Harbour", N, "IE", "Niamh Kelly", "EUR", 8_000),
    Giver("Freedom Walk Network", N, "US", "Grace Coleman", "USD", 12_000),
    Giver("Lantern Foundation", F, "CH", "Beat Zurcher", "CHF", 75_000),
    Giver("Aurora Family Foundation", F, "US", "Daniel Ortiz", "USD", 110_000),
    Giver("Stiftung Offene Hand", F, "DE", "Marlene Fuchs", "EUR", 35_000),
    Giver("Northlight Shipping", C, "NO", "Sigrid Berg", "USD", 50_000),
    Giver("Meridian Hotels", C, "GB", "Oliver Penn", "GBP", 20_000, public=False),
    Giver("Sakura Electronics", C, "JP", "Kenji Ueda", "JPY", 3_000_000),
    Giver("Helen Whitford", P, "GB", "Helen Whitford", "GBP", 500, public=False),
    Giver("Matteo Bianchi", P, "IT", "Matteo Bianchi", "EUR", 250),
    Giver("Aisha Rahman", P, "US", "Aisha Rahman", "USD", 1_000),
)

COLLEAGUE = "Florian Aigner"
"""Who pledges for the first donor too, beside its contact."""
DONOR_SIGNATORY, DONOR_READER = "Theresa Lindner", "Paul Eder"
"""Who signs for it, and who only reads."""
SUCCESSOR = "Lena Vogt"
"""Who takes over from the contact of the second donor."""

COUNTRIES = (  # noqa: SIM905 - easier to read and to add to
    "AL BD BJ BO BR BF KH CM CO CI EG ET GM GE GH GT HN IN ID IQ JO KE KG LB MG MW MD MA MM "
    "NP NE NG PK PE PH RW SN RS UG UA "
).split()
"""Forty countries of implementation."""
