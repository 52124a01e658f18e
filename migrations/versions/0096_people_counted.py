"""The people of accepted reports, kept as reports are accepted, so that a fund's page counts none."""

import sqlalchemy as sa
from alembic import op

revision = "0096_people_counted"
down_revision = "0095_mistyped_references"

KINDS = ("report", "people", "form", "service")

IN_REPORT = """
CREATE FUNCTION people_in_report(told report)
RETURNS TABLE (kind text, code text, detail text, people bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT 'report', '', '', 1::bigint
    UNION ALL SELECT 'people', sex.key, band.key, band.value::bigint
        FROM jsonb_each(told.beneficiaries) sex, jsonb_each_text(sex.value) band
    UNION ALL SELECT 'form', key, '', value::bigint FROM jsonb_each_text(told.exploitation)
    UNION ALL SELECT 'service', key, '', value::bigint FROM jsonb_each_text(told.services);
END $$
"""
COUNTED = """
CREATE FUNCTION count_people(told report, sign int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO people_counted (fund_id, year, kind, code, detail, people)
    SELECT fund_id, extract(year FROM told.covers_to)::int, one.kind, one.code, one.detail,
            sign * one.people
        FROM people_in_report(told) one JOIN award ON award.id = told.award_id
        ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (fund_id, year, kind, code, detail)
        DO UPDATE SET people = people_counted.people + excluded.people
$$
"""
KEPT = """
CREATE FUNCTION report_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'accepted' THEN PERFORM count_people(OLD, -1); END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'accepted' THEN PERFORM count_people(NEW, 1); END IF;
    RETURN NULL;
END $$
"""
OF_BEFORE = "SELECT count_people(report, 1) FROM report WHERE state = 'accepted'"
TRIGGERS = """
CREATE TRIGGER report_counted AFTER INSERT OR DELETE OR UPDATE OF state, award_id, covers_to,
    beneficiaries, exploitation, services ON report
    FOR EACH ROW EXECUTE FUNCTION report_counted();
CREATE TRIGGER people_counted_kept BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_counted
    FOR EACH STATEMENT EXECUTE FUNCTION turnover_by_postings();
"""


def upgrade() -> None:
    op.execute("LOCK TABLE report, award IN SHARE ROW EXCLUSIVE MODE")
    kind = sa.Enum(
        *KINDS, name="people_counted_kind", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "people_counted",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", kind, primary_key=True),
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("detail", sa.String(40), primary_key=True),
        sa.Column("people", sa.BigInteger(), nullable=False),
        postgresql_with={"fillfactor": 50},
    )
    for statement in (IN_REPORT, COUNTED, KEPT, OF_BEFORE, TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER report_counted ON report")
    op.execute("DROP FUNCTION report_counted")
    op.drop_table("people_counted")
    op.execute("DROP FUNCTION count_people, people_in_report")
