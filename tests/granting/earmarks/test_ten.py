"""Ten contributions with ten earmarks through the books to what their donors read, worked out here
by a rule of our own, to the cent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import free_money
from grants.granting.earmarks.queries import line_of
from grants.papers.statements.builders.donors.donor_report import donor_report
from grants.papers.statements.builders.funds.earmarked import earmark_report
from grants.papers.typesetting.paper import Span
from tests.desk.moving_in.history.folders import FILES, flask, run
from tests.factories import member, staff
from tests.granting.earmarks.test_moving_in import earmarks
from tests.platform.web.client import SignInAs


@dataclass(frozen=True)
class Given:
    """A contribution: how much came when, and for what."""

    cents: int
    came_on: str
    countries: str = ""
    until: str = ""
    grade: str = "earmarked"


GIVEN = {
    "T01": Given(1_000_000, "2024-02-01", "HN"),
    "T02": Given(700_000, "2024-02-02", "HN GT"),
    "T03": Given(450_033, "2024-02-03", "KE", "2024-06-30"),
    "T04": Given(320_017, "2024-02-04", "KE", "2025-12-31"),
    "T05": Given(815_000, "2024-02-05", "KE UG HN", "", "soft"),
    "T06": Given(150_001, "2024-02-06", "NP", "", "tight"),
    "T07": Given(999_999, "2024-07-01", "UG"),
    "T08": Given(600_000, "2024-02-08", "GT"),
    "T09": Given(275_500, "2024-09-01", "HN", "2024-10-31", "tight"),
    "T10": Given(510_000, "2024-02-10", "", "", "soft"),
    "FREE": Given(1_200_000, "2024-02-11", "", "", "unearmarked"),
}


@dataclass
class Grant:
    """A grant: its instalments, and which of them were paid on which day."""

    country: str
    signed_on: str
    parts: tuple[int, ...]
    paid: tuple[str, ...]
    refund: int = 0
    has: dict[str, dict[str, int]] = field(default_factory=dict)


GRANTS = {
    "G1": Grant("HN", "2024-03-01", (800_011, 400_000), ("2024-03-10", "2024-08-01"), 33_333),
    "G2": Grant("KE", "2024-04-01", (600_007, 200_000), ("2024-04-10",)),
    "G3": Grant("KE", "2024-07-15", (300_000,), ()),
    "G4": Grant("UG", "2024-08-01", (500_000, 500_000), ("2024-08-05",)),
    "G5": Grant("HN", "2024-11-15", (650_000,), ("2024-11-20",)),
    "G6": Grant("GT", "2024-12-01", (450_050,), ()),
}


def with_support(cents: int) -> int:
    """With 13 % of it, rounded half-even."""
    return cents + int((Decimal(cents) * 13 / 100).to_integral_value(ROUND_HALF_EVEN))


def worked_out() -> dict[str, Grant]:
    """What each grant has of each contribution, by the words of the contract alone."""
    left = {name: given.cents for name, given in GIVEN.items()}
    events: list[tuple[str, int, str]] = []
    for name, grant in GRANTS.items():
        grant.has = {"set_apart": {}, "spent": {}}
        events += [(grant.signed_on, 0, name)]
        events += [(on, number, name) for number, on in enumerate(grant.paid, 1)]
        events += [(grant.paid[-1], 9, name)] if grant.refund else []
    for on, kind, name in sorted(events):
        grant = GRANTS[name]
        if kind == 0:
            _set_apart(grant, on, left)
        elif kind < 9:
            _spend(grant, with_support(grant.parts[kind - 1]))
        else:
            _give_back(grant, left)
    return GRANTS


def _set_apart(grant: Grant, on: str, left: dict[str, int]) -> None:
    needed = sum(map(with_support, grant.parts))
    for source in sorted((name for name in GIVEN if fits(name, grant, on)), key=narrow):
        part = min(left[source], needed)
        left[source] -= part
        needed -= part
        grant.has["set_apart"][source] = part
    assert needed == 0


def _spend(grant: Grant, needed: int) -> None:
    for source in sorted(grant.has["set_apart"], key=narrow):
        part = min(grant.has["set_apart"][source], needed)
        grant.has["set_apart"][source] -= part
        grant.has["spent"][source] = grant.has["spent"].get(source, 0) + part
        needed -= part


def _give_back(grant: Grant, left: dict[str, int]) -> None:
    back = with_support(grant.refund)
    for source in sorted(grant.has["spent"], key=narrow, reverse=True):
        part = min(grant.has["spent"][source], back)
        grant.has["spent"][source] -= part
        left[source] += part
        back -= part


def fits(source: str, grant: Grant, on: str) -> bool:
    given = GIVEN[source]
    in_place = not given.countries or grant.country in given.countries.split()
    return in_place and given.came_on <= on and (not given.until or on <= given.until)


def narrow(source: str) -> tuple[int, int, str, str]:
    """Free money comes last of all."""
    given = GIVEN[source]
    number = len(given.countries.split()) or 999
    return given.grade == "unearmarked", number, given.until or "9999", source


PLEDGE = "reference,donor,currency,amount,pledged_on,agreement_signed_on"


def usd_text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def written(at: Path) -> Path:
    """The history as an outsider writes it."""
    lines: Mapping[str, list[str]] = {
        "donors": ["code,name,kind,country"],
        "pledges": [f"{PLEDGE},conditional,earmarking,earmark_countries,earmark_until"],
        "deposits": ["bank_reference,pledge,value_on,currency,amount,bank_fee"],
        "organisations": ["code,name,country"],
        "grants": [
            "reference,organisation,country,award_usd,agreement_signed_on,starts_on,ends_on"
        ],
        "instalments": ["grant,number,amount_usd,due_on"],
        "payments": ["grant,number,paid_on,bank_reference"],
        "grant_refunds": ["grant,refunded_on,amount_usd,bank_reference"],
    }
    for place, (name, given) in enumerate(GIVEN.items()):
        amount = usd_text(given.cents)
        lines["donors"].append(f"D{name},Donor {name},member_state,AT")
        lines["pledges"].append(
            f"{name},D{name},USD,{amount},2024-01-{10 + place},,no,{given.grade},"
            f"{given.countries},{given.until}"
        )
        lines["deposits"].append(f"IN-{name},{name},{given.came_on},USD,{amount},")
    for name, grant in GRANTS.items():
        award, day = usd_text(sum(grant.parts)), grant.signed_on
        lines["organisations"].append(f"O{name},Organisation {name},{grant.country}")
        lines["grants"].append(f"{name},O{name},{grant.country},{award},{day},{day},2025-12-31")
        for number, part in enumerate(grant.parts, 1):
            lines["instalments"].append(f"{name},{number},{usd_text(part)},{day}")
        for number, on in enumerate(grant.paid, 1):
            lines["payments"].append(f"{name},{number},{on},OUT-{name}-{number}")
        if grant.refund:
            on = grant.paid[-1]
            lines["grant_refunds"].append(f"{name},{on},{usd_text(grant.refund)},R-{name}")
    assert lines.keys() <= FILES.keys()
    for file, rows in lines.items():
        (at / f"{file}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return at


def expected() -> dict[str, tuple[str, ...]]:
    """Received, set apart, spent and left of each earmarked contribution."""
    grants = worked_out().values()
    rows = {}
    for name, given in GIVEN.items():
        if given.grade != "unearmarked":
            apart, spent = (
                sum(grant.has[stage].get(name, 0) for grant in grants)
                for stage in ("set_apart", "spent")
            )
            figures = (given.cents, apart, spent, given.cents - spent)
            rows[name] = tuple(map(usd_text, figures))
    return rows


def test_ten_earmarks_from_the_bank_to_the_donor(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs, tmp_path: Path
) -> None:
    result = run(app, written(tmp_path))
    assert result.exit_code == 0, result.output
    told = expected()
    assert len(told) == 10
    assert earmarks(app) == told
    assert flask(app, "ledger", "verify").exit_code == 0
    _add_up(session, fund, told)
    page = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    _read_by_their_donors(session, sign_in_as, told)
    text = page.get("/earmarks/UNVTF").text
    for name, (_received, _apart, _spent, left) in told.items():
        assert name in text
        assert left in text.replace(",", ""), name


def test_the_auditor_reads_them_with_the_ledger(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    assert run(app, written(tmp_path)).exit_code == 0
    told = expected()
    facts = earmark_report(session, "UNVTF", Span(date(2024, 8, 1), date(2024, 12, 31))).facts
    lines = {one.line.reference: one for one in facts.contributions}
    assert {name: str(one.line.left) for name, one in lines.items()} == {
        name: row[3] for name, row in told.items()
    }
    assert facts.left + facts.not_earmarked == facts.available + facts.set_apart
    in_period = sum(
        with_support(part)
        for grant in GRANTS.values()
        for part, on in zip(grant.parts, grant.paid, strict=False)
        if on >= "2024-08-01"
    ) - with_support(GRANTS["G1"].refund)
    free = sum(grant.has["spent"].get("FREE", 0) for grant in GRANTS.values())
    assert facts.spent_in_period.minor <= in_period
    assert facts.spent.minor + free == sum(
        sum(grant.has["spent"].values()) for grant in GRANTS.values()
    )


def _add_up(session: Session, fund: Fund, told: Mapping[str, tuple[str, ...]]) -> None:
    """What is left of all earmarks and what is free are what is available and set apart. What names
    no country binds nothing, so the books count it as free.
    """
    left = sum(Decimal(row[3]) for row in told.values())
    apart = sum(Decimal(row[1]) for row in told.values())
    wide = Decimal(told["T10"][3]) - Decimal(told["T10"][1])
    free = free_money(session, fund).decimal - wide
    assert left + free == balances(session, fund).available.decimal + apart


def _read_by_their_donors(
    session: Session, sign_in_as: SignInAs, told: Mapping[str, tuple[str, ...]]
) -> None:
    """Each donor's report and page say what that contribution did, grant by grant."""
    year = Span(date(2024, 1, 1), date(2024, 12, 31))
    for name, (received, apart, spent, left) in told.items():
        (line,) = donor_report(session, f"D{name}/UNVTF", year).facts.earmarks
        figures = (line.received, line.set_apart, line.spent, line.left)
        assert tuple(map(str, figures)) == (received, apart, spent, left), name
        by_grant = {
            grant: (
                usd_text(facts.has["set_apart"].get(name, 0)),
                usd_text(facts.has["spent"].get(name, 0)),
            )
            for grant, facts in GRANTS.items()
        }
        nothing = ("0.00", "0.00")
        assert {g.grant: (str(g.set_apart), str(g.spent)) for g in line.grants} == {
            grant: amounts for grant, amounts in by_grant.items() if amounts != nothing
        }
        pledge = session.scalars(select(Pledge).where(Pledge.reference == name)).one()
        assert line_of(session, pledge) == line
    assert donor_report(session, "DFREE/UNVTF", year).facts.earmarks == ()
    donor = session.scalars(select(Organisation).where(Organisation.code == "DT01")).one()
    browser = sign_in_as(member(session, donor, Role.DONOR))
    text = browser.get("/giving/T01").text
    assert "What your money did" in text
    assert "G1" in text
    assert "G2" not in text
