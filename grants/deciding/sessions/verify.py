"""What must hold of the Board's sessions on live data; `flask ledger verify` asks it too."""

from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l

TRIGGERS = {
    "board_session_kept": "board_session",
    "agenda_item_kept": "agenda_item",
    "board_seat_kept": "board_seat",
    "board_vote_kept": "board_vote",
}
"""A closed session does not change any more: the database's own rules, and their tables."""


ADVICE_FOLLOWS_FROM_VOTES = Invariant(
    _l("The advice on %(application)s does not follow from the votes of %(meeting)s."),
    "SELECT board_session.reference AS meeting, application.reference AS application"
    " FROM board_session JOIN agenda_item ON meeting_id = board_session.id"
    " JOIN application ON application.id = agenda_item.application_id"
    " JOIN advice ON advice.application_id = application.id"
    "   AND advice.recorded_at = board_session.closed_at"
    " LEFT JOIN board_vote ON item_id = agenda_item.id"
    " WHERE put_off = ''"
    " GROUP BY board_session.reference, application.reference, advice.votes_for,"
    "   advice.votes_against, advice.abstentions, advice.recusals"
    " HAVING (advice.votes_for, advice.votes_against, advice.abstentions, advice.recusals)"
    "   IS DISTINCT FROM (count(*) FILTER (WHERE choice = 'for'),"
    "     count(*) FILTER (WHERE choice = 'against'),"
    "     count(*) FILTER (WHERE choice = 'abstain'),"
    "     count(*) FILTER (WHERE choice = 'recused'))",
)
"""The advice that a session gave has as many votes of each kind as were cast in it."""


CHECKS = (ADVICE_FOLLOWS_FROM_VOTES,)
