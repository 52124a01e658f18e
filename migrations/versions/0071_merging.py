"""Two records of one organisation are merged by two persons."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0071_merging"
down_revision = "0070_visits"

STATES = ("proposed", "merged", "refused", "withdrawn")


def upgrade() -> None:
    op.add_column("organisation", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("organisation", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_organisation_merged_into_id"),
        "organisation",
        "organisation",
        ["merged_into_id"],
        ["id"],
    )
    op.create_check_constraint("merged_into_another", "organisation", "merged_into_id <> id")
    state = sa.Enum(
        *STATES, name="mergestate", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "organisation_merge",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kept_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("taken", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kept_id <> merged_id", name="two"),
        sa.Index(
            "uq_organisation_merge_open",
            "merged_id",
            unique=True,
            postgresql_where=sa.text("state IN ('proposed', 'merged')"),
        ),
        sa.Index("ix_organisation_merge_kept", "kept_id"),
        sa.Index("ix_organisation_merge_state", "state", "id"),
    )


def downgrade() -> None:
    op.drop_table("organisation_merge")
    op.drop_constraint("merged_into_another", "organisation", type_="check")
    op.drop_constraint(op.f("fk_organisation_merged_into_id"), "organisation")
    op.drop_column("organisation", "merged_at")
    op.drop_column("organisation", "merged_into_id")
