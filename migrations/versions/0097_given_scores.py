"""The average of an application's reviews, kept with them, so that a ranking adds up none."""

import sqlalchemy as sa
from alembic import op

revision = "0097_given_scores"
down_revision = "0096_people_counted"

# Whole hundredths and what is left of them: nothing is rounded before a half goes to the even
# neighbour, as in Python.
AVERAGE = """
CREATE FUNCTION average_given(total numeric, reviews int) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (whole + CASE WHEN 2 * rest > reviews THEN 1
        WHEN 2 * rest = reviews THEN mod(whole, 2) ELSE 0 END) / 100
    FROM (SELECT div(total * 100, nullif(reviews, 0)) AS whole,
        mod(total * 100, nullif(reviews, 0)) AS rest) exact
$$
"""
# Acts on the reviews of an application hold it, so no two of them wait for each other's rows.
KEPT = """
CREATE FUNCTION review_averaged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'submitted' THEN
        UPDATE given_score SET reviews = reviews - 1, total = total - OLD.total,
            given = average_given(total - OLD.total, reviews - 1)
        WHERE application_id = OLD.application_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'submitted' THEN
        INSERT INTO given_score AS kept (application_id, call_id, reviews, total, given)
        SELECT id, call_id, 1, NEW.total, NEW.total FROM application WHERE id = NEW.application_id
        ON CONFLICT (application_id) DO UPDATE
            SET reviews = kept.reviews + 1, total = kept.total + excluded.total,
                given = average_given(kept.total + excluded.total, kept.reviews + 1);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION given_score_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE given_score SET call_id = NEW.call_id WHERE application_id = NEW.id;
    RETURN NULL;
END $$
"""
OF_BEFORE = """
INSERT INTO given_score (application_id, call_id, reviews, total, given)
SELECT application_id, call_id, count(*), sum(total), average_given(sum(total), count(*)::int)
    FROM review JOIN application ON application.id = application_id
    WHERE review.state = 'submitted' GROUP BY 1, 2
"""
TRIGGERS = """
CREATE TRIGGER review_averaged AFTER INSERT OR DELETE OR UPDATE OF state, total, application_id
    ON review FOR EACH ROW EXECUTE FUNCTION review_averaged();
CREATE TRIGGER given_score_moved AFTER UPDATE OF call_id ON application
    FOR EACH ROW EXECUTE FUNCTION given_score_moved();
CREATE TRIGGER given_score_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON given_score
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
"""


def upgrade() -> None:
    op.execute("LOCK TABLE application, review IN SHARE ROW EXCLUSIVE MODE")
    number = sa.BigInteger()
    op.create_table(
        "given_score",
        sa.Column("application_id", number, sa.ForeignKey("application.id"), primary_key=True),
        sa.Column("call_id", number, sa.ForeignKey("call.id"), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(12, 2), nullable=False),
        sa.Column("given", sa.Numeric(5, 2)),
        sa.CheckConstraint("reviews >= 0 AND (reviews = 0) = (given IS NULL)", name="of_reviews"),
    )
    op.create_index("ix_given_score_rank", "given_score", ["call_id", "given", "application_id"])
    for statement in (AVERAGE, KEPT, OF_BEFORE, TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER review_averaged ON review")
    op.execute("DROP TRIGGER given_score_moved ON application")
    op.execute("DROP FUNCTION review_averaged, given_score_moved")
    op.drop_table("given_score")
    op.execute("DROP FUNCTION average_given")
