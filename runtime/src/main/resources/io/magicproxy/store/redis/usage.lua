-- Sums of usage; see UsageStore.java.
-- KEYS[1]: the hours that there are, a sorted set by themselves (seconds since 1970). <KEYS[1]>:<hour>: a hash,
-- "<which>|<account>" -> the sum. <KEYS[1]>:batch:<id>: what was added lately, so that it isn't twice.
-- ARGV: what to do, and what that needs.
local base, what = KEYS[1], ARGV[1]
local COUNTS, REMEMBERED = 11, 172800

if what == 'add' then
  if not redis.call('SET', base .. ':batch:' .. ARGV[2], '1', 'NX', 'EX', REMEMBERED) then return {} end
  for n = 3, #ARGV, COUNTS + 2 do
    local hour, account = ARGV[n], ARGV[n + 1]
    redis.call('ZADD', base, hour, hour)
    for which = 1, COUNTS do
      local count = ARGV[n + 1 + which]
      if count ~= '0' then redis.call('HINCRBY', base .. ':' .. hour, which .. '|' .. account, count) end
    end
  end
elseif what == 'hours' then
  return redis.call('ZRANGEBYSCORE', base, ARGV[2], '(' .. ARGV[3])
elseif what == 'read' then
  local answer = {}
  for n = 2, #ARGV do
    local sums = redis.call('HGETALL', base .. ':' .. ARGV[n])
    for i = 1, #sums, 2 do
      answer[#answer + 1] = ARGV[n]
      answer[#answer + 1] = sums[i]
      answer[#answer + 1] = sums[i + 1]
    end
  end
  return answer
elseif what == 'forget' then
  for _, hour in ipairs(redis.call('ZRANGEBYSCORE', base, '-inf', '(' .. ARGV[2], 'LIMIT', 0, 1000)) do
    redis.call('DEL', base .. ':' .. hour)
    redis.call('ZREM', base, hour)
  end
end
return {}
