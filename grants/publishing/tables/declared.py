"""The public tables of a fund. A further one is a row of TABLES: files, dictionary and API follow.

Amounts are those of the ledger. What is withheld of a grant or of a contribution is empty, and the
row is there: sums of these tables are those of the statements.
"""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import DonorKind, Earmarking, Licence, RegionalGroup, Window
from grants.publishing.facts.calls import calls_after
from grants.publishing.facts.corrections import Cause, CorrectedFigure, corrections_after
from grants.publishing.facts.grants import STATUS, grants_after, payments_after, results_after
from grants.publishing.facts.money import contributions_after
from grants.publishing.facts.people import counts_of
from grants.publishing.tables.columns import PublicColumn, PublicTable
from grants.publishing.tables.years import YEARS

C = PublicColumn
PARTS = {"total", "sex", "age", "form", "service", "window", "country"}


def _english(texts: Any) -> str:
    return str(texts.get("en", ""))


def _read_funds(
    session: Session, fund: Fund | None, number: int, most: int | None
) -> Sequence[Any]:
    funds = [fund] if fund else list(all_funds(session))
    return [item for item in funds if item.id > number][:most]


def _read_counts(
    session: Session, fund: Fund | None, number: int, most: int | None
) -> Sequence[Any]:
    assert fund is not None
    return counts_of(session, fund)[number:][:most]


FUNDS = PublicTable(
    "funds",
    _p("trust funds", "Funds"),
    _l("The funds of this installation."),
    _read_funds,
    (
        C("code", _l("Code of the fund, used in requests."), lambda f: f.code, "code"),
        C("name", _l("Name of the fund in English."), lambda f: _english(f.name)),
        C("purpose", _l("What the fund does, in English."), lambda f: _english(f.purpose)),
        C("mandate", _l("The decision that established it."), lambda f: _english(f.mandate)),
        C("currency", _l("Currency of its ledger."), lambda _f: "USD", "code"),
        C(
            "time_zone",
            _l("Time zone in which its days begin and end."),
            lambda f: f.time_zone,
            "code",
        ),
        C(
            "identifier",
            _l("The fund in a register of org-id.guide; null while none is entered."),
            lambda f: f.identifier or None,
            "code",
            empty=True,
        ),
        C(
            "licence",
            _l("Licence under which its figures may be used (SPDX)."),
            lambda f: str(f.licence),
            "code",
            choices=tuple(Licence),
        ),
        C("email", _l("E-mail address."), lambda f: f.contact_email or None, empty=True),
        C("telephone", _l("Telephone."), lambda f: f.contact_telephone or None, empty=True),
        C(
            "page",
            _l("Its page."),
            lambda f: url_for("portal.fund", code=f.code, _external=True),
            "address",
        ),
    ),
    of_fund=False,
    number=lambda f: f.id,
)


def _result(name: str) -> Any:
    return lambda row: getattr(row.results, name) if row.results else None


CALLS = PublicTable(
    "calls",
    _l("Calls for proposals"),
    _l("Calls that were opened, and what became of the applications once it is published."),
    calls_after,
    (
        C("reference", _l("Reference of the call."), lambda r: r.call.reference, "code"),
        C("fund", _l("Code of the fund."), lambda r: r.call.fund.code, "code"),
        C("title", _l("Title in English."), lambda r: _english(r.call.title)),
        C(
            "window",
            _l("Funding window."),
            lambda r: r.call.window,
            "code",
            choices=tuple(Window),
        ),
        C(
            "status",
            _l("Status of the call."),
            lambda r: r.status,
            "code",
            choices=("coming", "open", "closed", "published", "withdrawn", "archived"),
        ),
        C(
            "opens_at",
            _l("When applications can begin."),
            lambda r: r.call.opens_at,
            "time",
        ),
        C(
            "deadline_at",
            _l("When they must be submitted."),
            lambda r: r.call.deadline_at,
            "time",
        ),
        C("envelope_usd", _l("Money for its grants."), lambda r: r.call.envelope, "amount"),
        C("received", _l("Applications received."), _result("received"), "number", empty=True),
        C("eligible", _l("Of these, eligible."), _result("eligible"), "number", empty=True),
        C("funded", _l("Grants awarded."), _result("funded"), "number", empty=True),
        C("awarded_usd", _l("Total awarded."), _result("awarded"), "amount", empty=True),
        C("reserve", _l("Still on the reserve list."), _result("reserve"), "number", empty=True),
        C(
            "page",
            _l("Its page."),
            lambda r: url_for("calls.show", reference=r.call.reference, _external=True),
            "address",
        ),
    ),
    of_fund=False,
)

