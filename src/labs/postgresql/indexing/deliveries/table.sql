-- The one data set of these labs: 200,000 deliveries of a courier (fewer where a lab says so), made by arithmetic, so that every run has the same rows.
-- #region columns
CREATE TABLE delivery (
  id         int PRIMARY KEY,
  customer   int NOT NULL,         -- 5,001, scattered; 77 has 1% of all, early
  status     text NOT NULL,        -- four values; one in 200 is 'failed'
  created_at timestamptz NOT NULL, -- in the order of the rows on disk
  email      text NOT NULL,
  token      text NOT NULL,        -- 64 hexadecimal digits
  note       text NOT NULL,        -- a short sentence
  labels     text[] NOT NULL,
  attributes jsonb NOT NULL,       -- carrier, weight, city of origin
  driver     int NOT NULL,
  slot       tstzrange NOT NULL,   -- one hour, no two of a driver overlap
  place      point NOT NULL
);
-- #endregion columns

INSERT INTO delivery
SELECT g,
       CASE WHEN g <= 20000 AND g % 10 = 0 THEN 77 ELSE 1000 + g * 7919 % 5000 END,
       CASE WHEN g % 200 = 7 THEN 'failed' WHEN g % 50 = 3 THEN 'returned' WHEN g % 25 = 1 THEN 'planned' ELSE 'delivered' END,
       timestamptz '2026-01-01 00:00Z' + g * interval '2 minutes',
       'User' || g || '@Example.com',
       encode(sha256(g::text::bytea), 'hex'),
       format('%s %s near the %s, ask %s', verb[1 + g * 31 % 12], thing[1 + g * 37 % 11], spot[1 + g * 41 % 13], initcap(name[1 + g * 43 % 17]))
         || CASE WHEN g % 997 = 5 THEN ', beware of the dog' ELSE '' END,
       ARRAY['l' || g * 13 % 100, 'l' || g * 17 % 1000],
       jsonb_build_object('carrier', 'c' || g * 11 % 500, 'weight', g * 19 % 30, 'from', jsonb_build_object('city', 'city' || g * 23 % 700)),
       1 + g % 400,
       tstzrange(timestamptz '2026-01-01 00:00Z' + g / 400 * interval '1 hour', timestamptz '2026-01-01 00:00Z' + (g / 400 + 1) * interval '1 hour'),
       point(g * 7919::bigint % 100003 / 1000.0, g * 104729::bigint % 100003 / 1000.0)
FROM generate_series(1, current_setting('deliveries.rows')::int) AS g,
     (SELECT string_to_array('leave,deliver,hand over,drop,bring,place,store,carry,return,collect,keep,put', ',') AS verb,
             string_to_array('parcel,box,crate,letter,pallet,envelope,tube,bag,carton,case,package', ',') AS thing,
             string_to_array('gate,door,garage,garden,office,kiosk,bakery,school,bridge,church,station,market,harbour', ',') AS spot,
             string_to_array('anna,ben,carla,david,emma,felix,greta,hugo,ida,jonas,klara,leo,mia,noah,olga,paul,quinn', ',') AS name);
