"""Documents that are tables, as a workbook: the same facts as the PDF, figures as figures."""

from collections.abc import Iterable
from typing import Any

from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext
from grants.papers.statements.builders.funds.annex import Annex
from grants.papers.statements.builders.funds.contributions import ContributionsByDonor
from grants.papers.statements.builders.funds.fund import FundStatement
from grants.papers.statements.builders.funds.grants_made import RegionLine
from grants.papers.statements.builders.funds.people import People
from grants.platform.tables.exports import Sheet


def of_contributions(facts: ContributionsByDonor) -> list[Sheet]:
    """One sheet: donors by years."""
    heads = [_("Type of donor"), _("Donor"), _("Country"), *map(str, facts.years), _("Total, USD")]
    rows: list[list[Any]] = [
        [group.kind, row.name, _country_text(row.country), *row.amounts, row.total]
        for group in facts.groups
        for row in group.donors
    ]
    rows.append([None, _("Total"), None, *facts.amounts, facts.total])
    return [Sheet(_("Contributions"), heads, rows)]


def of_annex(facts: Annex) -> list[Sheet]:
    """A sheet for each table of the annex."""
    return [
        _donor_sheet(facts),
        *_outside_sheets(facts),
        _financial_sheet(facts),
        _grant_sheet(facts.regions),
        *_people_sheets(facts.people),
    ]


def _donor_sheet(facts: Annex) -> Sheet:
    heads = [_("Donor"), _("Country"), _("Pledged, USD"), _("Received, USD")]
    rows = [
        [line.name, _country_text(line.country), line.pledged, line.received]
        for line in facts.donors
    ]
    rows.append([_("Total"), None, facts.pledged, facts.received])
    return Sheet(_("Contributions"), heads, rows)


def _outside_sheets(facts: Annex) -> list[Sheet]:
    """What was reported outside the fund, if anything was."""
    rows = [[line.purpose, line.number, line.amount] for line in facts.outside]
    heads = [_("Purpose"), _("Contributions"), _("Amount, USD")]
    return [Sheet(_("Outside the fund"), heads, rows)] if rows else []


def _financial_sheet(facts: Annex) -> Sheet:
    rows = [list(line) for line in _source_and_use(facts.statement)]
    rows.append([_("Commitments outstanding"), facts.commitments])
    rows.append([_("Available for awards"), facts.available])
    rows.append([_("Of this, earmarked"), facts.earmarked])
    return Sheet(_("Source and use"), [_("Line"), _("USD")], rows)


def _source_and_use(facts: FundStatement) -> Iterable[tuple[str, Any]]:
    source, use = facts.source, facts.use
    yield _("Opening balance"), facts.opening_balance
    yield _("Contributions received"), source.contributions
    yield pgettext("bank", "Interest"), source.interest
    yield _("Refunds from grantees"), source.refunds_from_grantees
    yield _("Unidentified deposits, net"), source.unidentified_receipts
    yield _("Total source"), source.total
    yield _("Transfers to grantees"), use.transfers_to_grantees
    yield _("Programme support costs"), use.programme_support_cost
    yield _("Direct costs"), use.direct_costs
    yield _("Administration fees"), use.administration_fees
    yield _("Bank charges"), use.bank_charges
    yield _("Refunds to donors"), use.refunds_to_donors
    yield _("Total use"), use.total
    yield _("Exchange differences on cash"), facts.exchange_differences_on_cash
    yield _("Closing balance"), facts.closing_balance


def _grant_sheet(regions: Iterable[RegionLine]) -> Sheet:
    heads = [_("Regional group"), _("Country"), _("Grants"), _("Awarded, USD")]
    rows = [
        [region.region, _country_text(line.country), line.grants, line.amount]
        for region in regions
        for line in region.countries
    ]
    return Sheet(_("Grants"), heads, rows)


def _people_sheets(people: People) -> Iterable[Sheet]:
    for table in people.tables:
        rows = [[row.label, *(_count_text(count) for count in row.counts)] for row in table.rows]
        if table.totals is not None:
            rows.append([_("Total"), *(_count_text(count) for count in table.totals)])
        yield Sheet(table.title, [_("People"), *people.columns], rows)


def _count_text(count: int | None) -> int | str:
    return _("withheld") if count is None else count


def _country_text(code: str | None) -> str | None:
    return country_name(code) if code else None