GRANTS = PublicTable(
    "grants",
    _l("Grants"),
    _l("Every grant, with what was awarded, paid and returned according to the ledger."),
    grants_after,
    (
        C(
            "reference",
            _l(
                "Reference of the grant; a separate number where the reference could reveal a name."
            ),
            lambda g: g.reference,
            "code",
        ),
        C("fund", _l("Code of the fund."), lambda g: g.fund, "code"),
        C(
            "organisation",
            _l("The organisation; null where its name is withheld."),
            lambda g: g.organisation,
            empty=True,
        ),
        C("described_as", _l("The organisation, or its general type."), lambda g: g.called),
        C(
            "title",
            _l("What the grant is for; null where the name is withheld."),
            lambda g: g.title,
            empty=True,
        ),
        C(
            "country",
            _l("Country of the work (ISO 3166-1); null: several, or withheld."),
            lambda g: g.country,
            "code",
            empty=True,
        ),
        C(
            "region",
            _l("Regional group of the United Nations."),
            lambda g: g.region,
            "code",
            empty=True,
            choices=tuple(RegionalGroup),
        ),
        C(
            "window",
            _l("Funding window."),
            lambda g: g.window,
            "code",
            empty=True,
            choices=tuple(Window),
        ),
        C(
            "call",
            _l("Its call for proposals."),
            lambda g: g.call,
            "code",
            empty=True,
        ),
        C("approved_on", _l("Day of the approval."), lambda g: g.approved_on, "date"),
        C("starts_on", _l("First day."), lambda g: g.starts_on, "date"),
        C("ends_on", _l("Last day."), lambda g: g.ends_on, "date"),
        C("awarded_usd", _l("Awarded."), lambda g: g.awarded, "amount"),
        C(
            "paid_usd",
            _l("Paid, less what banks returned."),
            lambda g: g.paid,
            "amount",
        ),
        C("returned_usd", _l("Returned by the organisation."), lambda g: g.returned, "amount"),
        C(
            "status",
            _l("Status of the grant."),
            lambda g: g.status,
            "code",
            choices=tuple(STATUS.values()),
        ),
        C(
            "people_planned",
            _l("People that the project planned to reach; null: too few, or name withheld."),
            lambda g: g.planned,
            "number",
            empty=True,
        ),
        C(
            "people_reached",
            _l("People counted in published results; null: none, too few, or name withheld."),
            lambda g: g.reached,
            "number",
            empty=True,
        ),
        C(
            "summary",
            _l("What was done, in the words of the organisation; null where not published."),
            lambda g: g.summary,
            empty=True,
        ),
        C(
            "page",
            _l("Its page."),
            lambda g: url_for(
                "published_grants.show", code=g.fund, reference=g.reference, _external=True
            ),
            "address",
        ),
    ),
)

PAYMENTS = PublicTable(
    "payments",
    _l("Payments of grants"),
    _l("Each payment to an organisation and each return, according to the ledger."),
    payments_after,
    (
        C("entry", _l("Number of the entry in the ledger."), lambda p: p.movement.number, "number"),
        C("fund", _l("Code of the fund."), lambda p: p.fund, "code"),
        C("grant", _l("Reference of the grant."), lambda p: p.reference, "code"),
        C("booked_on", _l("Day in the ledger."), lambda p: p.movement.on, "date"),
        C(
            "kind",
            _l("What happened."),
            lambda p: p.movement.event,
            "code",
            choices=("instalment_paid", "instalment_returned", "grantee_refunded"),
        ),
        C(
            "amount_usd",
            _l("Amount; below zero for refunds."),
            lambda p: p.movement.amount,
            "amount",
        ),
    ),
    number=lambda p: p.movement.number,
)

