"""Screening: 10,000 donors against a sanctions list of 1,000, by index, without it, as the job."""

import random
import time

from rapidfuzz import fuzz, process
from sqlalchemy import func, insert, select

from bench._stand import analyse, installation, milliseconds, row, show
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.people.models import Organisation
from grants.integrity.sanctions.matching import compare_batch
from grants.integrity.sanctions.models import SanctionsHit, SanctionsWatch
from grants.integrity.sanctions.screening import Index, index_in_force
from grants.integrity.sanctions.service import take_list

LISTED, DONORS, NAMES = 1_000, 10_000, 5
CHANCE = random.Random(20)
SYLLABLES = (  # noqa: SIM905 - easier to read
    "ba da fi gha ha ib ja ka kh la ma mo na ni or pa qa ra re sa sh ta tu ul va wa ya za "
    "ber dor gal hem kol lin mar nov pol ros sten tar ven wol zan"
).split()
COMMON = ("Mohammed", "Ali", "Ahmed", "Hassan", "Ivan", "Maria", "Trading", "Foundation", "Relief")


def word() -> str:
    return "".join(CHANCE.choices(SYLLABLES, k=CHANCE.randint(2, 4))).capitalize()


WORDS = [word() for _number in range(4_000)]


def name() -> str:
    """Two to four words; every tenth is one that many share."""
    return " ".join(
        CHANCE.choice(COMMON) if CHANCE.random() < 0.1 else CHANCE.choice(WORDS)
        for _number in range(CHANCE.randint(2, 4))
    )


def misheard(text: str) -> str:
    """The same name with its words turned round and one letter amiss."""
    words = text.split()
    CHANCE.shuffle(words)
    told = " ".join(words)
    place = CHANCE.choice([at for at, letter in enumerate(told) if letter != " "])
    return told[:place] + told[place + 1 :]


def the_list(names: list[str]) -> bytes:
    entries = []
    for number in range(LISTED):
        first, *others = names[number * NAMES : (number + 1) * NAMES]
        aliases = "".join(
            f"<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>{other}</ALIAS_NAME></ENTITY_ALIAS>"
            for other in others
        )
        entries.append(
            f"<ENTITY><DATAID>{number}</DATAID><FIRST_NAME>{first}</FIRST_NAME>{aliases}</ENTITY>"
        )
    return (
        '<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00Z"><ENTITIES>'
        f"{''.join(entries)}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def enter_donors(database: Database, donors: list[str]) -> None:
    with database.transaction() as session:
        ids = session.scalars(
            insert(Organisation).returning(Organisation.id),
            [
                {"code": f"D{number}", "name": text, "kind": "private", "country": "AT"}
                for number, text in enumerate(donors)
            ],
        ).all()
        now = clock.now()
        session.execute(
            insert(SanctionsWatch),
            [{"organisation_id": one, "persons": [], "begun_at": now} for one in ids],
        )
    analyse(database)


def run_job(database: Database) -> float:
    """Seconds for everyone, batch by batch as the worker does."""
    begun = time.perf_counter()
    while True:
        with database.transaction() as session:
            if not compare_batch(session):
                return time.perf_counter() - begun


def one_at_a_time(index: Index, donors: list[str], listed: list[str]) -> list[list[str]]:
    """One donor against every name, without the index and with it."""
    plain = [" ".join(sorted(text.lower().split())) for text in listed]
    asked = iter(donors * 2)

    def against_all() -> object:
        wanted = " ".join(sorted(next(asked).lower().split()))
        return process.extract(wanted, plain, scorer=fuzz.ratio, score_cutoff=85)

    return [
        row("spelling alone, every name", milliseconds(against_all, 500)),
        row(
            "spelling, sound and parts, by index",
            milliseconds(lambda: index.match([next(asked)]), 500),
        ),
    ]


def main() -> None:
    listed, donors = [name() for _n in range(LISTED * NAMES)], [name() for _n in range(DONORS)]
    with installation() as (_app, database):
        begun = time.perf_counter()
        with database.transaction() as session:
            take_list(session, "list.xml", the_list(listed), Act.by_system("bench"))
        taken = time.perf_counter() - begun
        enter_donors(database, donors)
        begun = time.perf_counter()
        with database.session() as session:
            index = index_in_force(session)
        built = time.perf_counter() - begun
        rows = one_at_a_time(index, donors, listed)
        show(
            f"Screening one donor against {LISTED * NAMES:,} listed names (ms)",
            ("", "p50", "p99", "a second"),
            rows,
        )
        seconds = run_job(database)
        with database.session() as session:
            hits = session.scalar(select(func.count()).select_from(SanctionsHit)) or 0
        wrong = [misheard(text) for text in CHANCE.sample(listed, 500)]
        found = sum(bool(index.match([text])) for text in wrong)
        show(
            f"{DONORS:,} donors after a new list of {LISTED:,} entries",
            ("", "figure"),
            [
                ["list taken, seconds", f"{taken:.1f}"],
                ["index built, seconds", f"{built:.2f}"],
                ["everybody compared, seconds", f"{seconds:.1f}"],
                ["donors a second", f"{DONORS / seconds:,.0f}"],
                ["possible matches found", f"{hits:,}"],
                ["misheard names found, of 500", f"{found}"],
            ],
        )


if __name__ == "__main__":
    main()
