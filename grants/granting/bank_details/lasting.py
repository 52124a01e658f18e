"""From when an organisation is paid to new bank details, and until when its bank letter counts."""

from datetime import date, timedelta

from sqlalchemy import Select, exists, false, func, select, tuple_
from sqlalchemy.orm import aliased

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day
from grants.deciding.awards.models import Award
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN, DetailsState

SOON = 30
"""Days before a bank letter ends from which on its organisation is asked for another one."""


def payable_from(details: BankDetails, fund: Fund, *, replaces: bool) -> date:
    """The first day of payments to an account. One that replaces another waits, so that the
    organisation notices a change that it has not asked for.
    """
    wait = fund.account_wait_days if replaces else 0
    return fund.day_of(details.requested_at) + timedelta(wait)


def letter_until(details: BankDetails, fund: Fund) -> date | None:
    """The last day on which the letter of the bank counts; None where it counts without limit."""
    if not fund.bank_letter_days:
        return None
    return fund.day_of(details.requested_at) + timedelta(fund.bank_letter_days)


def reason_to_wait(details: BankDetails, fund: Fund, on: date, *, replaces: bool) -> str:
    """Why nothing is paid to these details on a day; "" where nothing stands in the way."""
    begin, end = payable_from(details, fund, replaces=replaces), letter_until(details, fund)
    if on < begin:
        return _("Changed recently: payable from %(day)s", day=plain_day(begin))
    if end and on > end:
        return _("The bank letter was valid until %(day)s: upload a new one", day=plain_day(end))
    return ""


def letters_to_renew(viewer: Viewer) -> Select[int]:
    """How many bank letters of this person's organisations have ended, or end soon, while a grant
    runs and no other bank details wait to be checked.
    """
    gives = viewer.organisations_with(Permission.PAYEE_REQUEST)
    newer = aliased(BankDetails)
    details = BankDetails.fund_id, BankDetails.organisation_id
    same = tuple_(newer.fund_id, newer.organisation_id) == tuple_(*details)
    grants = tuple_(Award.fund_id, Award.organisation_id) == tuple_(*details)
    ends = BankDetails.requested_at + func.make_interval(0, 0, 0, Fund.bank_letter_days - SOON)
    return (
        select(func.count())
        .select_from(BankDetails)
        .join(Fund, Fund.id == BankDetails.fund_id)
        .where(
            BankDetails.organisation_id.in_(gives) if gives else false(),
            BankDetails.state == DetailsState.IN_FORCE,
            Fund.bank_letter_days > 0,
            ends <= clock.now(),
            exists().where(grants, Award.is_running),
            ~exists().where(same, newer.state.in_(OPEN)),
        )
    )
