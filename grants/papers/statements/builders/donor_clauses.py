"""The clauses of a contribution agreement, in plain words; the same for every fund."""

from grants.core.kernel.language import gettext as _
from grants.papers.statements.builders.clauses import Clause


def clauses() -> tuple[Clause, ...]:
    """In the order in which they are numbered, in the current language."""
    return (*_money(), *_use(), *_ending())


def _money() -> tuple[Clause, ...]:
    return (
        Clause(
            _("The contribution"),
            (
                _(
                    "The Donor contributes the amount named above, in the payments of Annex 1, "
                    "to the account named there, and quotes the reference of this agreement in "
                    "each payment."
                ),
                _(
                    "A payment counts with its amount in the currency of this agreement, fees that "
                    "banks withhold on the way included. Its value in US dollars is at the United "
                    "Nations operational rate of exchange of the day it is credited. For each the "
                    "Fund issues an official receipt."
                ),
            ),
        ),
        Clause(
            _("Changes of the contribution"),
            (
                _(
                    "If a payment cannot be made on its day, or the contribution cannot be made in "
                    "full, the Donor tells the Fund in writing as early as it can."
                ),
            ),
        ),
    )


def _use() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Use of the contribution"),
            (
                _(
                    "The Fund uses it for humanitarian, legal and financial aid to victims of "
                    "trafficking in persons, and within that for what it is earmarked for above. "
                    "It is administered by the financial regulations and rules of the United "
                    "Nations, and pooled with the other contributions to the Fund."
                ),
                _(
                    "Programme support cost, at the percentage named above of what is spent, is "
                    "charged to the Fund. Interest belongs to the Fund."
                ),
            ),
        ),
        Clause(
            _("Reports and audit"),
            (
                _(
                    "The Donor may have a statement of its contributions for any period, and each "
                    "year a report on what the Fund did. The Fund is audited by the internal and "
                    "external auditors of the United Nations alone, by their single audit."
                ),
            ),
        ),
        Clause(
            _("Names"),
            (
                _(
                    "The Fund names the Donor in public unless the Donor has asked not to be "
                    "named. No report names a victim, or lets one be recognised."
                ),
            ),
        ),
    )


def _ending() -> tuple[Clause, ...]:
    return (
        Clause(
            _("End"),
            (
                _(
                    "Either side may end this agreement with thirty days' notice in writing. What "
                    "was paid and is not spoken for by then is sent back, if the Donor wishes so."
                ),
            ),
        ),
        Clause(
            _("Disputes, privileges and immunities"),
            (
                _(
                    "The two sides settle differences by talking to each other. Nothing in this "
                    "agreement is a waiver of the privileges and immunities of the United Nations."
                ),
                _("This agreement is in force from the day of the later signature."),
            ),
        ),
    )
