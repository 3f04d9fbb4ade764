-- Saved files; see SavedFiles.java.
-- KEYS[1]: begins all names, so that a cluster keeps them in one slot. It is itself a hash: the store's epoch, the number
-- and the id of the latest save, and the ids of the newest thousand ("id:7").
--   <base>:now    file -> "seq|id|version|time|earlier,versions" of its latest save ("-": no file)
--   <base>:text   file -> its text
--   <base>:order  files by the number of their latest save
-- ARGV: what to do, an epoch if there is none yet, and what that needs.
local base, what = KEYS[1], ARGV[1]
local KEPT_IDS, KEPT_VERSIONS, ANSWER = 1000, 50, 1024 * 1024
local head = redis.call('HMGET', base, 'epoch', 'seq')
local epoch, seq = head[1], tonumber(head[2] or '0')
if not epoch then
  epoch = ARGV[2]
  redis.call('DEL', base, base .. ':now', base .. ':text', base .. ':order')
  redis.call('HSET', base, 'epoch', epoch, 'seq', '0', 'id', '')
  seq = 0
end

local function latest(file)
  local kept = redis.call('HGET', base .. ':now', file)
  if not kept then return nil end
  local s, version, earlier = string.match(kept, '^(%d+)|[^|]*|([^|]*)|%d+|(.*)$')
  return {seq = tonumber(s), version = version, earlier = earlier}
end

-- The versions that the file had, newest first.
local function chain(replaced, before)
  local found, seen = {}, {}
  local function add(version)
    if not seen[version] and #found < KEPT_VERSIONS then
      seen[version] = true
      found[#found + 1] = version
    end
  end
  add(replaced)
  if before then
    add(before.version)
    for version in string.gmatch(before.earlier, '[^,]+') do add(version) end
  end
  return table.concat(found, ',')
end

if what == 'save' then
  local known = ARGV[3] == epoch and tonumber(ARGV[4]) or 0
  for n = 5, #ARGV, 5 do
    local now = latest(ARGV[n])
    if now and now.version ~= ARGV[n + 1] and now.version ~= ARGV[n + 2] and now.seq > known then
      return {'stale', ARGV[n]}
    end
  end
  local clock = redis.call('TIME')
  local time = clock[1] * 1000 + math.floor(clock[2] / 1000)
  for n = 5, #ARGV, 5 do
    local file, replaced, version, text, id = ARGV[n], ARGV[n + 1], ARGV[n + 2], ARGV[n + 3], ARGV[n + 4]
    seq = seq + 1
    redis.call('HSET', base .. ':now', file,
      string.format('%d|%s|%s|%.0f|%s', seq, id, version, time, chain(replaced, latest(file))))
    if version == '-' then redis.call('HDEL', base .. ':text', file)
    else redis.call('HSET', base .. ':text', file, text) end
    redis.call('ZADD', base .. ':order', seq, file)
    redis.call('HSET', base, 'seq', tostring(seq), 'id', id, 'id:' .. seq, id)
    redis.call('HDEL', base, 'id:' .. (seq - KEPT_IDS))
  end
  return {'done', tostring(seq)}
elseif what == 'news' then
  local at = tonumber(ARGV[4])
  local known = ARGV[3] == epoch and at <= seq
  if known and at > 0 then
    local id = redis.call('HGET', base, 'id:' .. at)
    known = id == ARGV[5] or (not id and at <= seq - KEPT_IDS)
  end
  if not known then return {'anew', epoch, tostring(seq)} end
  -- Whoever asks waits a second at most: a long answer comes in parts.
  local answer, size = {'news', epoch}, 0
  for _, file in ipairs(redis.call('ZRANGEBYSCORE', base .. ':order', '(' .. at, '+inf', 'LIMIT', 0, ARGV[6])) do
    answer[#answer + 1] = file
    answer[#answer + 1] = redis.call('HGET', base .. ':now', file)
    local text = redis.call('HGET', base .. ':text', file) or ''
    answer[#answer + 1] = text
    size = size + #text
    if size > ANSWER then break end
  end
  return answer
elseif what == 'latest' then
  local entry = redis.call('HGET', base .. ':now', ARGV[3])
  if not entry then return {} end
  return {entry, redis.call('HGET', base .. ':text', ARGV[3]) or ''}
end
return {}