CONTRIBUTIONS = PublicTable(
    "contributions",
    _l("Contributions"),
    _l("Money received on pledges, including bank fees deducted in transit."),
    contributions_after,
    (
        C("entry", _l("Number of the entry in the ledger."), lambda c: c.number, "number"),
        C("fund", _l("Code of the fund."), lambda c: c.fund, "code"),
        C("received_on", _l("Day in the ledger."), lambda c: c.on, "date"),
        C(
            "donor",
            _l("The donor; null where the donor does not wish to be named."),
            lambda c: c.donor,
            empty=True,
        ),
        C(
            "donor_kind",
            _l("Type of donor; null where the donor is not named."),
            lambda c: c.kind,
            "code",
            empty=True,
            choices=tuple(DonorKind),
        ),
        C(
            "donor_country",
            _l("Country of the donor (ISO 3166-1)."),
            lambda c: c.country,
            "code",
            empty=True,
        ),
        C(
            "earmarking",
            _l("How narrowly the contribution is earmarked."),
            lambda c: c.earmarking,
            "code",
            choices=tuple(Earmarking),
        ),
        C(
            "currency",
            _l("Its currency (ISO 4217)."),
            lambda c: c.amount.currency,
            "code",
        ),
        C("amount", _l("Amount in that currency."), lambda c: c.amount, "amount"),
        C(
            "amount_usd",
            _l("In US dollars, as posted to the ledger. A correction is below zero."),
            lambda c: c.usd,
            "amount",
        ),
    ),
)

RESULTS = PublicTable(
    "results",
    _l("People reached"),
    _l("Counts of people in the published editions of the results; none of them is small."),
    _read_counts,
    (
        C("fund", _l("Code of the fund."), lambda c: c.fund, "code"),
        C(
            "year",
            _l("Year in which the period of the reports ended; null: since the fund began."),
            lambda c: c.year,
            "number",
            empty=True,
        ),
        C(
            "by",
            _l("What people are counted by."),
            lambda c: c.by,
            "code",
            choices=tuple(sorted(PARTS)),
        ),
        C(
            "group",
            _l("Categories that are counted together, with + between them."),
            lambda c: "+".join(c.groups),
            "code",
        ),
        C("label", _l("The same categories, in words."), lambda c: c.label),
        C(
            "people",
            _l("How many people; null where they are too few to be published."),
            lambda c: c.people,
            "number",
            empty=True,
        ),
    ),
)

INDICATORS = PublicTable(
    "indicators",
    _l("Results of grants"),
    _l(
        "What projects planned to reach and have reached, according to their final "
        "reports and the fund."
    ),
    results_after,
    (
        C("fund", _l("Code of the fund."), lambda r: r.fund, "code"),
        C("grant", _l("Reference of the grant."), lambda r: r.reference, "code"),
        C(
            "number",
            _l("Place among the results of the grant."),
            lambda r: r.result.number,
            "number",
        ),
        C("indicator", _l("What is measured."), lambda r: r.result.indicator),
        C(
            "baseline",
            _l("Before the project; null where not known."),
            lambda r: r.result.baseline or None,
            empty=True,
        ),
        C(
            "target",
            _l("What was planned; null where the plan gives none."),
            lambda r: r.result.target or None,
            empty=True,
        ),
        C("reached", _l("What was achieved."), lambda r: r.result.reached),
    ),
)

CORRECTIONS = PublicTable(
    "corrections",
    _l("History of corrections"),
    _l("Published amounts that were changed later, before and after, according to the ledger."),
    corrections_after,
    (
        C("entry", _l("Number of the correcting entry."), lambda c: c.number, "number"),
        C("fund", _l("Code of the fund."), lambda c: c.fund, "code"),
        C("corrected_on", _l("Day in the ledger."), lambda c: c.on, "date"),
        C(
            "figure",
            _l("Which amount was changed."),
            lambda c: c.figure,
            "code",
            choices=tuple(CorrectedFigure),
        ),
        C(
            "record",
            _l("Reference of the grant; of a contribution the number of its entry."),
            lambda c: c.reference,
            "code",
        ),
        C("before_usd", _l("Amount before."), lambda c: c.before, "amount"),
        C("after_usd", _l("Amount after."), lambda c: c.after, "amount"),
        C("cause", _l("What changed it."), lambda c: c.cause, "code", choices=tuple(Cause)),
    ),
)

TABLES = {
    table.name: table
    for table in (
        FUNDS,
        CALLS,
        GRANTS,
        PAYMENTS,
        CONTRIBUTIONS,
        YEARS,
        CORRECTIONS,
        RESULTS,
        INDICATORS,
    )
}
