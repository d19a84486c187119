-- What Tollgate does for a request without a body, as a Lua script: addresses, TLS, key, namespace, a token bucket for
-- each client and worker, the credential removed, the client named upstream, and the rate limit in the answer.
-- CLIENTS (key to client) and RULES (client to path, rate and burst) stand before it.

local buckets = {}

local function refuse(handle, status, name, headers)
  headers = headers or {}
  headers[":status"] = status
  headers["content-type"] = "application/problem+json"
  local body = '{"type":"urn:problem:' .. name .. '","title":"' .. name .. '","status":' .. status .. "}"
  handle:respond(headers, body)
end

local function take(client, rules, now)
  local bucket = buckets[client]
  if not bucket then
    bucket = { tokens = rules.burst, at = now }
    buckets[client] = bucket
  end
  bucket.tokens = math.min(rules.burst, bucket.tokens + (now - bucket.at) / 1000 * rules.rate)
  bucket.at = now
  if bucket.tokens < 1 then
    return false, bucket
  end
  bucket.tokens = bucket.tokens - 1
  return true, bucket
end

local function rate_limit_fields(rules, bucket)
  return '"default";q=' .. rules.rate .. ";w=1", string.format('"default";r=%d;t=1', math.floor(bucket.tokens))
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local address = handle:streamInfo():downstreamRemoteAddress()
  if string.sub(address, 1, 11) == "198.51.100." or string.sub(address, 1, 10) == "203.0.113." then
    return refuse(handle, "403", "ip-denied")
  end
  if headers:get("x-forwarded-proto") ~= "https" then
    return refuse(handle, "403", "https-required")
  end
  local key = headers:get("x-api-key")
  if not key then
    return refuse(handle, "401", "missing-api-key")
  end
  local client = CLIENTS[key]
  if not client then
    return refuse(handle, "401", "invalid-api-key")
  end
  local rules = RULES[client]
  local method = headers:get(":method")
  if string.sub(headers:get(":path"), 1, #rules.path) ~= rules.path or (method ~= "GET" and method ~= "POST") then
    return refuse(handle, "403", "namespace-denied")
  end
  local admitted, bucket = take(client, rules, handle:timestamp())
  local policy, left = rate_limit_fields(rules, bucket)
  if not admitted then
    return refuse(handle, "429", "rate-limited", {
      ["ratelimit-policy"] = policy,
      ["ratelimit"] = left,
      ["retry-after"] = "1",
    })
  end
  headers:remove("x-api-key")
  headers:replace("x-client-id", client)
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set("limit", "policy", policy)
  metadata:set("limit", "left", left)
end

function envoy_on_response(handle)
  local limit = handle:streamInfo():dynamicMetadata():get("limit")
  if limit then
    local headers = handle:headers()
    headers:replace("ratelimit-policy", limit.policy)
    headers:replace("ratelimit", limit.left)
  end
end
