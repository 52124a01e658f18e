"""Key persons of organisations, and applicants among those who are screened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037_key_persons"
down_revision = "0036_account_changes"


def upgrade() -> None:
    op.add_column(
        "organisation",
        sa.Column(
            "key_persons", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.alter_column("organisation", "key_persons", server_default=None)
    op.execute(
        "INSERT INTO sanctions_watch (organisation_id, persons, begun_at)"
        " SELECT id, '[]', now() FROM organisation"
        " WHERE EXISTS (SELECT FROM application WHERE organisation_id = organisation.id)"
        " ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_column("organisation", "key_persons")
