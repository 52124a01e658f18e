"""Owners of cases, remarks of the fund's people, followers, and how often they get e-mails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0171_casework"
down_revision = "0170_donor_merges"
phase = "expand"

RETAINED = ("sign_ins", "access_log", "mail", "former_contacts", "questions")
MAILS = ("at_once", "daily", "none")


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _case() -> tuple[sa.Column[int], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "case_owner",
        *_case(),
        _number("fund_id", "fund", nullable=True),
        _number("person_id", "person", nullable=True),
        _number("assigned_by_id", "person", nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("ix_case_owner_person", "person_id", "kind", "subject_id"),
    )
    op.create_table(
        "remark",
        *_case(),
        _number("fund_id", "fund", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentioned", JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _number("written_by_id", "person"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Index("ix_remark_case", "kind", "subject_id", "id"),
    )
    op.create_table(
        "case_follower",
        *_case(),
        _number("person_id", "person"),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("since", "read_to", "mailed_to")
        ),
        sa.UniqueConstraint("person_id", "kind", "subject_id"),
        sa.Index("ix_case_follower_case", "kind", "subject_id"),
    )
    op.add_column(
        "person", sa.Column("inbox_mail", sa.String(40), nullable=False, server_default="daily")
    )
    _allow("person", "inboxmail", "inbox_mail", MAILS)
    _allow_retention(*RETAINED, "remarks")


def downgrade() -> None:
    op.execute("DELETE FROM purge WHERE kind = 'remarks'")
    op.execute("DELETE FROM retention_rule WHERE kind = 'remarks'")
    _allow_retention(*RETAINED)
    op.drop_column("person", "inbox_mail")
    for table in ("case_follower", "remark", "case_owner"):
        op.drop_table(table)


def _allow_retention(*kinds: str) -> None:
    for table in ("purge", "retention_rule"):
        op.drop_constraint("retentionclass", table, type_="check")
        _allow(table, "retentionclass", "kind", kinds)


def _allow(table: str, name: str, column: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} IN ({listed})")
