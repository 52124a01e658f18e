"""Changing a setting of a fund: one person proposes it with a reason, another puts it in force."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.queries import available_for_award
from grants.books.settings.models import SettingChange
from grants.books.settings.queries import band_of, plain_percent, value_of
from grants.books.settings.workflow import MOST_DAYS, SETTING_CHANGE, ChangeState, Setting
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.funds.approvals import Tier, as_text, checked, from_text
from grants.core.funds.house import follow_funds
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import OFFERED, ngettext
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_money
from grants.platform.forms.typed import email_address
from grants.platform.messages.service import Recipient, send

Value = Money | Decimal | int | str | Sequence[str] | Sequence[Tier]


def propose_change(
    session: Session, fund: Fund, setting: Setting, value: Value, act: Act
) -> SettingChange:
    """Propose another value: USD for the operating reserve, the name of a time zone, codes of
    languages, the tiers of officers for an award, and percent for the others.

    DomainError without a reason, for what is no such value and for the value it has already;
    Conflict while another change of the setting waits.
    """
    act.demand(Permission.SETTING_PROPOSE, Scope(fund.id))
    fund = lock(session, fund.id)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    after, before = as_kept(setting, value), value_of(fund, setting)
    if after == before:
        raise DomainError(_("The setting already has this value."))
    if setting is Setting.APPROVALS:
        _enough_officers(session, fund, after)
    require_none_waiting(session, fund, setting)
    change = SettingChange(
        fund=fund,
        setting=setting,
        before=before,
        after=after,
        reason=act.reason or "",
        proposed_at=act.at,
    )
    begin(session, change, SETTING_CHANGE, act, setting=setting.value, before=before, after=after)
    return change


def put_in_force(session: Session, change: SettingChange, act: Act) -> None:
    """The new value holds from now on. Not by the person who proposed it.

    An operating reserve beyond what is available is refused: that money is reserved or committed.
    Conflict if the setting is no longer what it was when the change was proposed.
    """
    fund = _lock_change(session, change)
    require(session, change, SETTING_CHANGE, "put_in_force", act)
    if value_of(fund, change.setting) != change.before:
        raise Conflict(
            _("The setting has changed since this change was proposed. Decline the change.")
        )
    if change.setting is Setting.OPERATING_RESERVE:
        _set_reserve(session, fund, Money.parse(change.after, "USD"), act)
    else:
        _set_value(session, fund, change)
    advance(session, change, SETTING_CHANGE, "put_in_force", act)
    follow_funds(session, now=True)


AMOUNTS = {Setting.AUDIT_FROM: "audit_from_minor", Setting.GIFT_LIMIT: "gift_limit_minor"}
"""Amounts that are kept in a column of the fund, and nothing else follows from."""


PERCENTAGES = {
    Setting.SUPPORT_COST: "psc_percent",
    Setting.BUDGET_TOLERANCE: "budget_tolerance",
    Setting.EARMARK_LIMIT: "earmark_limit",
}
"""Percentages, likewise."""


def _set_value(session: Session, fund: Fund, change: SettingChange) -> None:
    if change.setting in PERCENTAGES:
        setattr(fund, PERCENTAGES[change.setting], Decimal(change.after))
    elif change.setting in AMOUNTS:
        setattr(fund, AMOUNTS[change.setting], Money.parse(change.after, "USD").minor)
    elif change.setting.in_days:
        setattr(fund, change.setting.value, int(change.after))
    elif change.setting is Setting.TIME_ZONE:
        fund.time_zone = change.after
    elif change.setting is Setting.OUTSIDE_EMAIL:
        fund.outside_email = change.after
        _tell_former_office(session, fund, change)
    elif change.setting is Setting.LANGUAGES:
        fund.languages = change.after.split(",")
    elif change.setting is Setting.APPROVALS:
        fund.approval_tiers = [tier.as_json() for tier in from_text(change.after)]
    else:
        fund.doubtful_percents = {**fund.doubtful_percents, band_of(change.setting): change.after}


def _tell_former_office(session: Session, fund: Fund, change: SettingChange) -> None:
    """The office tells donors how to pay, so the one that did reads that it does no more."""
    if change.before:
        send(
            session,
            Recipient(change.before, change.before),
            "books/settings/office",
            event=f"setting_change:{change.id}:office",
            fund=fund,
            former=change.before,
        )


def decline(session: Session, change: SettingChange, act: Act) -> None:
    """The setting stays as it is, for a reason."""
    _lock_change(session, change)
    advance(session, change, SETTING_CHANGE, "decline", act)


def _set_reserve(session: Session, fund: Fund, reserve: Money, act: Act) -> None:
    """What is set aside is available no more, so it has to be available now."""
    more = reserve.minor - fund.operating_reserve_minor
    available = available_for_award(session, fund)
    if more > 0 and available.minor < more:
        raise DomainError(
            _(
                "Only %(available)s is available: the rest is committed or reserved.",
                available=plain_money(available),
            )
        )
    before, fund.operating_reserve_minor = fund.operating_reserve_minor, reserve.minor
    record(session, fund, "set_operating_reserve", act, before=before, after=reserve.minor)


def _lock_change(session: Session, change: SettingChange) -> Fund:
    """The fund first, then the change: in that order everyone waits."""
    fund = lock(session, change.fund_id)
    session.refresh(change, with_for_update={"of": SettingChange})
    return fund


def _enough_officers(session: Session, fund: Fund, after: str) -> None:
    """DomainError if an award could need more officers than there are: none would be made."""
    most = max(tier.approvers for tier in from_text(after))
    appointed = len(people_of_fund(session, Permission.AWARD_APPROVE, fund.id))
    if most > max(appointed, 1):
        raise DomainError(
            ngettext(
                "Only %(num)s approving officer has been appointed. Appoint more, or "
                "lower the number that this call requires.",
                "Only %(num)s approving officers have been appointed. Appoint more, "
                "or lower the number that this call requires.",
                appointed,
            )
        )


def as_kept(setting: Setting, value: Value) -> str:
    """A value as it is kept; DomainError for what is no such value."""
    if setting is Setting.APPROVALS:
        return as_text(checked([tier for tier in value if isinstance(tier, Tier)]))  # type: ignore[union-attr]
    if setting.in_words:
        return _in_words(setting, value)
    if setting.in_days:
        return _in_days(value, MOST_DAYS[setting])
    if isinstance(value, Money) and setting.in_money:
        if value.currency != "USD" or value.minor < 0:
            raise DomainError(_("The amount must be 0 or more, in USD."))
        return str(value)
    if not isinstance(value, Decimal) or setting.in_money:
        raise DomainError(_("This setting has a different type of value."))
    if not 0 <= value <= 100 or value != round(value, 2):
        raise DomainError(_("Enter 0 to 100 per cent, with no more than two decimals."))
    return plain_percent(value)


def _in_days(value: Value, most: int) -> str:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise DomainError(_("Enter a whole number of days from 0 to %(most)s.", most=most))
    return str(value)


def _in_words(setting: Setting, value: Value) -> str:
    if setting is Setting.OUTSIDE_EMAIL:
        return _email_or_empty(value)
    if setting is Setting.TIME_ZONE and value in clock.zones():
        return str(value)
    if setting is Setting.TIME_ZONE:
        raise DomainError(_("Choose a time zone from the list."))
    if not isinstance(value, list | tuple) or not set(value) <= set(OFFERED):
        raise DomainError(_("Choose languages from the list."))
    if "en" not in value:
        raise DomainError(
            _("English must be one of the languages. It is shown where a text has no translation.")
        )
    return ",".join(code for code in OFFERED if code in value)


def _email_or_empty(value: Value) -> str:
    text = str(value).strip()
    return email_address(text) if text else ""


def require_none_waiting(session: Session, fund: Fund, setting: Setting) -> None:
    """Conflict while another change of this setting is not decided."""
    waiting = select(SettingChange.id).where(
        SettingChange.fund_id == fund.id,
        SettingChange.setting == setting,
        SettingChange.state == ChangeState.PROPOSED,
    )
    if session.scalar(waiting):
        raise Conflict(
            _("Another change to this setting is awaiting approval. Decide on that one first.")
        )
