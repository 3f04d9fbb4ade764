-- Counts with limits; see Counters.java for what each span means.
-- KEYS[1]: begins all names, so that a cluster keeps them in one slot. ARGV: what to do, the process, the time in
-- milliseconds ('': the server's), and what that needs.
local base, what, process = KEYS[1], ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = tonumber(ARGV[3]) or clock[1] * 1000 + math.floor(clock[2] / 1000)
local BUCKET, BUCKETS, ALIVE = 500, 120, 10000

-- The number of a day's month since 1970, and the first day of the next one (civil from days).
local function month(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local m = mp < 10 and mp + 3 or mp - 9
  local y = yoe + era * 400 + (m <= 2 and 1 or 0)
  return (y - 1970) * 12 + m - 1
end

local function first_day(number)
  local y, m = 1970 + math.floor(number / 12), number % 12 + 1
  if m <= 2 then y = y - 1 end
  local era = math.floor(y / 400)
  local yoe = y - era * 400
  local mp = m > 2 and m - 3 or m + 9
  local doy = math.floor((153 * mp + 2) / 5)
  local doe = yoe * 365 + math.floor(yoe / 4) - math.floor(yoe / 100) + doy
  return era * 146097 + doe - 719468
end

local DAY = 86400000
local function key(name, span, at)
  if span == 'DAY' then return base .. 'day:' .. math.floor(at / DAY) .. ':' .. name end
  if span == 'MONTH' then return base .. 'month:' .. month(math.floor(at / DAY)) .. ':' .. name end
  return base .. (span == 'MINUTE' and 'minute:' or 'held:') .. name
end

local function ends(span)
  local day = math.floor(now / DAY)
  if span == 'DAY' then return (day + 1) * DAY - now end
  return first_day(month(day) + 1) * DAY - now
end

-- The buckets that count, oldest first.
local function buckets(k)
  local found, oldest = {}, math.floor(now / BUCKET) - BUCKETS
  local all = redis.call('HGETALL', k)
  for i = 1, #all, 2 do
    local bucket = tonumber(all[i])
    if bucket < oldest then redis.call('HDEL', k, all[i])
    else found[#found + 1] = {bucket, tonumber(all[i + 1])} end
  end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

local function sum(found)
  local total = 0
  for _, b in ipairs(found) do total = total + b[2] end
  return total
end

-- When so much of a minute is given back.
local function until_free(found, amount)
  local freed = 0
  for _, b in ipairs(found) do
    freed = freed + b[2]
    if freed >= amount then return (b[1] + BUCKETS + 1) * BUCKET - now end
  end
  return 0
end

local function held(k)
  local total, all = 0, redis.call('HGETALL', k)
  for i = 1, #all, 2 do
    if redis.call('EXISTS', base .. 'alive:' .. all[i]) == 1 then total = total + tonumber(all[i + 1])
    else redis.call('HDEL', k, all[i]) end
  end
  return total
end

-- How much is used, and when something of it is given back by itself.
local function level(name, span)
  local k = key(name, span, now)
  if span == 'MINUTE' then
    local found = buckets(k)
    return sum(found), until_free(found, 1), found
  end
  if span == 'HELD' then return held(k), 0 end
  return tonumber(redis.call('GET', k) or '0'), ends(span)
end

local function add(name, span, amount, at)
  if amount == 0 then return end
  local k = key(name, span, at)
  if span == 'MINUTE' then
    local bucket = math.floor(now / BUCKET)
    if amount < 0 then
      -- Where it was counted; the rest from the newest.
      bucket = math.floor(at / BUCKET)
      local there = tonumber(redis.call('HGET', k, bucket) or '0')
      local part = math.min(there, -amount)
      if part > 0 then redis.call('HINCRBY', k, bucket, -part) end
      return
    end
    redis.call('HINCRBY', k, bucket, amount)
    redis.call('PEXPIRE', k, BUCKET * (BUCKETS + 2))
  elseif span == 'HELD' then
    redis.call('SET', base .. 'alive:' .. process, '1', 'PX', ALIVE)
    if redis.call('HINCRBY', k, process, amount) <= 0 then redis.call('HDEL', k, process) end
  else
    if redis.call('INCRBY', k, amount) < 0 then redis.call('SET', k, '0') end
    redis.call('PEXPIRE', k, (span == 'DAY' and 40 or 400) * DAY)
  end
end

local function int(value) return string.format('%.0f', value) end

if what == 'admit' then
  local wants, full, room, levels = {}, 0, 0, {}
  for i = 4, #ARGV, 4 do
    local want = {name = ARGV[i], span = ARGV[i + 1], amount = tonumber(ARGV[i + 2]), limit = tonumber(ARGV[i + 3])}
    wants[#wants + 1] = want
    local used, _, found = level(want.name, want.span)
    if full == 0 and want.limit then
      local fixed = want.span == 'MINUTE' or want.span == 'HELD'
      if (fixed and used + want.amount > want.limit) or (not fixed and used >= want.limit) then
        full = #wants
        if want.span == 'MINUTE' then room = until_free(found, used + want.amount - want.limit)
        elseif not fixed then room = ends(want.span) end
      end
    end
  end
  if full == 0 then
    for _, want in ipairs(wants) do add(want.name, want.span, want.amount, now) end
  end
  local answer = {int(full), int(now), int(room)}
  for _, want in ipairs(wants) do
    local used, easier = level(want.name, want.span)
    answer[#answer + 1] = int(used)
    answer[#answer + 1] = int(easier)
  end
  return answer
elseif what == 'adjust' then
  local at = tonumber(ARGV[4])
  for i = 5, #ARGV, 3 do add(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), at) end
elseif what == 'levels' then
  local answer = {}
  for i = 4, #ARGV, 2 do
    local used, easier = level(ARGV[i], ARGV[i + 1])
    answer[#answer + 1] = int(used)
    answer[#answer + 1] = int(easier)
  end
  return answer
elseif what == 'forget' then
  local day = math.floor(now / DAY)
  for i = 4, #ARGV do
    redis.call('DEL', key(ARGV[i], 'MINUTE', now), key(ARGV[i], 'HELD', now))
    for back = 0, 40 do redis.call('DEL', base .. 'day:' .. (day - back) .. ':' .. ARGV[i]) end
    for back = 0, 13 do redis.call('DEL', base .. 'month:' .. (month(day) - back) .. ':' .. ARGV[i]) end
  end
elseif what == 'alive' then
  redis.call('SET', base .. 'alive:' .. process, '1', 'PX', ALIVE)
elseif what == 'gone' then
  redis.call('DEL', base .. 'alive:' .. process)
end
return {}
