"""A donor's people have roles of their own: who pledges, who signs, who reads."""

import sqlalchemy as sa
from alembic import op

revision = "0158_people_of_donors"
down_revision = "0157_retention"

STAFF = (
    "administrator",
    "fund_manager",
    "programme_officer",
    "finance_officer",
    "certifying_officer",
    "approving_officer",
    "reviewer",
    "trustee",
    "auditor",
    "observer",
)
APPLICANTS = (
    "organisation_admin",
    "organisation_editor",
    "organisation_signatory",
    "organisation_reader",
)
BEFORE = ("donor", *APPLICANTS)
NEW = ("donor_giver", "donor_signatory", "donor_reader")
NEW_INDEXES = (
    ("ix_donor_contact_signing", "id", "signing_asked_at IS NOT NULL"),
    ("ix_donor_contact_leaving", "leaves_on", "leaves_on IS NOT NULL AND left_on IS NULL"),
)


def _listed(roles: tuple[str, ...]) -> str:
    return ", ".join(f"'{role}'" for role in roles)


def _check(outside: tuple[str, ...]) -> None:
    op.drop_constraint("role", "membership", type_="check")
    op.create_check_constraint("role", "membership", f"role IN ({_listed((*STAFF, *outside))})")
    op.drop_constraint("appointmentrole", "appointment", type_="check")
    named = f"role IN ({_listed((*STAFF, *outside))})"
    op.create_check_constraint("appointmentrole", "appointment", named)
    belongs = "outside_roles_belong_to_an_organisation"
    op.drop_constraint(belongs, "membership", type_="check")
    rule = f"(organisation_id IS NOT NULL) = (role IN ({_listed(tuple(sorted(outside)))}))"
    op.create_check_constraint(belongs, "membership", rule)


def upgrade() -> None:
    _check((*BEFORE, *NEW))
    op.add_column("donor_contact", sa.Column("invited_as", sa.String(40)))
    op.add_column("donor_contact", sa.Column("signing_asked_at", sa.DateTime(timezone=True)))
    op.add_column("donor_contact", sa.Column("leaves_on", sa.Date()))
    roles = _listed((*STAFF, *BEFORE, *NEW))
    op.create_check_constraint("invited_as", "donor_contact", f"invited_as IN ({roles})")
    for name, column, condition in NEW_INDEXES:
        op.create_index(name, "donor_contact", [column], postgresql_where=sa.text(condition))


def downgrade() -> None:
    for name, _column, _condition in NEW_INDEXES:
        op.drop_index(name, "donor_contact")
    for column in ("leaves_on", "signing_asked_at", "invited_as"):
        op.drop_column("donor_contact", column)
    op.execute(f"DELETE FROM membership WHERE role IN ({_listed(NEW)})")
    _check(BEFORE)
