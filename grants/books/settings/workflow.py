"""Which settings of a fund there are, and the way of a change."""

from decimal import Decimal
from enum import StrEnum

from grants.core.funds.approvals import Tier, from_text
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.core.texts.marks import spaced


class Setting(Term):
    """A setting whose change another person approves."""

    OPERATING_RESERVE = "operating_reserve", _l("Operating reserve")
    SUPPORT_COST = "support_cost", _l("Programme support costs")
    DOUBTFUL_NOT_DUE = "doubtful_not_due", _l("Doubtful: not yet due")
    DOUBTFUL_FIRST_YEAR = "doubtful_first_year", _l("Doubtful: less than 1 year overdue")
    DOUBTFUL_SECOND_YEAR = "doubtful_second_year", _l("Doubtful: 1 to 2 years overdue")
    DOUBTFUL_THIRD_YEAR = "doubtful_third_year", _l("Doubtful: 2 to 3 years overdue")
    DOUBTFUL_LATER = "doubtful_later", _l("Doubtful: 3 years or more overdue")

    BUDGET_TOLERANCE = "budget_tolerance", _l("Largest revision of a budget line by notice")
    AUDIT_FROM = "audit_from", _l("Certificate of audit for grants from")
    GIFT_LIMIT = (
        "gift_limit",
        _l("Maximum from an individual within 12 months without due diligence"),
    )
    CHANGE_DAYS = (
        "change_days",
        _l("Days before the end of a grant by which a change must be requested"),
    )
    ACCOUNT_WAIT_DAYS = (
        "account_wait_days",
        _l("Days without payments after a change of bank details"),
    )
    BANK_LETTER_DAYS = "bank_letter_days", _l("Days that a bank letter is valid (0: no limit)")
    EARMARK_LIMIT = "earmark_limit", _l("Share of a year’s contributions that may be earmarked")
    OUTSIDE_EMAIL = "outside_email", _l("E-mail address of the office for other contributions")
    TIME_ZONE = "time_zone", _l("Time zone")
    LANGUAGES = "languages", _l("Languages")
    APPROVALS = "approvals", _l("Approving officers for an award")

    @property
    def in_money(self) -> bool:
        """Is it USD?"""
        return self in {Setting.OPERATING_RESERVE, Setting.AUDIT_FROM, Setting.GIFT_LIMIT}

    @property
    def in_days(self) -> bool:
        """Is it a number of days?"""
        return self in MOST_DAYS

    @property
    def in_words(self) -> bool:
        """Is it neither USD nor percent?"""
        return self in {
            Setting.TIME_ZONE,
            Setting.LANGUAGES,
            Setting.APPROVALS,
            Setting.OUTSIDE_EMAIL,
        }

    def read(self, value: str) -> Money | Decimal | str:
        """A value as it is kept, in money, as a share of one, or in words."""
        if self is Setting.LANGUAGES:
            return spaced(",").join(LANGUAGES[code].name for code in value.split(","))
        if self is Setting.APPROVALS:
            return " · ".join(_tier_in_words(tier) for tier in from_text(value))
        if self.in_words or self.in_days:
            return value
        return Money.parse(value, "USD") if self.in_money else Decimal(value) / 100


MOST_DAYS = {
    Setting.CHANGE_DAYS: 365,
    Setting.ACCOUNT_WAIT_DAYS: 60,
    Setting.BANK_LETTER_DAYS: 3650,
}
"""The settings that are a number of days, and the most of each."""


def _tier_in_words(tier: Tier) -> str:
    if not tier.least.minor:
        return str(tier.approvers)
    return _("%(number)s from %(amount)s", number=tier.approvers, amount=plain_money(tier.least))


class ChangeState(StrEnum):
    """The state of a proposed change."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"


S = ChangeState
P = Permission

SETTING_CHANGE = Workflow(
    subject="setting_change",
    initial=S.PROPOSED,
    steps=(
        Step(
            "put_in_force",
            (S.PROPOSED,),
            S.IN_FORCE,
            P.SETTING_APPROVE,
            _l("Approve the change"),
            not_by=("create",),
            act="books.settings.service.put_in_force",
            page="settings.approve",
        ),
        Step(
            "decline",
            (S.PROPOSED,),
            S.DECLINED,
            P.SETTING_APPROVE,
            _l("Decline the change"),
            needs_reason=True,
            not_by=("create",),
            act="books.settings.service.decline",
            page="settings.decline",
        ),
    ),
    names={
        S.PROPOSED: StateName(_l("Awaiting approval"), _l("Awaiting approval"), "waiting"),
        S.IN_FORCE: StateName(_l("In force"), _l("In force"), "good"),
        S.DECLINED: StateName(_l("Declined"), _l("Declined"), "neutral"),
    },
    final=(S.IN_FORCE, S.DECLINED),
)
