"""How contact persons of donors are addressed."""

import sqlalchemy as sa
from alembic import op

revision = "0168_honorifics"
down_revision = "0167_thanks"

FORMS = ("her_excellency", "his_excellency", "ms", "mr", "doctor", "professor")


def upgrade() -> None:
    op.add_column("donor_contact", sa.Column("honorific", sa.String(40)))
    listed = ", ".join(f"'{form}'" for form in FORMS)
    op.create_check_constraint("honorific", "donor_contact", f"honorific IN ({listed})")


def downgrade() -> None:
    op.drop_column("donor_contact", "honorific")
