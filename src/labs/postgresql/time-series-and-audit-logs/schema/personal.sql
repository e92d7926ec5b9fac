-- Keeps personal values beside the log: an entry holds a salted digest, the value and the salt can be deleted.
-- #region tables
CREATE TABLE audit.subject (
  subject text PRIMARY KEY,
  salt    uuid NOT NULL DEFAULT gen_random_uuid()
);
CREATE TABLE audit.personal (
  subject text NOT NULL REFERENCES audit.subject ON DELETE CASCADE,
  digest  text NOT NULL,
  value   text NOT NULL,
  PRIMARY KEY (subject, digest)
);
-- #endregion tables

-- #region detach
/* An image of a row with its personal columns replaced by digests;
   the values go to audit.personal. */
CREATE FUNCTION audit.detach(who text, image jsonb, personal text[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  salt uuid; field text; digest text;
BEGIN
  IF image IS NULL THEN RETURN NULL; END IF;
  INSERT INTO audit.subject (subject) VALUES (who) ON CONFLICT DO NOTHING;
  SELECT s.salt INTO salt FROM audit.subject s WHERE s.subject = who;
  FOREACH field IN ARRAY personal LOOP
    digest := encode(sha256(convert_to(
      jsonb_build_array(salt, field, image -> field)::text, 'UTF8')), 'hex');
    INSERT INTO audit.personal VALUES (who, digest, image ->> field)
      ON CONFLICT DO NOTHING;
    image := jsonb_set(image, ARRAY[field], to_jsonb(digest));
  END LOOP;
  RETURN image;
END $$;
-- #endregion detach

/* As audit.capture, for a table whose key is its subject: first argument the key's column, then the personal columns. */
CREATE FUNCTION audit.capture_personal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  who text := coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> TG_ARGV[0];
BEGIN
  INSERT INTO audit.entry (actor, reason, table_name, row_key, op, before, after)
  VALUES (
    nullif(current_setting('audit.actor', true), ''), nullif(current_setting('audit.reason', true), ''),
    TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, who, lower(TG_OP),
    audit.detach(who, to_jsonb(OLD), TG_ARGV[1:]), audit.detach(who, to_jsonb(NEW), TG_ARGV[1:])
  );
  RETURN NULL;
END $$;
