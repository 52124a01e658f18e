"""Source and use of funds by year, as a public table."""

from operator import attrgetter

from grants.core.kernel.language import lazy_gettext as _l
from grants.publishing.facts.money import years_after
from grants.publishing.tables.columns import PublicColumn as C
from grants.publishing.tables.columns import PublicTable

MEANINGS = {
    "source.contributions": _l("Received from donors on their pledges."),
    "source.interest": _l("Interest paid by the bank."),
    "source.refunds_from_grantees": _l("Returned by organisations."),
    "source.unidentified_receipts": _l("From senders who are not identified yet."),
    "source.total": _l("Total source."),
    "use.transfers_to_grantees": _l("Paid to organisations."),
    "use.programme_support_cost": _l("Programme support costs."),
    "use.direct_costs": _l("Direct costs."),
    "use.administration_fees": _l("Administration fees."),
    "use.bank_charges": _l("Bank charges."),
    "use.refunds_to_donors": _l("Refunded to donors."),
    "use.total": _l("Total use."),
}


def _amount_column(path: str, about: str) -> C:
    """A line of the statement: `source.total` is the column `source_total_usd`."""
    return C(f"{path.replace('.', '_')}_usd", about, attrgetter(f"figures.{path}"), "amount")


YEARS = PublicTable(
    "years",
    _l("Source and use of funds by year"),
    _l(
        "What was received and what was used in each year, as in the statements that are certified."
    ),
    years_after,
    (
        C(
            "year",
            _l("Calendar year; the last one has not ended yet."),
            attrgetter("number"),
            "number",
        ),
        C("fund", _l("Code of the fund."), attrgetter("fund"), "code"),
        _amount_column("opening_balance", _l("Balance at the beginning.")),
        *(_amount_column(path, about) for path, about in MEANINGS.items()),
        _amount_column("exchange_differences_on_cash", _l("Exchange gain or loss.")),
        _amount_column("closing_balance", _l("Balance at the end.")),
    ),
)
