"""What must hold of settings on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from grants.books.ledger.verify import Check
from grants.books.settings.models import SettingChange
from grants.books.settings.queries import value_of
from grants.books.settings.workflow import ChangeState
from grants.core.kernel.language import gettext as _

TRIGGERS = {"setting_change_kept": "setting_change"}
"""The database's own rule about settings, and its table."""


def settings_are_as_decided(session: Session) -> Iterator[str]:
    """A setting that was ever changed has the value that was approved last."""
    last = (
        select(SettingChange)
        .ext(distinct_on(SettingChange.fund_id, SettingChange.setting))
        .where(SettingChange.state == ChangeState.IN_FORCE)
        .order_by(SettingChange.fund_id, SettingChange.setting, SettingChange.id.desc())
        .options(joinedload(SettingChange.fund))
    )
    for change in session.scalars(last):
        value = value_of(change.fund, change.setting)
        if value != change.after:
            yield _(
                "%(setting)s of %(fund)s is %(value)s, but the value last approved is %(after)s.",
                setting=change.setting.label,
                fund=change.fund.code,
                value=value,
                after=change.after,
            )


CHECKS: list[Check] = [settings_are_as_decided]
