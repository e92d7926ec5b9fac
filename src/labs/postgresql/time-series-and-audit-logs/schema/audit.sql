-- The audit schema that the labs of this guide install. Roles: audit_owner owns it, app writes business tables,
-- auditor reads. Nobody logs in as audit_owner.
CREATE ROLE audit_owner NOLOGIN;
CREATE ROLE app LOGIN;
CREATE ROLE auditor LOGIN;

-- #region entry
CREATE SCHEMA audit AUTHORIZATION audit_owner;
SET ROLE audit_owner;

CREATE TABLE audit.entry (
  id         bigint GENERATED ALWAYS AS IDENTITY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(), -- when
  tx         bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  actor      text NOT NULL,                      -- who: behind the request
  db_role    text NOT NULL DEFAULT session_user, -- who: logged in
  reason     text NOT NULL,                      -- why: use case, ticket
  table_name text NOT NULL,                      -- what
  row_key    text NOT NULL,
  op         text NOT NULL,
  before     jsonb,
  after      jsonb,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

-- One partition is enough for a lab; in production a job makes one a month.
CREATE TABLE audit.entry_now PARTITION OF audit.entry
  FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

CREATE INDEX ON audit.entry (table_name, row_key, id); -- history of one row
CREATE INDEX ON audit.entry USING brin (at);           -- a span of time
CREATE INDEX ON audit.entry USING brin (tx);           -- what is not sealed
-- #endregion entry

-- #region capture
CREATE FUNCTION audit.capture() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' -- a timestamptz becomes text in the session's zone
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW *= OLD THEN -- the same bytes
    RETURN NULL;
  END IF;
  INSERT INTO audit.entry
    (actor, reason, table_name, row_key, op, before, after)
  VALUES (
    -- NULL, and so refused, when nobody said who or why
    nullif(current_setting('audit.actor', true), ''),
    nullif(current_setting('audit.reason', true), ''),
    TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
    coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0],
    lower(TG_OP), to_jsonb(OLD), to_jsonb(NEW)
  );
  RETURN NULL;
END $$;
-- #endregion capture

-- #region guard
CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refused: % is append-only', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.entry
  FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit.entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
-- Fire under session_replication_role = replica as well.
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER append_only_truncate;

-- The application writes entries through the trigger or not at all.
REVOKE ALL ON FUNCTION audit.capture() FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO auditor;
GRANT SELECT ON audit.entry TO auditor;
-- #endregion guard

-- #region differs
/* Whether two images of one row disagree, in the columns that both have:
   a column that a migration added or dropped is no difference. */
CREATE FUNCTION audit.differs(a jsonb, b jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN a IS NULL OR b IS NULL THEN (a IS NULL) <> (b IS NULL)
    ELSE EXISTS (
      SELECT FROM jsonb_each(a) f
      WHERE b ? f.key AND b -> f.key IS DISTINCT FROM f.value)
  END
$$;
-- #endregion differs

-- #region seal
CREATE TABLE audit.seal (
  seq      bigint PRIMARY KEY,
  entry_id bigint NOT NULL UNIQUE,
  hash     bytea NOT NULL -- SHA-256 of the previous hash and this entry
);
CREATE TABLE audit.seal_state (done_before bigint NOT NULL);
INSERT INTO audit.seal_state VALUES (0);

/* One text for one entry, whatever the session's time zone.
   The array's quoting keeps its fields apart. */
CREATE FUNCTION audit.canonical(e audit.entry) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT convert_to(jsonb_build_array(
    e.id, extract(epoch FROM e.at), e.tx, e.actor, e.db_role, e.reason,
    e.table_name, e.row_key, e.op, e.before, e.after
  )::text, 'UTF8')
$$;

-- #region sealing
CREATE FUNCTION audit.seal_new() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  since bigint; upto bigint; last bigint; chain bytea; e audit.entry;
BEGIN
  -- One sealer at a time; below `upto` nothing can still commit.
  SELECT done_before INTO since FROM audit.seal_state FOR UPDATE;
  upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

  SELECT seq, hash INTO last, chain FROM audit.seal ORDER BY seq DESC LIMIT 1;
  last := coalesce(last, 0);
  chain := coalesce(chain, '');
  FOR e IN
    SELECT * FROM audit.entry WHERE tx >= since AND tx < upto ORDER BY tx, id
  LOOP
    last := last + 1;
    chain := sha256(chain || audit.canonical(e));
    INSERT INTO audit.seal VALUES (last, e.id, chain);
  END LOOP;
  UPDATE audit.seal_state SET done_before = upto;
  RETURN last;
END $$;
-- #endregion sealing
-- #endregion seal

-- #region verify
/* The first seal after `since` that does not fit its entry or its predecessor;
   NULL when the chain holds. Seal `since` is taken on trust, because an anchor
   outside vouches for it: entries up to it may be gone. */
CREATE FUNCTION audit.first_broken_seal(since bigint DEFAULT 0) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT min(seq) FROM (
    SELECT s.seq, s.hash, e AS entry, e.id,
           lag(s.seq, 1, 0::bigint) OVER chain AS last,
           lag(s.hash, 1, ''::bytea) OVER chain AS previous
    FROM audit.seal s LEFT JOIN audit.entry e ON e.id = s.entry_id
    WHERE s.seq >= since
    WINDOW chain AS (ORDER BY s.seq)
  ) link
  WHERE seq > since AND (
    seq <> last + 1 OR id IS NULL
    OR hash <> sha256(previous || audit.canonical(entry))
  )
$$;

/* Entries that should have a seal by now and have none. */
CREATE FUNCTION audit.unsealed() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM audit.entry e
  LEFT JOIN audit.seal s ON s.entry_id = e.id
  WHERE s.seq IS NULL AND e.tx < (SELECT done_before FROM audit.seal_state)
$$;
-- #endregion verify

RESET ROLE;
