-- Versions of one script; see SavedVersions.java.
-- KEYS[1]: a hash, version -> sources. <KEYS[1]>:order: when each was used last. ARGV: what to do, and what that needs.
local base, what, version = KEYS[1], ARGV[1], ARGV[2]
local order, KEPT = base .. ':order', 200

if what == 'keep' then
  local clock = redis.call('TIME')
  redis.call('HSETNX', base, version, ARGV[3])
  redis.call('ZADD', order, clock[1] * 1000 + math.floor(clock[2] / 1000), version)
  for _, old in ipairs(redis.call('ZRANGE', order, 0, -KEPT - 1)) do
    redis.call('ZREM', order, old)
    redis.call('HDEL', base, old)
  end
elseif what == 'find' then
  for _, kept in ipairs(redis.call('ZREVRANGE', order, 0, -1)) do
    if string.sub(kept, 1, #version) == version then
      return {redis.call('HGET', base, kept) or nil}
    end
  end
end
return {}
