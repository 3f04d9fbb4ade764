-- Finds sessions and runs, which live in slots of their own; see JournalIndex.java. What is said here comes before what
-- it leads to, and goes after it: who reads here looks there whether it is so.
-- KEYS[1]: begins all names, so that a cluster keeps them in one slot. ARGV: what to do, and what that needs. Scores are
-- microseconds since 1970.
local base, what = KEYS[1], ARGV[1]
local call = redis.call
local runs, owners, open, ended = base .. ':runs', base .. ':owners', base .. ':open', base .. ':ended'
local sessions, wishes, wished, kept = base .. ':sessions', base .. ':wishes', base .. ':wished', base .. ':kept'

local function int(number) return string.format('%.0f', number) end

local function micros()
  local clock = call('TIME')
  return clock[1] * 1000000 + clock[2]
end

local function children(run) return base .. ':children:' .. run end

local function touch(session, score)
  local owner = call('HGET', owners, session)
  if owner then
    call('ZADD', sessions, 'GT', score, session)
    call('ZADD', sessions .. ':' .. owner, 'GT', score, session)
  end
end

-- In the order of opening, by the server's clock, and never two at the same time.
local function add_open(run)
  local order = math.max(micros(), tonumber(call('GET', base .. ':order') or '0') + 1)
  call('SET', base .. ':order', int(order))
  call('ZADD', open, 'NX', int(order), run)
end

local function drop(run)
  local wish = call('HGET', wished, run)
  if wish then
    if call('HGET', wishes, wish) == run then call('HDEL', wishes, wish) end
    call('HDEL', wished, run)
  end
  call('HDEL', runs, run)
  call('ZREM', open, run)
  call('ZREM', ended, run)
  call('DEL', children(run))
end

local function add_where(answer, found)
  for i = 1, #found, 2 do
    answer[#answer + 1] = found[i]
    answer[#answer + 1] = call('HGET', runs, found[i]) or ''
    answer[#answer + 1] = int(tonumber(found[i + 1]))
  end
  return answer
end

if what == 'touch' then
  touch(ARGV[2], ARGV[3])

elseif what == 'opening' then
  local run, session, owner, wish, parent, score, force = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
  if wish ~= '' then
    local other = call('HGET', wishes, wish)
    local there = other and other ~= run and call('HGET', runs, other)
    if there then return {'wished', other, there} end
  end
  local there, had = call('HGET', runs, run), call('HGET', owners, session)
  if force == '' and there and there ~= session then return {'elsewhere', there} end
  if force == '' and had and had ~= owner then return {'owned'} end
  call('HSET', runs, run, session)
  call('HSET', owners, session, owner)
  if had and had ~= owner then call('ZREM', sessions .. ':' .. had, session) end
  touch(session, score)
  if wish ~= '' then
    call('HSET', wishes, wish, run)
    call('HSET', wished, run, wish)
  end
  if parent ~= '' then call('SADD', children(parent), session) end
  add_open(run)
  return {there and 'known' or 'new', int(tonumber(call('ZSCORE', open, run)))}

elseif what == 'found' then
  -- A run that lives, and may have been taken from here meanwhile.
  call('HSETNX', runs, ARGV[2], ARGV[3])
  call('HSETNX', owners, ARGV[3], ARGV[4])
  touch(ARGV[3], ARGV[5])
  add_open(ARGV[2])

elseif what == 'reopening' then
  add_open(ARGV[2])
  touch(ARGV[3], ARGV[4])

elseif what == 'reopened' then
  call('ZREM', ended, ARGV[2])

elseif what == 'ended' then
  call('ZADD', ended, ARGV[3], ARGV[2])
  call('ZREM', open, ARGV[2])
  touch(ARGV[4], ARGV[5])

elseif what == 'dropOpen' then
  -- Unless it was opened again meanwhile.
  if tonumber(call('ZSCORE', open, ARGV[2]) or '0') == tonumber(ARGV[3]) then drop(ARGV[2]) end

elseif what == 'drop' then
  for i = 2, #ARGV do drop(ARGV[i]) end

elseif what == 'forgotten' then
  call('ZREM', ended, ARGV[2])

elseif what == 'session' then
  -- Unless it changed since it had that score. Without a new one it is gone.
  local score = call('ZSCORE', sessions, ARGV[2])
  local owner = call('HGET', owners, ARGV[2])
  if score and owner and tonumber(score) == tonumber(ARGV[3]) then
    if ARGV[4] == '' then
      call('ZREM', sessions, ARGV[2])
      call('ZREM', sessions .. ':' .. owner, ARGV[2])
      call('HDEL', owners, ARGV[2])
    else
      call('ZADD', sessions, ARGV[4], ARGV[2])
      call('ZADD', sessions .. ':' .. owner, ARGV[4], ARGV[2])
    end
  end

elseif what == 'score' then
  local score = call('ZSCORE', sessions, ARGV[2])
  return {score and int(tonumber(score)) or ''}

elseif what == 'openRuns' then
  return add_where({int(micros())}, call('ZRANGE', open, 0, -1, 'WITHSCORES'))

elseif what == 'endedRuns' then
  return add_where({}, call('ZRANGEBYSCORE', ended, '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[4]))

elseif what == 'latest' then
  local name = ARGV[2] == '' and sessions or sessions .. ':' .. ARGV[2]
  return call('ZREVRANGEBYSCORE', name, ARGV[4], ARGV[3], 'WITHSCORES', 'LIMIT', ARGV[5], ARGV[6])

elseif what == 'oldest' then
  return call('ZRANGEBYSCORE', ARGV[2] == 'kept' and kept or sessions, '-inf', ARGV[3], 'WITHSCORES', 'LIMIT', ARGV[4], ARGV[5])

elseif what == 'children' then
  local answer = {}
  for i = 2, #ARGV do
    for _, child in ipairs(call('SMEMBERS', children(ARGV[i]))) do answer[#answer + 1] = child end
  end
  return answer

elseif what == 'known' then
  local answer = {}
  for i = 2, #ARGV do answer[#answer + 1] = int(call('HEXISTS', runs, ARGV[i])) end
  return answer

elseif what == 'keep' then
  call('ZADD', kept, ARGV[3], ARGV[2])

elseif what == 'keptAt' then
  -- Unless it was kept again meanwhile. Without a new time it is gone.
  local score = call('ZSCORE', kept, ARGV[2])
  if score and tonumber(score) == tonumber(ARGV[3]) then
    if ARGV[4] == '' then call('ZREM', kept, ARGV[2]) else call('ZADD', kept, ARGV[4], ARGV[2]) end
  end

else return redis.error_reply('journal-index.lua knows nothing of ' .. what) end
return {}
