-- One session and its runs; see RedisJournal.java. All is checked before anything is written.
-- KEYS[1]: the session's hash, whose name begins all of its names, so that a cluster keeps them in one slot.
-- ARGV: what to do, the run, and what that needs. Times are nanoseconds since 1970, which no number of Lua can hold: they
-- stay texts here. The answer is a list of texts.
local session, what, id = KEYS[1], ARGV[1], ARGV[2]
local call = redis.call
local run, events, entries = session .. ':run:' .. id, session .. ':events:' .. id, session .. ':entries:' .. id
local keys, paths, names = session .. ':keys:' .. id, session .. ':paths:' .. id, session .. ':names:' .. id
local runs, parts, bell = session .. ':runs', session .. ':parts', session .. ':bell'
local STEP, ROOM = 16, 1048576

local function int(number) return string.format('%.0f', number) end

local function is_open(state) return state == 'QUEUED' or state == 'RUNNING' end

-- Of two times.
local function is_later(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end

local function changed(now, state)
  call('HSET', session, 'changed', now)
  if state and call('HGET', session, 'latest') == id then call('HSET', session, 'state', state) end
end

-- Events whose key was used are left out. Returns the number of the session's last one, and whether there is a new one.
local function tell(from, count, now)
  local before = tonumber(call('HGET', session, 'seq'))
  local seq = before
  for i = from, from + 3 * count - 1, 3 do
    if call('SADD', keys, ARGV[i + 2]) == 1 then
      seq = seq + 1
      call('XADD', events, int(seq) .. '-0', 't', ARGV[i], 'p', ARGV[i + 1], 'k', ARGV[i + 2], 'a', now)
    end
  end
  if seq > before then
    if call('HGET', session, 'teller') ~= id then
      call('RPUSH', parts, int(before + 1) .. ' ' .. id)
      call('HSET', session, 'teller', id)
    end
    call('HSET', session, 'seq', int(seq))
  end
  return seq, seq > before
end

-- What is answered or gave up can be opened again; an answer can't, so nothing is said twice there.
local function finish(now, state, result, ended_by)
  call('HSET', run, 'state', state, 'result', result, 'ended_by', ended_by, 'ended', now)
  call('HDEL', session, 'open')
  if state == 'ANSWERED' then call('DEL', keys) end
  changed(now, state)
end

local function add_all(answer, list)
  for _, value in ipairs(list) do answer[#answer + 1] = value end
end

-- A hash with the number of its texts before it. Returns how long they are.
local function add_hash(answer, name)
  local all, length = call('HGETALL', name), 0
  answer[#answer + 1] = int(#all)
  for _, text in ipairs(all) do
    answer[#answer + 1] = text
    length = length + #text
  end
  return length
end

-- What a stream has from one number to another: at most so many, and no more once there is 1 MiB of it. Each is told with
-- its number and these texts first, then its fields with their names. Returns how many more may come.
local function add_page(answer, stream, from, to, max, first)
  local room, next, left = ROOM, from, max
  while left > 0 and room > 0 do
    local page = call('XRANGE', stream, next .. '-0', to, 'COUNT', math.min(left, STEP))
    for _, item in ipairs(page) do
      local number = string.match(item[1], '^%d+')
      answer[#answer + 1] = number
      add_all(answer, first)
      for _, text in ipairs(item[2]) do
        answer[#answer + 1] = text
        room = room - #text
      end
      left = left - 1
      if room <= 0 or left == 0 then return 0 end
      next = int(tonumber(number) + 1)
    end
    if #page < STEP then break end
  end
  return left
end

if what == 'append' then
  local epoch, now, worked, end_state = ARGV[3], ARGV[4], ARGV[5], ARGV[9]
  local told, recorded, named = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
  local state = call('HMGET', run, 'state', 'epoch', 'cancel')
  if not state[1] then return {'unknown'} end
  if state[1] ~= 'RUNNING' or state[2] ~= epoch then return {'fenced'} end
  if state[3] == '1' and end_state == '' then return {'cancelled'} end
  local first_event = 12
  local first_entry = first_event + 3 * told
  local first_name = first_entry + 8 * recorded
  local seen = {}
  for i = first_entry, first_name - 1, 8 do
    if seen[ARGV[i]] or call('HEXISTS', paths, ARGV[i]) == 1 then return {'recorded', ARGV[i]} end
    seen[ARGV[i]] = true
  end
  -- This one is refused if the sum is too large; nothing after it is.
  if worked ~= '0' then call('HINCRBY', run, 'worked', worked) end
  for i = first_entry, first_name - 1, 8 do
    local order = int(call('HINCRBY', run, 'entries', 1))
    call('HSET', paths, ARGV[i], order)
    call('XADD', entries, order .. '-0', 'path', ARGV[i], 'kind', ARGV[i + 1], 'target', ARGV[i + 2], 'hash', ARGV[i + 3],
      'step', ARGV[i + 4], 'failed', ARGV[i + 5], 'result', ARGV[i + 6], 'at', ARGV[i + 7])
  end
  for i = first_name, first_name + named - 1 do call('SADD', names, ARGV[i]) end
  local seq, is_new = tell(first_event, told, now)
  if end_state ~= '' then finish(now, end_state, ARGV[10], ARGV[11]) else changed(now) end
  if is_new then call('PUBLISH', bell, int(seq)) end
  return {'done', int(seq)}

elseif what == 'events' then
  local after, left = tonumber(ARGV[3]), tonumber(ARGV[4])
  local last, answer = tonumber(call('HGET', session, 'seq') or '0'), {}
  if after >= last then return answer end
  -- Most readers want what came last.
  local list = call('LRANGE', parts, -1, -1)
  if tonumber(string.match(list[1], '^%d+')) > after + 1 then list = call('LRANGE', parts, 0, -1) end
  for i, part in ipairs(list) do
    local from, of = string.match(part, '^(%d+) (.*)$')
    local to = list[i + 1] and tonumber(string.match(list[i + 1], '^%d+')) - 1 or last
    if to > after and left > 0 then
      local number = call('HGET', session .. ':run:' .. of, 'number')
      from = int(math.max(tonumber(from), after + 1))
      left = add_page(answer, session .. ':events:' .. of, from, int(to) .. '-0', left, {of, number})
    end
  end
  return answer

elseif what == 'open' then
  local now, owner = ARGV[3], ARGV[4]
  local there = call('HMGET', session, 'owner', 'open', 'changed')
  local known = call('HGET', run, 'owner')
  local answer
  if known then
    answer = {known == owner and 'rejoined' or 'foreign', there[3]}
    if known ~= owner then return answer end
  elseif there[1] and there[1] ~= owner then return {'foreign', there[3]}
  elseif there[2] then return {'busy', there[3], there[2]}
  else
    local fields = tonumber(ARGV[9])
    local number = int(call('HINCRBY', session, 'runs', 1))
    if not there[1] then
      call('HSET', session, 'owner', owner, 'seq', '0', 'created', ARGV[6], 'order', ARGV[5])
    end
    call('HSET', session, 'open', id, 'latest', id, 'alias', ARGV[7], 'pattern', ARGV[8], 'state', 'QUEUED')
    call('RPUSH', runs, id)
    call('HSET', run, 'owner', owner, 'number', number, 'created', ARGV[6], 'alias', ARGV[7], 'pattern', ARGV[8],
      'state', 'QUEUED', 'cancel', '0', 'epoch', '0', 'worked', '0', 'result', '', 'forgotten', '0')
    for i = 10, 9 + fields, 2 do call('HSET', run, ARGV[i], ARGV[i + 1]) end
    for i = 10 + fields, #ARGV do call('SADD', names, ARGV[i]) end
    changed(now)
    answer = {'fresh', now}
  end
  add_all(answer, call('HGETALL', run))
  return answer

elseif what == 'claim' then
  local state = call('HGET', run, 'state')
  if not state then return {'unknown'} end
  if not is_open(state) then return {'no'} end
  local epoch = call('HINCRBY', run, 'epoch', 1)
  call('HSET', run, 'state', 'RUNNING', 'worker', ARGV[4])
  changed(ARGV[3], 'RUNNING')
  return {'claimed', int(epoch)}

elseif what == 'cancel' then
  local state = call('HGET', run, 'state')
  if not state then return {'unknown'} end
  if not is_open(state) then return {'no'} end
  call('HSET', run, 'cancel', '1')
  if state == 'QUEUED' then
    tell(5, 1, ARGV[3])
    finish(ARGV[3], 'CANCELLED', ARGV[6], '')
  else changed(ARGV[3]) end
  call('PUBLISH', bell, '!')
  call('PUBLISH', ARGV[4], '!')
  return {state == 'QUEUED' and 'ended' or 'asked'}

elseif what == 'withdraw' then
  local state = call('HMGET', run, 'state', 'epoch')
  if not state[1] then return {'unknown'} end
  if state[1] ~= 'QUEUED' or state[2] ~= '0' then return {'no'} end
  local answer = {'withdrawn'}
  add_all(answer, call('SMEMBERS', names))
  call('DEL', run, keys, paths, events, entries, names)
  call('LREM', runs, -1, id)
  local latest = call('LINDEX', runs, -1)
  if latest then
    local before = call('HMGET', session .. ':run:' .. latest, 'alias', 'pattern', 'state')
    call('HINCRBY', session, 'runs', -1)
    call('HDEL', session, 'open')
    call('HSET', session, 'latest', latest, 'alias', before[1], 'pattern', before[2], 'state', before[3])
  else call('DEL', session, runs, parts) end
  return answer

elseif what == 'reopen' then
  local state = call('HMGET', run, 'state', 'forgotten', 'ended_by')
  if not state[1] then return {'unknown'} end
  if is_open(state[1]) or state[1] == 'ANSWERED' or state[2] ~= '0' or call('HEXISTS', session, 'open') == 1 then
    return {'no'}
  end
  call('HSET', run, 'state', 'QUEUED', 'cancel', '0', 'result', '')
  call('HDEL', run, 'ended', 'ended_by')
  for path in string.gmatch(state[3] or '', '[^\n]+') do
    local order = call('HGET', paths, path)
    if order then
      call('XDEL', entries, order .. '-0')
      call('HDEL', paths, path)
    end
  end
  call('HSET', session, 'open', id)
  changed(ARGV[3], 'QUEUED')
  return {'reopened'}

elseif what == 'runs' then
  -- From one on, until there is 1 MiB of them.
  local answer, room = {}, ROOM
  for _, one in ipairs(call('LRANGE', runs, ARGV[3], -1)) do
    answer[#answer + 1] = one
    room = room - add_hash(answer, session .. ':run:' .. one)
    if room <= 0 then break end
  end
  return answer

elseif what == 'eventsOf' then
  local answer, number = {}, call('HGET', run, 'number')
  if number then add_page(answer, events, ARGV[3], '+', 100000, {id, number}) end
  return answer

elseif what == 'entries' then
  local answer = {}
  add_page(answer, entries, ARGV[3], '+', 100000, {})
  return answer

elseif what == 'family' then
  local there = call('HMGET', session, 'owner', 'open', 'changed', 'order')
  if not there[1] then return {} end
  local answer = {there[1], there[2] or '', there[3], there[4]}
  add_all(answer, call('LRANGE', runs, 0, -1))
  return answer

elseif what == 'delete' then
  local there = call('HMGET', session, 'owner', 'open', 'changed', 'order')
  if not there[1] or there[2] or there[4] ~= ARGV[4] then return {'no'} end
  if ARGV[3] ~= '' and is_later(there[3], ARGV[3]) then return {'no'} end
  local answer = {'deleted'}
  for _, one in ipairs(call('LRANGE', runs, 0, -1)) do
    local its_names = call('SMEMBERS', session .. ':names:' .. one)
    add_all(answer, {one, int(#its_names)})
    add_all(answer, its_names)
    for _, kind in ipairs({'run', 'events', 'entries', 'keys', 'paths', 'names'}) do
      call('UNLINK', session .. ':' .. kind .. ':' .. one)
    end
  end
  call('UNLINK', session, runs, parts)
  call('PUBLISH', bell, '!')
  return answer

elseif what == 'forget' then
  -- One at a time; who has shown no life for so long (milliseconds) has died.
  local state = call('HMGET', run, 'ended', 'forgotten', 'forgetter', 'forgetter_until', 'request', 'result')
  if not state[2] then return {'unknown'} end
  if state[2] == '2' then return {'done'} end
  if not state[1] then return {'no'} end
  local clock = call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  if state[3] and state[3] ~= ARGV[3] and tonumber(state[4]) > now then return {'no'} end
  call('HSET', run, 'forgotten', '1', 'forgetter', ARGV[3], 'forgetter_until', int(now + ARGV[4]))
  return {'begun', state[5], state[6]}

elseif what == 'rewrite' then
  -- Events or entries (ARGV[4]) into a stream that takes the old one's place at the end.
  if call('HGET', run, 'forgetter') ~= ARGV[3] then return {'no'} end
  local stream = session .. ':' .. ARGV[4] .. ':' .. id .. ':' .. ARGV[3]
  local width = tonumber(ARGV[5])
  for i = 6, #ARGV, width do
    local add = {'XADD', stream, ARGV[i] .. '-0'}
    for j = i + 1, i + width - 1 do add[#add + 1] = ARGV[j] end
    call(unpack(add))
  end
  call('PEXPIRE', stream, 3600000)
  return {'rewritten'}

elseif what == 'forgotten' then
  if call('HGET', run, 'forgetter') ~= ARGV[3] then return {'no'} end
  call('HSET', run, 'request', ARGV[4], 'result', ARGV[5], 'forgotten', '2')
  call('HDEL', run, 'forgetter', 'forgetter_until')
  for _, stream in ipairs({events, entries}) do
    local new = stream .. ':' .. ARGV[3]
    if call('EXISTS', new) == 1 then
      call('RENAME', new, stream)
      call('PERSIST', stream)
    end
  end
  call('DEL', keys)
  return {'forgotten'}
end
return redis.error_reply('journal.lua knows nothing of ' .. what)
