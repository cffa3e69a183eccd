-- Charges all keys or none by GCRA. The arithmetic is that of gcra.rs, on Redis's own clock.
-- KEYS: the rate-limit keys. ARGV: the units to charge (negative: to refund), then for each key the
-- microseconds in which a unit comes back, and the burst.
-- Returns 1 if the keys were charged, else 0, and for each the microseconds until all units are back.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local units = tonumber(ARGV[1])
local allowed = 1
local tats, debts = {}, {}
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  tats[i] = math.max(tonumber(redis.call('GET', key) or now), now)
  if units > 0 and tats[i] + units * interval > now + burst * interval then
    allowed = 0
  end
end
for i, key in ipairs(KEYS) do
  if allowed == 1 then
    tats[i] = tats[i] + units * tonumber(ARGV[2 * i])
    if tats[i] > now then
      redis.call('SET', key, string.format('%.0f', tats[i]), 'PX', math.ceil((tats[i] - now) / 1000))
    else
      redis.call('DEL', key)
    end
  end
  debts[i] = math.max(tats[i] - now, 0)
end
return {allowed, debts}
