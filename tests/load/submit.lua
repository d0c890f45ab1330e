-- POST /api/v1/manuscripts with "submit": true; token and body come from the environment.
local file = assert(io.open(os.getenv("LOAD_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.path = "/api/v1/manuscripts"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("LOAD_TOKEN")
file:close()
dofile((os.getenv("LOAD_LUA")) .. "/report.lua")
