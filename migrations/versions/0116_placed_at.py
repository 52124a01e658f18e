"""The database writes into the chain when a row took its place, and refuses a row that tells of an
earlier day than may be.
"""

from alembic import op

revision = "0116_placed_at"
down_revision = "0115_seals"

PLACE = """
CREATE FUNCTION trail_place(parts json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rows bigint[];
    befores text[];
    afters text[];
    previous text[];
    hashes text[];
    place bigint;
    last text;
    moment timestamptz;
    latest timestamptz;
    told text;
    late bigint;
BEGIN
    SELECT array_agg(part.id ORDER BY part.nth), array_agg(part.before ORDER BY part.nth),
        array_agg(part.after ORDER BY part.nth) INTO rows, befores, afters
    FROM ROWS FROM (json_to_recordset(parts) AS (id bigint, before text, after text))
        WITH ORDINALITY AS part(id, before, after, nth)
    JOIN trail ON trail.id = part.id;
    IF rows IS NULL THEN
        RETURN;
    END IF;
    SELECT position, hash INTO place, last FROM trail_head WHERE id = 1 FOR UPDATE;
    SELECT placed_at INTO latest FROM trail_link WHERE position = place;
    moment := clock_timestamp();
    IF latest BETWEEN moment AND moment + interval '1 minute' THEN
        moment := latest;
    END IF;
    SELECT id INTO late FROM trail AS row WHERE row.id = ANY(rows)
        AND row.at < moment - interval '1 day'
        AND NOT (row.actor = 'import' AND row.person_id IS NULL)
        AND coalesce((SELECT mark.action FROM trail AS mark
            WHERE mark.subject = 'demonstration' AND mark.subject_id = 0 AND mark.id < row.id
            ORDER BY mark.id DESC LIMIT 1), '') <> 'begin_demonstration'
        LIMIT 1;
    IF late IS NOT NULL THEN
        RAISE EXCEPTION 'row % of the trail tells of an earlier day than may be', late;
    END IF;
    told := to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"');
    FOR nth IN 1 .. cardinality(rows) LOOP
        previous[nth] := last;
        last := encode(sha256(convert_to(
            befores[nth] || told || '","previous":"' || last || afters[nth], 'UTF8')), 'hex');
        hashes[nth] := last;
    END LOOP;
    INSERT INTO trail_link (position, row_id, previous, hash, placed_at)
        SELECT place + link.nth, link.id, link.previous, link.hash, moment
        FROM unnest(rows, previous, hashes) WITH ORDINALITY AS link(id, previous, hash, nth);
    UPDATE trail_head SET position = place + cardinality(rows), hash = last WHERE id = 1;
END $$
"""

APPEND = """
CREATE FUNCTION trail_append(parts json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rows bigint[];
    befores text[];
    afters text[];
    previous text[];
    hashes text[];
    place bigint;
    last text;
BEGIN
    SELECT array_agg(part.id ORDER BY part.nth), array_agg(part.before ORDER BY part.nth),
        array_agg(part.after ORDER BY part.nth) INTO rows, befores, afters
    FROM ROWS FROM (json_to_recordset(parts) AS (id bigint, before text, after text))
        WITH ORDINALITY AS part(id, before, after, nth)
    JOIN trail ON trail.id = part.id;
    IF rows IS NULL THEN
        RETURN;
    END IF;
    SELECT position, hash INTO place, last FROM trail_head WHERE id = 1 FOR UPDATE;
    FOR nth IN 1 .. cardinality(rows) LOOP
        previous[nth] := last;
        last := encode(sha256(convert_to(befores[nth] || last || afters[nth], 'UTF8')), 'hex');
        hashes[nth] := last;
    END LOOP;
    INSERT INTO trail_link (position, row_id, previous, hash)
        SELECT place + link.nth, link.id, link.previous, link.hash
        FROM unnest(rows, previous, hashes) WITH ORDINALITY AS link(id, previous, hash, nth);
    UPDATE trail_head SET position = place + cardinality(rows), hash = last WHERE id = 1;
END $$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE trail_link ADD COLUMN IF NOT EXISTS placed_at timestamptz")
    op.execute("DROP FUNCTION trail_append(json)")
    op.execute(PLACE)


def downgrade() -> None:
    op.execute("DROP FUNCTION trail_place(json)")
    op.execute(APPEND)  # the moments stay: the hashes are over them
