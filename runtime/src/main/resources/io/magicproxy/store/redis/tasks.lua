-- Who has which run; see TaskLedger.java.
-- KEYS[1]: begins all names, so that a cluster keeps them in one slot. ARGV: what to do, the time in milliseconds
-- ('': the server's), and what that needs.
local base, what = KEYS[1], ARGV[1]
local clock = redis.call('TIME')
local now = tonumber(ARGV[2]) or clock[1] * 1000 + math.floor(clock[2] / 1000)
local waiting, leased = base .. ':waiting', base .. ':leased'
local places, attempts, holders = base .. ':places', base .. ':attempts', base .. ':holders'
local told, times = base .. ':told', base .. ':times'
local FULL, KNOWN, NEW = {0}, {1}, {2}

local function known(run)
  return redis.call('HEXISTS', places, run) == 1
end

local function add(run)
  local place = redis.call('INCR', base .. ':place')
  redis.call('HSET', places, run, place)
  redis.call('ZADD', waiting, place, run)
  redis.call('HSET', told, run, now)
  return NEW
end

local function wait(run)
  redis.call('ZREM', leased, run)
  redis.call('ZADD', waiting, redis.call('HGET', places, run), run)
  redis.call('HSET', told, run, now)
end

local function gone(run)
  redis.call('ZREM', waiting, run)
  redis.call('ZREM', leased, run)
  for _, hash in ipairs({places, attempts, holders, told, times}) do redis.call('HDEL', hash, run) end
end

-- Those whose time is over wait again; some of them.
local function overdue()
  local late = redis.call('ZRANGEBYSCORE', leased, '-inf', now, 'LIMIT', 0, 100)
  for _, one in ipairs(late) do wait(one) end
  return late
end

local function count()
  return redis.call('ZCARD', waiting) + redis.call('ZCOUNT', leased, '-inf', now)
end

local function holds(run, token)
  return redis.call('HGET', holders, run) == token
end

local run, token = ARGV[3], ARGV[4]

if what == 'offer' then
  if known(run) then return KNOWN end
  if count() >= tonumber(ARGV[4]) then return FULL end
  return add(run)
end

if what == 'restore' then
  if not known(run) then return add(run) end
  if not redis.call('ZSCORE', waiting, run) then return KNOWN end
  local patience = tonumber(ARGV[4]) * 2 ^ tonumber(redis.call('HGET', times, run) or 0)
  if now - tonumber(redis.call('HGET', told, run) or 0) < patience then return KNOWN end
  redis.call('HSET', told, run, now)
  if tonumber(redis.call('HGET', times, run) or 0) < 10 then redis.call('HINCRBY', times, run, 1) end
  return NEW
end

if what == 'withdraw' then
  if redis.call('ZSCORE', waiting, run) and redis.call('HEXISTS', attempts, run) == 0 then gone(run) end
  return {0}
end

if what == 'take' then
  local late = ARGV[5] == '1' and #overdue() or 0
  local first = redis.call('ZRANGE', waiting, 0, 0)[1]
  if not first then return {} end
  redis.call('ZREM', waiting, first)
  redis.call('ZADD', leased, now + tonumber(ARGV[4]), first)
  redis.call('HSET', holders, first, ARGV[3])
  return {first, tostring(redis.call('HINCRBY', attempts, first, 1)), tostring(late)}
end

if what == 'renew' then
  if not holds(run, token) then return {0} end
  redis.call('ZREM', waiting, run)
  redis.call('ZADD', leased, now + tonumber(ARGV[5]), run)
  return {1}
end

if what == 'complete' then
  if not holds(run, token) then return {0} end
  gone(run)
  return {1}
end

if what == 'release' then
  if not holds(run, token) then return {0} end
  redis.call('HDEL', holders, run)
  redis.call('HINCRBY', attempts, run, -1)
  wait(run)
  return {1}
end

if what == 'abandon' then
  if holds(run, token) and redis.call('ZSCORE', leased, run) then redis.call('ZADD', leased, 0, run) end
  return {0}
end

if what == 'overdue' then return overdue() end

if what == 'waiting' then return {count()} end

return redis.error_reply('unknown: ' .. what)
