"""Papers about all grants and their results, as tests make them."""

from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import RegionalGroup
from grants.papers.statements.builders.funds import annex, briefing, grants_made, people
from grants.papers.typesetting.paper import Paper
from tests.papers.statements.made.basics import FIRST, LAST, made
from tests.papers.statements.made.books import fund_statement

YEARS = ("2025", "2026", "‹Ever›")


def _reached(columns: tuple[str, ...] = YEARS) -> people.People:
    many = len(columns)
    women = people.PeopleRow("female", "‹Women and girls›", tuple(1200 + n for n in range(many)))
    men = people.PeopleRow("male", "‹Men and boys›", (*(None for _ in range(many - 1)), 310))
    few = people.PeopleRow("other", "‹Other›", tuple(None for _ in range(many)))
    totals = tuple(1400 + n for n in range(many))
    rows = (women, men, few)
    tables = (
        people.PeopleTable("sex", "‹By sex›", rows, totals),
        people.PeopleTable("service", "‹By service›", rows, None),
    )
    return people.People(columns, totals, tables, 11)


REGIONS = (
    grants_made.RegionLine(
        RegionalGroup.AFRICAN,
        (grants_made.CountryLine(None, 3, usd(9_000_000)),),
        3,
        usd(9_000_000),
    ),
    grants_made.RegionLine(
        None, (grants_made.CountryLine(None, 1, usd(1_234_567)),), 1, usd(1_234_567)
    ),
)


def annex_paper() -> Paper:
    lines = (
        annex.DonorLine("‹Republic of Austria›", None, True, usd(20_000_000), usd(18_765_432)),
        annex.DonorLine("‹Anonymous donors›", None, False, usd(0), usd(100_000)),
    )
    facts = annex.Annex(
        fund="‹UNVTF›",
        purpose="‹Humanitarian, legal and financial aid to victims.›",
        from_=FIRST,
        to=LAST,
        currency="USD",
        donors=lines,
        pledged=usd(20_000_000),
        received=usd(18_865_432),
        outside=(annex.OutsideLine("‹General purposes of the office›", 2, usd(4_000_000)),),
        regions=REGIONS,
        grants=4,
        awarded=usd(10_234_567),
        people=_reached(),
        statement=fund_statement().facts,
        commitments=usd(3_333_333),
        available=usd(2_222_222),
        earmarked=usd(1_000_000),
    )
    return made("annex", facts)


def briefing_paper() -> Paper:
    facts = briefing.Briefing(
        fund="‹UNVTF›",
        purpose="‹Humanitarian, legal and financial aid to victims.›",
        currency="USD",
        edition=3,
        published_on=LAST,
        received=usd(18_865_432),
        by_year=((2024, usd(8_865_432)), (2025, usd(10_000_000))),
        grants=4,
        awarded=usd(10_234_567),
        paid=usd(9_234_567),
        available=usd(2_222_222),
        places=((None, usd(9_234_567)),),  # names of countries are not the catalogue’s words
        people=_reached(),
        roles=(("‹Country of origin›", 120), ("‹Country of destination›", 80)),
        lessons=("‹81% of the people reached were women and girls.›",),
    )
    return made("briefing", facts)
