"""A donor's pledges and agreements at a glance, on the start page."""

from collections.abc import Callable, Sequence

from grants.desk.donor_pages.tasks import came
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import is_paid, outstanding
from grants.giving.pledges.schedule import next_payment
from grants.giving.pledges.workflow import name_of
from grants.platform.tables.cells import Link, Tag


def pledge_rows(pledges: Sequence[Pledge], page_of: Callable[[str], str]) -> list[list[object]]:
    """Reference, fund, amount, what came, what is still to come and when, the day of the agreement,
    and the state of each pledge. `page_of` gives the address of a pledge's page by its reference.
    """
    return [_cells_of(pledge, page_of(pledge.reference)) for pledge in pledges]


def _cells_of(pledge: Pledge, page: str) -> list[object]:
    paid_so_far = came(pledge)
    left, due = outstanding(pledge, paid_so_far), next_payment(pledge, paid_so_far)
    name = name_of(pledge.state, paid=is_paid(pledge, paid_so_far), gift=pledge.is_gift)
    return [
        Link(pledge.reference, page),
        pledge.fund.code,
        pledge.amount,
        paid_so_far,
        left,
        due.due_on if due else None,
        pledge.agreement_signed_on,
        Tag(name.public, name.tone),
    ]
