"""A pledge is found by a reference with one or two typing errors, without reading all of them."""

from alembic import op

revision = "0095_mistyped_references"
down_revision = "0094_unmatched_cash"

# The ending of a reference without none, one or two of its characters: places 9 and 10 are none.
SLIPS = """
CREATE FUNCTION reference_slips(reference text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000 AS $$
    SELECT array(SELECT DISTINCT left(ending, one - 1) || substr(ending, one + 1, other - one - 1)
            || substr(ending, other + 1)
        FROM (SELECT right(reference, 8) AS ending) AS its,
            generate_series(1, 9) AS one, generate_series(2, 10) AS other
        WHERE one < other)
$$
"""


def upgrade() -> None:
    op.execute(SLIPS)
    op.execute("CREATE INDEX ix_pledge_slips ON pledge USING gin (reference_slips(reference))")
    op.execute("ANALYZE pledge")


def downgrade() -> None:
    op.drop_index("ix_pledge_slips", "pledge")
    op.execute("DROP FUNCTION reference_slips")
