"""A submitted review may be reopened; what was submitted is kept. Which page saved a review last."""

import sqlalchemy as sa
from alembic import op

revision = "0064_reopened_reviews"
down_revision = "0063_bank_details_encrypted"

STATES = ("assigned", "declared", "submitted", "recused", "released")


def upgrade() -> None:
    _states((*STATES, "reopened"), "'declared', 'submitted', 'reopened'")
    op.add_column(
        "review", sa.Column("sheet", sa.String(32), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("review", "sheet", server_default=None)
    op.create_table(
        "former_review",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("review_id", sa.BigInteger(), sa.ForeignKey("review.id"), nullable=False),
        sa.Column("scores", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(5, 2), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name="reason"),
        sa.Index("ix_former_review_review_id", "review_id"),
    )
    op.execute(
        "CREATE TRIGGER former_review_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON former_review FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )


def downgrade() -> None:
    op.drop_table("former_review")
    op.drop_column("review", "sheet")
    op.execute("UPDATE review SET state = 'declared' WHERE state = 'reopened'")
    _states(STATES, "'declared', 'submitted'")


def _states(states: tuple[str, ...], opened: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    for name, rule in (
        ("reviewstate", f"state IN ({listed})"),
        ("declared_before_opening", f"state NOT IN ({opened}) OR declared_at IS NOT NULL"),
    ):
        op.drop_constraint(name, "review", type_="check")
        op.create_check_constraint(name, "review", rule)
