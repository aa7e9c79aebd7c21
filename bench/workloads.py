"""The data and the workloads: what is asked of both servers, and how wrk asks it."""

from dataclasses import dataclass

MODULES, SESSIONS_EACH, USERS, ROOMS, NAMESPACES = 1000, 2, 100, 50, 200
MEDIA_TYPE = "application/vnd.api+json"


@dataclass(frozen=True)
class Workload:
    """`path` below the namespace for reads; `script` is the Lua that makes the requests of the others."""

    name: str
    says: str
    path: str | None = None
    script: str | None = None


_POST = """
local n = 0
request = function()
  n = n + 1
  local body = '{"data":{"type":"modules","attributes":{"code":"C' .. 1000 + n % 9000 .. '","name":"Module ' .. n ..
    '","semester":"SS18"},"relationships":{"teacher":{"data":{"type":"users","id":"1"}}}}}'
  return wrk.format("POST", "/api/bench/modules", {["Content-Type"] = "application/vnd.api+json"}, body)
end
"""

_PATCH = """
local n, salt = 0, os.time() % 100000
request = function()
  n = n + 1
  local id = n % 1000 + 1
  local body = '{"data":{"type":"modules","id":"' .. id .. '","attributes":{"name":"Module ' .. salt .. '-' .. n .. '"}}}'
  return wrk.format("PATCH", "/api/bench/modules/" .. id, {["Content-Type"] = "application/vnd.api+json"}, body)
end
"""

_MIX = """
local n = 0
request = function()
  n = n + 1
  local base = "/api/n" .. math.random(1, 200)
  if n % 10 == 0 then
    local id = math.random(1, 20)
    local body = '{"data":{"type":"modules","id":"' .. id .. '","attributes":{"name":"Module ' .. n .. '"}}}'
    return wrk.format("PATCH", base .. "/modules/" .. id, {["Content-Type"] = "application/vnd.api+json"}, body)
  end
  local paths = {"/modules", "/modules/" .. math.random(1, 20), "/modules?page[size]=20&page[number]=1", "/sessions"}
  return wrk.format("GET", base .. paths[math.random(1, 4)])
end
"""


READS = [
    Workload("W1", "one module", "/modules/500"),
    Workload("W2", "a page of 20 modules with linkage", "/modules?page[size]=20&page[number]=3"),
    Workload("W3", "all 1,000 modules", "/modules"),
    Workload("W4", "sessions filtered by title and keywords", "/sessions?title=Session%207&keywords=sql"),
    Workload("W5", "a module with include=sessions", "/modules/500?include=sessions"),
]
WRITES = [Workload("W6", "POST a module", script=_POST), Workload("W7", "PATCH a module", script=_PATCH)]
MIX = Workload("W8", "90 % reads, 10 % writes over 200 namespaces", script=_MIX)
