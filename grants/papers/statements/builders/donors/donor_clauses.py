"""The clauses of a contribution agreement, in plain words; the same for every fund."""

from grants.core.kernel.language import gettext as _
from grants.granting.clauses.standard import settlement_of_disputes
from grants.granting.clauses.wording import Clause


def clauses() -> tuple[Clause, ...]:
    """In the order in which they are numbered, in the current language."""
    return (*_money_clauses(), *_use_clauses(), *_final_clauses())


def _money_clauses() -> tuple[Clause, ...]:
    return (
        Clause(
            _("The contribution"),
            (
                _(
                    "The Donor shall contribute the amount stated above, in the payments set out "
                    "in Annex 1, to the bank account indicated in that Annex, quoting the "
                    "reference of this Agreement with each payment."
                ),
                _(
                    "Each payment shall be credited at its full amount in the currency of this "
                    "Agreement, including any bank fees deducted in transit. Its value in United "
                    "States dollars shall be determined by applying the United Nations operational "
                    "rate of exchange in effect on the date it is credited. The Fund shall issue "
                    "an official receipt for each payment."
                ),
            ),
        ),
        Clause(
            _("Changes to the contribution"),
            (
                _(
                    "If the Donor is unable to make a payment on its due date, or to make the "
                    "contribution in full, it shall inform the Fund in writing as soon as possible."
                ),
            ),
        ),
    )


def _use_clauses() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Use of the contribution"),
            (
                _(
                    "The Fund shall use the contribution for humanitarian, legal and financial aid "
                    "to victims of trafficking in persons and, within that purpose, in accordance "
                    "with any earmarking stated above. The contribution shall be administered in "
                    "accordance with the Financial Regulations and Rules of the United Nations and "
                    "pooled with other contributions to the Fund."
                ),
                _(
                    "Programme support costs shall be charged to the Fund at the rate stated "
                    "above, calculated on expenditure. Interest earned shall accrue to the Fund."
                ),
            ),
        ),
        Clause(
            _("Reports and audit"),
            (
                _(
                    "The Donor may obtain a statement of its contributions for any period, and an "
                    "annual report on the activities of the Fund. The contribution shall be "
                    "subject exclusively to the internal and external audit procedures of the "
                    "United Nations, in accordance with the single audit principle."
                ),
            ),
        ),
        Clause(
            _("Publication of the Donor’s name"),
            (
                _(
                    "The Fund may publish the name of the Donor unless the Donor has requested "
                    "otherwise. No report shall name a victim or contain information that could "
                    "identify one."
                ),
            ),
        ),
    )


def _final_clauses() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Termination"),
            (
                _(
                    "Either Party may terminate this Agreement by giving the other thirty days’ "
                    "written notice. At the Donor’s request, the Fund shall refund any part of the "
                    "contribution received that has been neither spent nor committed by the date "
                    "of termination."
                ),
            ),
        ),
        settlement_of_disputes(),
    )
