"""Figures of giving that are kept: by pledge, by fund and by donor; triggers say what is stale."""

import sqlalchemy as sa
from alembic import op

revision = "0026_giving_figures"
down_revision = "0025_fund_texts"

FIGURES = ("pledged", "signed", "received", "receivable", "promised", "unvalued")

# A pledge itself, and what hangs on it by its number.
PLEDGE_STALE = """
CREATE FUNCTION pledge_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO pledge_stale (pledge_id) SELECT (to_jsonb(OLD) ->> TG_ARGV[0])::bigint
            WHERE to_jsonb(OLD) ->> TG_ARGV[0] IS NOT NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO pledge_stale (pledge_id) SELECT (to_jsonb(NEW) ->> TG_ARGV[0])::bigint
            WHERE to_jsonb(NEW) ->> TG_ARGV[0] IS NOT NULL
                AND (TG_OP = 'INSERT' OR to_jsonb(NEW) -> TG_ARGV[0] <> to_jsonb(OLD) -> TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$
"""
# What the books still expect is read from the postings on the pledge.
POSTING_STALE = """
CREATE FUNCTION posting_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledge_stale (pledge_id)
    SELECT DISTINCT split_part(subject, ':', 2)::bigint FROM written
        WHERE subject ~ '^pledge:[0-9]+$';
    RETURN NULL;
END $$
"""
# A donor that no longer wants to be named, or now does.
DONOR_STALE = """
CREATE FUNCTION donor_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge WHERE donor_id = NEW.id;
    RETURN NULL;
END $$
"""
# A rate values the pledges from its day to the next rate's; those of before the first rate, too.
RATE_STALE = """
CREATE FUNCTION rate_stale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE first date; next date;
BEGIN
    SELECT min(effective_on), min(effective_on) FILTER (WHERE effective_on > NEW.effective_on)
        INTO first, next FROM exchange_rate WHERE currency = NEW.currency;
    INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge
        WHERE currency = NEW.currency AND (next IS NULL OR pledged_on < next)
            AND (first = NEW.effective_on OR pledged_on >= NEW.effective_on);
    RETURN NULL;
END $$
"""
TRIGGERS = """
CREATE TRIGGER pledge_stale AFTER INSERT OR DELETE OR UPDATE OF state, donor_id, revision,
    public_name ON pledge FOR EACH ROW EXECUTE FUNCTION pledge_stale('id');
CREATE TRIGGER pledge_change_stale AFTER INSERT OR UPDATE ON pledge_change
    FOR EACH ROW EXECUTE FUNCTION pledge_stale('pledge_id');
CREATE TRIGGER pledge_instalment_stale AFTER INSERT OR DELETE ON pledge_instalment
    FOR EACH ROW EXECUTE FUNCTION pledge_stale('pledge_id');
CREATE TRIGGER deposit_stale AFTER INSERT OR UPDATE ON deposit
    FOR EACH ROW EXECUTE FUNCTION pledge_stale('pledge_id');
CREATE TRIGGER posting_stale AFTER INSERT ON posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION posting_stale();
CREATE TRIGGER donor_stale AFTER UPDATE OF public_name ON organisation
    FOR EACH ROW WHEN (OLD.public_name <> NEW.public_name) EXECUTE FUNCTION donor_stale();
CREATE TRIGGER rate_stale AFTER INSERT ON exchange_rate
    FOR EACH ROW EXECUTE FUNCTION rate_stale();
"""


def upgrade() -> None:
    op.create_table(
        "pledge_stale",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "written_in", sa.BigInteger(), server_default=sa.text("txid_current()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_stale")),
    )
    op.create_table(
        "pledge_figure",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("figure", _figures("pledge_figure"), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_figure_fund_id")),
        sa.PrimaryKeyConstraint("pledge_id", "figure", "on_day", name=op.f("pk_pledge_figure")),
    )
    op.create_table(
        "fund_figure",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("figure", _figures("fund_figure"), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_figure_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_figure")),
    )
    op.create_index(
        "ix_fund_figure_day",
        "fund_figure",
        ["fund_id", "figure", "on_day"],
        postgresql_include=["amount"],
    )
    _donors()
    for statement in (PLEDGE_STALE, POSTING_STALE, DONOR_STALE, RATE_STALE, TRIGGERS):
        op.execute(statement)
    op.execute("INSERT INTO pledge_stale (pledge_id) SELECT id FROM pledge")


def _figures(name: str) -> sa.Enum:
    return sa.Enum(*FIGURES, name=name, native_enum=False, create_constraint=True, length=40)


def _donors() -> None:
    op.create_table(
        "pledge_share",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("pledged_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_pledge_share_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_share_fund_id")),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_pledge_share")),
    )
    op.create_table(
        "donor_total",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("pledges", sa.Integer(), nullable=False),
        sa.Column("pledged_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_donor_total_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_donor_total_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "donor_id", "named", name=op.f("pk_donor_total")),
    )
    op.create_index(
        "ix_donor_total_largest",
        "donor_total",
        [
            "fund_id",
            "named",
            sa.text("received_minor DESC"),
            sa.text("pledged_minor DESC"),
            "donor_id",
        ],
    )


def downgrade() -> None:
    for trigger, table in (
        ("pledge_stale", "pledge"),
        ("pledge_change_stale", "pledge_change"),
        ("pledge_instalment_stale", "pledge_instalment"),
        ("deposit_stale", "deposit"),
        ("posting_stale", "posting"),
        ("donor_stale", "organisation"),
        ("rate_stale", "exchange_rate"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP FUNCTION pledge_stale, posting_stale, donor_stale, rate_stale")
    for table in ("donor_total", "pledge_share", "fund_figure", "pledge_figure", "pledge_stale"):
        op.drop_table(table)
