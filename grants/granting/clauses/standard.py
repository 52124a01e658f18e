"""The clauses with which every fund begins, in plain words, in each language of the catalogues."""

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext
from grants.granting.clauses.wording import Clause


def clauses() -> tuple[Clause, ...]:
    """In the order in which they are numbered, in the current language."""
    return (*_purpose_and_money(), *_conduct_clauses(), *_final_clauses())


def _purpose_and_money() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Purpose"),
            (
                _(
                    "The Grantee shall carry out the project described in its application, within "
                    "the approved budget. The application and the approved budget form an integral "
                    "part of this Agreement."
                ),
                _(
                    "The grant shall be used for direct assistance to victims and shall not "
                    "generate profit. The Grantee shall not transfer any part of the grant to "
                    "another organisation without the prior written consent of the Fund."
                ),
            ),
        ),
        Clause(
            pgettext("clause", "Payment"),
            (
                _(
                    "The Fund shall pay the grant in United States dollars, in the instalments set "
                    "out in Annex 1, to a bank account held in the name of the Grantee. Payment of "
                    "each instalment is subject to its due date having been reached, to the "
                    "acceptance by the Fund of all reports due before that date, and to the "
                    "availability of resources in the Fund."
                ),
                _("The Grantee shall confirm receipt of each payment within ten days."),
            ),
        ),
        Clause(
            _("Use of the grant"),
            (
                _(
                    "The Grantee shall use the grant exclusively for the project, within the grant "
                    "period and in accordance with the approved budget. Up to 10 per cent of a "
                    "budget line may be reallocated to another line. Any reallocation above that "
                    "limit requires the prior written consent of the Fund."
                ),
                _(
                    "The Grantee shall refund to the Fund any amount that has not been spent at "
                    "the end of the grant period, within thirty days of that date."
                ),
            ),
        ),
        Clause(
            _("Records, reports and audit"),
            (
                _(
                    "The Grantee shall keep separate accounts for the grant, retain them with all "
                    "supporting documents for seven years, and submit the reports listed in Annex "
                    "2 by their due dates."
                ),
                _(
                    "The Fund and the internal and external auditors of the United Nations may, on "
                    "reasonable notice, visit the project and inspect the accounts and records "
                    "relating to the grant."
                ),
            ),
        ),
    )


def _conduct_clauses() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Protection of victims"),
            (
                _(
                    "Assistance shall be voluntary, confidential and free of charge, and shall not "
                    "be made conditional on a victim’s cooperation with any authority. Reports "
                    "shall contain figures only, and no names, images or other information that "
                    "could identify an individual."
                ),
                _(
                    "The Grantee shall take all appropriate measures to prevent sexual "
                    "exploitation and abuse, and the exploitation of children, by its personnel "
                    "and by any other person engaged by it, and shall report every allegation to "
                    "the Fund without delay."
                ),
            ),
        ),
        Clause(
            _("Integrity"),
            (
                _(
                    "The Grantee represents that no person involved in the grant has a conflict of "
                    "interest and that it does not tolerate fraud or corruption. It shall ensure "
                    "that no part of the grant is made available to any person or entity on the "
                    "United Nations Security Council Consolidated List."
                ),
            ),
        ),
        Clause(
            _("Visibility"),
            (
                _(
                    "The Grantee may acknowledge the support of the Fund, unless doing so would "
                    "put victims or staff at risk. It shall not otherwise use the name or emblem "
                    "of the United Nations."
                ),
            ),
        ),
    )


def _final_clauses() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Changes"),
            (
                _(
                    "Any change to the period, budget, location or partners of the project shall "
                    "take effect only after the Parties have agreed to it in writing."
                ),
            ),
        ),
        Clause(
            _("Suspension and termination"),
            (
                _(
                    "Either Party may terminate this Agreement by giving the other thirty days’ "
                    "written notice. If the Grantee breaches this Agreement, the Fund may suspend "
                    "payment or terminate the Agreement with immediate effect, and the Grantee "
                    "shall refund any amount not spent in accordance with it."
                ),
            ),
        ),
        settlement_of_disputes(),
    )


def settlement_of_disputes() -> Clause:
    """The last clause of every agreement of a fund, with grantees and with donors."""
    return Clause(
        _("Settlement of disputes; privileges and immunities"),
        (
            _(
                "The Parties shall endeavour to settle any dispute arising from this Agreement "
                "amicably, by negotiation. No provision of this Agreement is, or shall be "
                "interpreted as, a waiver of any privilege or immunity of the United Nations "
                "or its subsidiary organs."
            ),
            _(
                "This Agreement shall enter into force on the date of the last signature by "
                "the Parties."
            ),
        ),
    )
