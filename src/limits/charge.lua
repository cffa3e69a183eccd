-- Charges accounts, all or none (GCRA, by Redis's own clock, in microseconds).
-- KEYS: the accounts. ARGV: the price, then for each account the time in which a unit comes back and
-- the units that may be used at once. A price below zero gives units back.
-- Answers 1 if all could pay, else 0, and for each the time until all its units are back.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local price = tonumber(ARGV[1])
local paid = 1
local free, debts = {}, {}
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  free[i] = math.max(tonumber(redis.call('GET', key) or now), now)
  if free[i] + (price - burst) * interval > now then
    paid = 0
  end
end
for i, key in ipairs(KEYS) do
  if paid == 1 then
    free[i] = free[i] + price * tonumber(ARGV[2 * i])
    if free[i] > now then
      redis.call('SET', key, string.format('%.3f', free[i]), 'PX', math.ceil((free[i] - now) / 1000))
    else
      redis.call('DEL', key)
    end
  end
  debts[i] = math.ceil(free[i] - now)
end
return {paid, debts}
