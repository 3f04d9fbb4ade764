-- Bytes under their hash, and the runs that name them; see KeptBytes.java.
-- KEYS[1]: a hash with the content (c), when it was kept last (k, in nanoseconds), and how often it was kept and not named
-- since (n). ARGV: what to do, and what that needs.
local kept, what = KEYS[1], ARGV[1]
local call = redis.call
local users = kept .. ':runs'

local function unnamed() return tonumber(call('HGET', kept, 'n')) end

if what == 'keep' then
  -- Without the content, to see whether that is there.
  if call('EXISTS', kept) == 0 then
    if not ARGV[3] then return {'no'} end
    call('HSET', kept, 'c', ARGV[3], 'n', '0')
  end
  call('HINCRBY', kept, 'n', 1)
  call('HSET', kept, 'k', ARGV[2])
  return {'kept'}

elseif what == 'use' then
  if call('EXISTS', kept) == 0 then return {'no'} end
  if call('SADD', users, ARGV[2]) == 1 and unnamed() > 0 then call('HINCRBY', kept, 'n', -1) end
  return {'used'}

elseif what == 'leave' then
  -- Those who are gone for good; what only they used goes too.
  for i = 2, #ARGV do call('SREM', users, ARGV[i]) end
  if call('EXISTS', users) == 0 and call('HGET', kept, 'n') == '0' then call('UNLINK', kept) end

elseif what == 'disown' then
  -- Those who have never named it after all.
  for i = 2, #ARGV do
    if call('SREM', users, ARGV[i]) == 1 and call('EXISTS', kept) == 1 then call('HINCRBY', kept, 'n', 1) end
  end

elseif what == 'expire' then
  local at, before = call('HGET', kept, 'k'), ARGV[2]
  if not at then return {'gone'} end
  if #at > #before or #at == #before and at > before then return {'kept', at} end
  local some = call('SRANDMEMBER', users, 200)
  if #some == 0 then
    call('UNLINK', kept)
    return {'gone'}
  end
  local answer = {'used'}
  for _, run in ipairs(some) do answer[#answer + 1] = run end
  return answer

else return redis.error_reply('journal-kept.lua knows nothing of ' .. what) end
return {}
