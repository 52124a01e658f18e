"""What must hold of allowances on live data; `flask ledger verify` asks it with the rest."""

from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.receivables.workflow import BOOKED, STANDING

TRIGGERS = {"allowance_run_kept": "allowance_run"}
"""The database's own rule about allowances, and its table."""


ALLOWANCES_ARE_AS_DECIDED = Invariant(
    _l("The allowance of %(day)s in the ledger differs from the one that was approved."),
    "SELECT coalesce(run.as_of, entry.booked_on) AS day"
    " FROM (SELECT * FROM entry"
    "   WHERE event = 'allowance_changed' AND reverses_id IS NULL) entry"
    " FULL JOIN (SELECT * FROM allowance_run"
    "   WHERE state = ANY(:booked)) run ON run.entry_id = entry.id"
    " LEFT JOIN entry undone ON undone.reverses_id = entry.id"
    " WHERE run.id IS NULL OR entry.id IS NULL OR entry.booked_on <> run.as_of"
    " OR (run.state = ANY(:standing)) <> (undone.id IS NULL)",
    {"booked": BOOKED, "standing": STANDING},
)
"""Each posted allowance has its standing entry on its year's end; each reversed one has an
entry that was reversed; and no entry changed the allowance but for one of them.
"""


CHECKS: list[Check] = [ALLOWANCES_ARE_AS_DECIDED]
