"""The lines of the eligibility checklist that went with a change of a form, to be put back with it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0207_lines_of_earlier_forms"
down_revision = "0206_replies_on_awards"
phase = "expand"


def upgrade() -> None:
    op.add_column("earlier_form", sa.Column("lines", JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("earlier_form", "lines")
