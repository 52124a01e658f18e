"""What the applications of a call add up to, kept as they are submitted and decided."""

import sqlalchemy as sa
from alembic import op

revision = "0027_call_figures"
down_revision = "0026_giving_figures"

STATES = (
    *("draft", "submitted", "eligible", "ineligible", "under_review", "reviewed"),
    *("recommended", "reserve", "not_recommended", "approved", "rejected", "withdrawn"),
)

# One row is taken from the figures of the state it leaves, one is added to those of the new one.
COUNTED = """
CREATE FUNCTION application_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE proposed bigint;
BEGIN
    SELECT amount_minor INTO proposed FROM recommendation
        WHERE application_id = CASE TG_OP WHEN 'INSERT' THEN NEW.id ELSE OLD.id END;
    IF TG_OP <> 'INSERT' AND OLD.state <> 'draft' THEN
        INSERT INTO call_figure (call_id, state, applications, requested_minor, needed_minor)
            VALUES (OLD.call_id, OLD.state, -1, -coalesce(OLD.requested_minor, 0),
                -coalesce(proposed, OLD.requested_minor, 0));
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'draft' THEN
        INSERT INTO call_figure (call_id, state, applications, requested_minor, needed_minor)
            VALUES (NEW.call_id, NEW.state, 1, coalesce(NEW.requested_minor, 0),
                coalesce(proposed, NEW.requested_minor, 0));
    END IF;
    RETURN NULL;
END $$
"""
RECOMMENDED = """
CREATE FUNCTION recommendation_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE subject application; before bigint; after bigint;
BEGIN
    SELECT * INTO subject FROM application
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.application_id ELSE OLD.application_id END;
    IF TG_OP <> 'INSERT' THEN before := OLD.amount_minor; END IF;
    IF TG_OP <> 'DELETE' THEN after := NEW.amount_minor; END IF;
    IF subject.state <> 'draft' THEN
        INSERT INTO call_figure (call_id, state, applications, requested_minor, needed_minor)
            VALUES (subject.call_id, subject.state, 0, 0,
                coalesce(after, subject.requested_minor, 0)
                - coalesce(before, subject.requested_minor, 0));
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = """
CREATE TRIGGER application_counted AFTER INSERT OR DELETE OR UPDATE OF state, requested_minor,
    call_id ON application FOR EACH ROW EXECUTE FUNCTION application_counted();
CREATE TRIGGER recommendation_counted AFTER INSERT OR DELETE OR UPDATE OF amount_minor
    ON recommendation FOR EACH ROW EXECUTE FUNCTION recommendation_counted();
"""
FILLED = """
INSERT INTO call_figure (call_id, state, applications, requested_minor, needed_minor)
SELECT call_id, state, count(*), sum(coalesce(requested_minor, 0)),
    sum(coalesce(amount_minor, requested_minor, 0))
FROM application LEFT JOIN recommendation ON application_id = application.id
WHERE state <> 'draft' GROUP BY 1, 2
"""


def upgrade() -> None:
    op.create_table(
        "call_figure",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES,
                name="call_figure_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("requested_minor", sa.BigInteger(), nullable=False),
        sa.Column("needed_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_figure_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_figure")),
    )
    op.create_index("ix_call_figure_call", "call_figure", ["call_id", "state"])
    op.create_index(
        "ix_trail_rejected_from_reserve",
        "trail",
        ["at", "subject_id"],
        postgresql_where=sa.text(
            "subject = 'application' AND action = 'reject' AND source = 'reserve'"
        ),
    )
    for statement in (COUNTED, RECOMMENDED, TRIGGERS, FILLED):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER application_counted ON application")
    op.execute("DROP TRIGGER recommendation_counted ON recommendation")
    op.execute("DROP FUNCTION application_counted, recommendation_counted")
    op.drop_index("ix_trail_rejected_from_reserve", "trail")
    op.drop_table("call_figure")
