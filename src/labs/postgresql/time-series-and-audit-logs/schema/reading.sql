-- Readings and their rollup, as the lab on rollups installs them.
-- #region reading
CREATE TABLE reading (
  id        bigint GENERATED ALWAYS AS IDENTITY, -- only for the job that keeps its place by id
  device_id int NOT NULL,
  at        timestamptz NOT NULL,
  value     float8 NOT NULL,
  tx        bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (device_id, at)
) PARTITION BY RANGE (at);

CREATE TABLE reading_2026_10 PARTITION OF reading
  FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');
CREATE TABLE reading_2026_11 PARTITION OF reading
  FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
CREATE INDEX ON reading USING brin (tx);
-- #endregion reading

-- #region rollup
CREATE TABLE reading_hour (
  device_id int,
  hour      timestamptz,
  n         bigint NOT NULL,
  sum       float8 NOT NULL,
  min       float8 NOT NULL,
  max       float8 NOT NULL,
  PRIMARY KEY (device_id, hour)
);
CREATE TABLE rollup_state (done_before bigint NOT NULL);
INSERT INTO rollup_state VALUES (0);

-- #region job
/* One hour of one device, from raw rows: running it twice changes nothing. */
CREATE FUNCTION recompute(device int, start timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO reading_hour
  SELECT device, start, count(*), sum(value), min(value), max(value)
  FROM reading
  WHERE device_id = device AND at >= start AND at < start + interval '1 hour'
  ON CONFLICT (device_id, hour) DO UPDATE
    SET n = excluded.n, sum = excluded.sum, min = excluded.min, max = excluded.max
$$;

/* Everything that committed since the last run, however old its timestamp. */
CREATE FUNCTION roll_up() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  since bigint;
  upto  bigint;
BEGIN
  SELECT done_before INTO since FROM rollup_state FOR UPDATE; -- one job at a time
  upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  PERFORM recompute(device_id, hour) FROM (
    SELECT DISTINCT device_id, date_bin('1 hour', at, '2000-01-01') AS hour
    FROM reading WHERE tx >= since AND tx < upto
  ) touched;
  UPDATE rollup_state SET done_before = upto;
END $$;
-- #endregion job
-- #endregion rollup

-- #region close
/* Counts a detached partition once more: nothing can be added to it now.
   Its bounds are those of hours, so it has all rows of each hour. */
CREATE FUNCTION close_books(detached regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format($sql$
    INSERT INTO reading_hour
    SELECT device_id, date_bin('1 hour', at, '2000-01-01'),
           count(*), sum(value), min(value), max(value)
    FROM %s GROUP BY 1, 2
    ON CONFLICT (device_id, hour) DO UPDATE
      SET n = excluded.n, sum = excluded.sum,
          min = excluded.min, max = excluded.max
  $sql$, detached);
END $$;
-- #endregion close
