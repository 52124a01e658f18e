"""A call has forms of its own for the reports and the finances of those it grants something to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0146_forms_for_grantees"
down_revision = "0145_document_openings"

KEPT = (
    *("award_id", "number", "narrative", "challenges", "explanation", "beneficiaries"),
    *("exploitation", "services", "expenditure", "people", "spent_minor", "submitted_at"),
    *("results", "times_sent", "line_spending", "exchange"),
)
PURPOSES = ("form", "report-form", "finance-form")


def keep(columns: tuple[str, ...]) -> None:
    """What was sent in these columns is never changed."""
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION report_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state IN ('submitted', 'accepted') AND (TG_OP = 'DELETE' OR
                ({before}) IS DISTINCT FROM ({after})) THEN
                RAISE EXCEPTION 'a report that was sent is never changed'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END $$
        """
    )


def sent_with(content: str) -> None:
    """What a report must have once it was sent."""
    op.drop_constraint(op.f("ck_report_sent_with_its_content"), "report", type_="check")
    op.create_check_constraint(
        op.f("ck_report_sent_with_its_content"), "report", f"state = 'due' OR {content}"
    )


def upgrade() -> None:
    empty = sa.text("'{}'")
    for table, name in (("call", "grantee_forms"), ("report", "answers")):
        op.add_column(
            table, sa.Column(name, postgresql.JSONB(), nullable=False, server_default=empty)
        )
    op.alter_column("report", "answers", server_default=None)
    purpose = sa.Enum(
        *PURPOSES,
        name="earlier_form_purpose",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.add_column(
        "earlier_form", sa.Column("purpose", purpose, nullable=False, server_default="form")
    )
    sent_with("submitted_at IS NOT NULL")
    keep((*KEPT, "answers"))


def downgrade() -> None:
    keep(KEPT)
    sent_with("(submitted_at IS NOT NULL AND length(narrative) > 0)")
    op.drop_column("earlier_form", "purpose")
    op.drop_column("report", "answers")
    op.drop_column("call", "grantee_forms")
