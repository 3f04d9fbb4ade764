-- The audit log; see AuditLog.java.
-- KEYS[1]: a hash, id -> "<milliseconds>|<change>". <KEYS[1]>:order: the ids in order. <KEYS[1]>:last: the last id.
-- <KEYS[1]>:known:<name>: what was appended lately, so that it isn't twice. ARGV: what to do, and what that needs.
local base, what = KEYS[1], ARGV[1]
local order, REMEMBERED = base .. ':order', 172800

if what == 'append' then
  local name, at, oldest, change = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
  if not redis.call('SET', base .. ':known:' .. name, '1', 'NX', 'EX', REMEMBERED) then return {} end
  for _, id in ipairs(redis.call('ZRANGE', order, 0, 99)) do
    local entry = redis.call('HGET', base, id)
    if entry and tonumber(string.match(entry, '^%d+')) >= oldest then break end
    redis.call('HDEL', base, id)
    redis.call('ZREM', order, id)
  end
  local id = redis.call('INCR', base .. ':last')
  redis.call('HSET', base, id, at .. '|' .. change)
  redis.call('ZADD', order, id, id)
elseif what == 'below' then
  local answer = {}
  for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', order, '(' .. ARGV[2], '-inf', 'LIMIT', 0, ARGV[3])) do
    answer[#answer + 1] = id
    answer[#answer + 1] = redis.call('HGET', base, id) or ''
  end
  return answer
end
return {}
