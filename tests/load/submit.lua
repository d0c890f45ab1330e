-- POST /api/v1/manuscripts with "submit": true; token and body come from the environment. With several tokens, one after the other.
local file = assert(io.open(os.getenv("LOAD_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.path = "/api/v1/manuscripts"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("LOAD_TOKEN")
file:close()
local tokens, at = {}, 0
for token in string.gmatch(os.getenv("LOAD_TOKENS") or "", "%S+") do tokens[#tokens + 1] = "Bearer " .. token end
if #tokens > 0 then
  function request()
    at = at % #tokens + 1
    wrk.headers["Authorization"] = tokens[at]
    return wrk.format()
  end
end
dofile((os.getenv("LOAD_LUA")) .. "/report.lua")
