"""Letters of reference: whom an applicant asks, what comes of it, and how long it is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0175_reference_letters"
down_revision = "0174_outside_retention"
phase = "expand"

RETAINED = ("sign_ins", "access_log", "mail", "former_contacts", "questions", "remarks", "outside")
MOMENTS = ("reminded_at", "answered_at", "declined_at", "taken_back_at")


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def upgrade() -> None:
    op.add_column(
        "attached_file",
        sa.Column("is_letter", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "letter_request",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _number("application_id", "application"),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("name", sa.String(150), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _number("asked_by_id", "person", nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in MOMENTS),
        sa.Column("letter", sa.Text()),
        _number("file_id", "attached_file", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(answered_at, declined_at, taken_back_at) <= 1", name="one_end"
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR letter IS NOT NULL OR file_id IS NOT NULL", name="answered_with"
        ),
    )
    place = ("application_id", "question")
    op.create_index("ix_letter_request_application", "letter_request", [*place, "id"])
    op.create_index(
        "uq_letter_request_standing",
        "letter_request",
        list(place),
        unique=True,
        postgresql_where=sa.text("declined_at IS NULL AND taken_back_at IS NULL"),
    )
    _allow_kinds(*RETAINED, "letters")


def downgrade() -> None:
    op.execute("DELETE FROM purge WHERE kind = 'letters'")
    op.execute("DELETE FROM retention_rule WHERE kind = 'letters'")
    _allow_kinds(*RETAINED)
    op.drop_table("letter_request")
    op.drop_column("attached_file", "is_letter")


def _allow_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    for table in ("purge", "retention_rule"):
        op.drop_constraint("retentionclass", table, type_="check")
        op.create_check_constraint("retentionclass", table, f"kind IN ({listed})")
