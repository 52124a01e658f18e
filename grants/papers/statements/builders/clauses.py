"""The clauses of a grant agreement, in plain words.

They are the same for every fund until a fund words its own.
"""

from dataclasses import dataclass

from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause."""

    heading: str
    paragraphs: tuple[str, ...]


def clauses() -> tuple[Clause, ...]:
    """In the order in which they are numbered, in the current language."""
    return (*_purpose_and_money(), *_conduct(), *_ending())


def _purpose_and_money() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Purpose"),
            (
                _(
                    "The Grantee carries out the project as described in its application, with "
                    "the approved budget. Both are part of this agreement."
                ),
                _(
                    "The grant is for direct assistance to victims. It is not for profit, and no "
                    "part of it may be passed on to another organisation without written consent."
                ),
            ),
        ),
        Clause(
            _("Payment"),
            (
                _(
                    "The Fund pays in the instalments of Annex 1, in US dollars, to an account in "
                    "the name of the Grantee. An instalment is paid when it is due, the reports "
                    "due before it have been accepted, and money is available in the Fund."
                ),
                _("The Grantee confirms each payment within ten days of its arrival."),
            ),
        ),
        Clause(
            _("Use of the money"),
            (
                _(
                    "Money is spent within the period of the grant, for the project only, and by "
                    "the approved budget. Up to 10 per cent of a budget line may be moved to "
                    "another line; more needs written consent beforehand."
                ),
                _("What has not been spent when the grant ends is sent back within thirty days."),
            ),
        ),
        Clause(
            _("Records, reports and audit"),
            (
                _(
                    "The Grantee keeps separate accounts of the grant, with the vouchers, for "
                    "seven years, and sends the reports of Annex 2 in time."
                ),
                _(
                    "The Fund, and auditors of the United Nations, may visit the project and "
                    "inspect its accounts, having given notice."
                ),
            ),
        ),
    )


def _conduct() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Protection of victims"),
            (
                _(
                    "Assistance is voluntary, confidential and free of charge, and never depends "
                    "on a victim's cooperation with authorities. Reports hold numbers and no "
                    "names, pictures or other particulars from which a person could be known."
                ),
                _(
                    "The Grantee prevents sexual exploitation and abuse, and the exploitation of "
                    "children, by anybody who works for it, and tells the Fund of every "
                    "allegation without delay."
                ),
            ),
        ),
        Clause(
            _("Integrity"),
            (
                _(
                    "The Grantee declares that nobody concerned with the grant has a conflict of "
                    "interest, that it tolerates no fraud or corruption, and that no money of the "
                    "grant reaches persons or entities on the Consolidated List of the United "
                    "Nations Security Council."
                ),
            ),
        ),
        Clause(
            _("Visibility"),
            (
                _(
                    "The Grantee may say that the Fund supports the project, unless that would "
                    "endanger victims or staff. It does not use the name or emblem of the United "
                    "Nations in any other way."
                ),
            ),
        ),
    )


def _ending() -> tuple[Clause, ...]:
    return (
        Clause(
            _("Changes"),
            (
                _(
                    "A change of period, budget, place or partner is valid when both sides have "
                    "agreed to it in writing before it takes effect."
                ),
            ),
        ),
        Clause(
            _("Suspension and end"),
            (
                _(
                    "Either side may end this agreement with thirty days' notice. The Fund may "
                    "suspend payment or end the agreement at once if its terms are broken; money "
                    "that was not spent as agreed is then sent back."
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
