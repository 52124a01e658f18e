"""Sessions of the Board of Trustees: agenda, attendance, votes, opinions; where advice comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0042_board_sessions"
down_revision = "0041_has_pledged"

STATES = ("prepared", "invited", "open", "closed", "signed", "cancelled")
CHOICES = ("for", "against", "abstain", "recused")
LEANINGS = ("endorse", "not_endorse", "comment")
COUNTS = ("votes_for", "votes_against", "abstentions", "recusals")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(
    name: str, table: str, *, nullable: bool = True, primary_key: bool = False
) -> sa.Column[int]:
    return sa.Column(
        name,
        sa.BigInteger(),
        sa.ForeignKey(f"{table}.id"),
        nullable=nullable and not primary_key,
        primary_key=primary_key,
    )


def upgrade() -> None:
    op.add_column("fund", sa.Column("board_quorum", sa.Integer(), server_default="0"))
    op.alter_column("fund", "board_quorum", server_default=None, nullable=False)
    op.create_check_constraint("board_quorum", "fund", "board_quorum >= 0")
    _sessions()
    _votes()
    for name in COUNTS:
        op.add_column("advice", sa.Column(name, sa.Integer()))
    op.add_column("advice", _key("minutes_document_id", "document"))
    op.create_check_constraint("votes", "advice", f"num_nulls({', '.join(COUNTS)}) IN (0, 4)")
    op.create_check_constraint(
        "one_source", "advice", "votes_for IS NULL OR minutes_document_id IS NULL"
    )


def _sessions() -> None:
    op.create_table(
        "board_session",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("fund_id", "fund", nullable=False),
        sa.Column("reference", sa.String(40), nullable=False, unique=True),
        sa.Column("state", _one_of("sessionstate", *STATES), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("in_office", sa.Integer()),
        sa.Column("quorum", sa.Integer()),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        _key("signed_document_id", "document"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quorum BETWEEN 1 AND in_office", name="quorum"),
        sa.CheckConstraint(
            "state NOT IN ('open', 'closed', 'signed') OR"
            " (quorum IS NOT NULL AND in_office IS NOT NULL AND opened_at IS NOT NULL)",
            name="opened_with_a_quorum",
        ),
        sa.CheckConstraint(
            "state <> 'signed' OR signed_document_id IS NOT NULL", name="signed_with_the_paper"
        ),
    )
    op.create_index("ix_board_session_fund_id", "board_session", ["fund_id"])
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _key("meeting_id", "board_session", nullable=False),
        _key("application_id", "application", nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("put_off", sa.Text(), nullable=False),
        sa.UniqueConstraint("meeting_id", "application_id", name="uq_agenda_item_once"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )
    op.create_index("ix_agenda_item_application_id", "agenda_item", ["application_id"])


def _votes() -> None:
    op.create_table(
        "board_seat",
        _key("meeting_id", "board_session", primary_key=True),
        _key("trustee_id", "person", primary_key=True),
        sa.Column("present", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "board_vote",
        _key("item_id", "agenda_item", primary_key=True),
        _key("trustee_id", "person", primary_key=True),
        sa.Column("choice", _one_of("choice", *CHOICES), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice <> 'against' OR length(reason) > 0", name="against_says_why"),
    )
    op.create_table(
        "board_opinion",
        _key("application_id", "application", primary_key=True),
        _key("trustee_id", "person", primary_key=True),
        sa.Column("leaning", _one_of("leaning", *LEANINGS), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("leaning = 'endorse' OR length(remarks) > 0", name="says_why"),
    )


def downgrade() -> None:
    op.drop_constraint("one_source", "advice", type_="check")
    op.drop_constraint("votes", "advice", type_="check")
    for name in ("minutes_document_id", *COUNTS):
        op.drop_column("advice", name)
    for table in ("board_opinion", "board_vote", "board_seat", "agenda_item", "board_session"):
        op.drop_table(table)
    op.drop_column("fund", "board_quorum")
