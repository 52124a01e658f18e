"""What was received on earmarked pledges is a figure that is kept: those of all pledges are stale."""

from alembic import op

revision = "0113_received_earmarked"
down_revision = "0112_payment_days"

FIGURES = ("pledged", "signed", "received", "receivable", "promised", "unvalued")
TABLES = ("pledge_figure", "fund_figure")


def _one_of(*figures: str) -> None:
    named = ", ".join(f"'{figure}'" for figure in figures)
    for table in TABLES:
        op.drop_constraint(table, table, type_="check")
        op.create_check_constraint(table, table, f"figure IN ({named})")


def upgrade() -> None:
    _one_of(*FIGURES, "earmarked")
    op.execute(
        "INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge"
        " WHERE earmarking <> 'unearmarked'"
    )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE figure = 'earmarked'")
    _one_of(*FIGURES)
