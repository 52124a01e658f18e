"""An applicant's people can be signatories and readers too."""

from alembic import op

revision = "0074_roles_of_applicants"
down_revision = "0073_organisation_papers"

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
BEFORE = ("donor", "organisation_admin", "organisation_editor")
NEW = ("organisation_signatory", "organisation_reader")


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


def downgrade() -> None:
    op.execute(f"DELETE FROM membership WHERE role IN ({_listed(NEW)})")
    _check(BEFORE)
