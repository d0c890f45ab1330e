-- POST …/review on one manuscript after the other, each once; the list has lines "ID ETAG".
local thread_count = 0
function setup(thread)
  thread:set("part", thread_count)
  thread_count = thread_count + 1
end

local todo, at = {}, 0
local body = '{"decision":"recommend","opinion":"情况属实，建议可行。"}'

function init(args)
  local parts, line = tonumber(os.getenv("LOAD_THREADS")), 0
  for row in io.lines(os.getenv("LOAD_LIST")) do
    if line % parts == part then todo[#todo + 1] = row end
    line = line + 1
  end
end

function request()
  at = at + 1
  if at > #todo then wrk.thread:stop() end
  local id, etag = string.match(todo[math.min(at, #todo)], "(%S+) (%S+)")
  local headers = { ["Content-Type"] = "application/json", ["If-Match"] = etag, ["Authorization"] = "Bearer " .. os.getenv("LOAD_TOKEN") }
  return wrk.format("POST", "/api/v1/manuscripts/" .. id .. "/review", headers, body)
end

dofile((os.getenv("LOAD_LUA")) .. "/report.lua")
