"""What a fund's settings are, and the changes that were proposed of them."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.books.settings.models import SettingChange
from grants.books.settings.workflow import ChangeState, Setting
from grants.core.audit.act import Act
from grants.core.audit.queries import handled_by, has_acted
from grants.core.funds.approvals import as_text, tiers_from
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer

DOUBTFUL = "doubtful_"


def value_of(fund: Fund, setting: Setting) -> str:
    """A setting as it is now: USD with two decimals, percent without trailing zeros, the name of a
    time zone, codes of languages with commas, or the officers for an award as "1;50000.00=2".
    """
    if setting in VALUES:
        return VALUES[setting](fund)
    return plain_percent(Decimal(fund.doubtful_percents.get(band_of(setting), "0")))


def band_of(setting: Setting) -> str:
    """The band of age that a percentage of doubtful receivables is for."""
    return setting.value.removeprefix(DOUBTFUL)


def plain_percent(percent: Decimal) -> str:
    """13.00 as 13, 12.50 as 12.5."""
    return f"{percent.normalize():f}"


VALUES: Mapping[Setting, Callable[[Fund], str]] = {
    Setting.TIME_ZONE: lambda fund: fund.time_zone,
    Setting.LANGUAGES: lambda fund: ",".join(fund.languages),
    Setting.APPROVALS: lambda fund: as_text(tiers_from(fund.approval_tiers)),
    Setting.OPERATING_RESERVE: lambda fund: str(usd(fund.operating_reserve_minor)),
    Setting.AUDIT_FROM: lambda fund: str(usd(fund.audit_from_minor)),
    Setting.GIFT_LIMIT: lambda fund: str(usd(fund.gift_limit_minor)),
    Setting.CHANGE_DAYS: lambda fund: str(fund.change_days),
    Setting.ACCOUNT_WAIT_DAYS: lambda fund: str(fund.account_wait_days),
    Setting.BANK_LETTER_DAYS: lambda fund: str(fund.bank_letter_days),
    Setting.BUDGET_TOLERANCE: lambda fund: plain_percent(Decimal(fund.budget_tolerance)),
    Setting.EARMARK_LIMIT: lambda fund: plain_percent(Decimal(fund.earmark_limit)),
    Setting.OUTSIDE_EMAIL: lambda fund: fund.outside_email,
    Setting.SUPPORT_COST: lambda fund: plain_percent(Decimal(fund.psc_percent)),
}
"""How each setting is written that is no percentage of doubtful receivables."""


def changes_of(session: Session, fund: Fund) -> Sequence[SettingChange]:
    """The changes of a fund's settings, the newest first."""
    return session.scalars(
        select(SettingChange)
        .where(SettingChange.fund_id == fund.id)
        .order_by(SettingChange.id.desc())
        .limit(200)
    ).all()


def has_proposed(session: Session, fund: Fund, setting: Setting, act: Act) -> bool:
    """Did this person propose the value that a setting has now?"""
    newest = session.scalar(
        select(SettingChange)
        .where(
            SettingChange.fund_id == fund.id,
            SettingChange.setting == setting,
            SettingChange.state == ChangeState.IN_FORCE,
        )
        .order_by(SettingChange.id.desc())
        .limit(1)
    )
    if newest is None:
        return False
    return has_acted(session, "setting_change", newest.id, ["create"], act.actor)


def _of_funds(viewer: Viewer, permission: Permission) -> Select[SettingChange]:
    query = select(SettingChange).options(joinedload(SettingChange.fund))
    return query.where(in_funds_with(viewer, permission, SettingChange.fund_id))


def change_for_viewer(session: Session, change_id: int, viewer: Viewer) -> SettingChange:
    """One change of a fund whose books this person sees, or Missing."""
    change = session.scalar(
        _of_funds(viewer, Permission.LEDGER_SEE).where(SettingChange.id == change_id)
    )
    if change is None:
        raise Missing(_("Setting change not found."))
    return change


def waiting_for(viewer: Viewer) -> Select[SettingChange]:
    """The changes that this person may decide on: those that others proposed."""
    return _of_funds(viewer, Permission.SETTING_APPROVE).where(
        SettingChange.state == ChangeState.PROPOSED,
        SettingChange.id.not_in(handled_by(viewer, SettingChange, "create")),
    )


def to_approve(viewer: Viewer) -> Select[int]:
    """How many changes wait for this person."""
    return select(func.count()).select_from(waiting_for(viewer).order_by(None).subquery())
