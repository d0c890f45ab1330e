-- GET of one address, again and again.
wrk.method = "GET"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("LOAD_TOKEN")
dofile((os.getenv("LOAD_LUA")) .. "/report.lua")
