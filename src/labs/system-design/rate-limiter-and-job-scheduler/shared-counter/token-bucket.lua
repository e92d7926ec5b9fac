-- #region script
-- KEYS[1]: the caller; ARGV: milliseconds for one token, burst. The key holds when the bucket is full again.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cost, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = math.ceil(full + cost - now - burst * cost)
if wait > 0 then
  return { 0, wait } -- refused, and how long to wait
end
redis.call('SET', KEYS[1], full + cost, 'PX', math.ceil(full + cost - now)) -- gone when the bucket is full
return { 1, 0 }
-- #endregion script
