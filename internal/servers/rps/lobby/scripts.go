package lobby

import "github.com/redis/go-redis/v9"

// Each script is one step for all nodes. Times are microseconds of Redis's
// clock, the only one that all nodes share.
//
// The keys, all in one slot of a cluster:
//
//	nodes    sorted set: node → until when it lives; negative is dead for good
//	open     sorted set: room → since when it is open
//	tickets  hash: room → what is open, as JSON
//	on:NODE  set: the players online at a node
//	geo:NODE those of them whose place is known
//	room:ID, player:TOKEN what is kept
const clock = `
local t = redis.call('TIME')
local now = t[1] * 1e6 + t[2]
`

// newScript returns a script that knows the time.
func newScript(text string) *redis.Script { return redis.NewScript(clock + text) }

// openRoom is what join and open have in common.
const openRoom = `
local function openRoom(room, ticket)
	redis.call('ZADD', KEYS[2], now, room)
	redis.call('HSET', KEYS[3], room, cjson.encode(ticket))
	redis.call('PEXPIRE', KEYS[2], 60000)
	redis.call('PEXPIRE', KEYS[3], 60000)
end
`

// join takes a seat, or opens a room. It looks at the 200 rooms that have been
// open longest: when none of so many will do, another is opened.
//
// KEYS nodes, open, tickets; ARGV room, ticket, uid, player, time to be open.
// It returns the room and its node.
var join = newScript(openRoom + `
local function has(list, one)
	for _, v in ipairs(list) do
		if v == one then return true end
	end
	return false
end
local function close(room)
	redis.call('ZREM', KEYS[2], room)
	redis.call('HDEL', KEYS[3], room)
end
for _, room in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[5])) do
	close(room)
end
local offer = cjson.decode(ARGV[2])
local uid = offer.uids[1]
for _, room in ipairs(redis.call('ZRANGE', KEYS[2], 0, 199)) do
	local text = redis.call('HGET', KEYS[3], room)
	local ticket = text and cjson.decode(text)
	local lives = ticket and redis.call('ZSCORE', KEYS[1], ticket.node)
	if not lives or tonumber(lives) <= now then
		close(room)
	elseif not has(ticket.uids, uid) and not has(ticket.players, ARGV[3]) then
		ticket.free = ticket.free - 1
		table.insert(ticket.uids, uid)
		table.insert(ticket.players, ARGV[3])
		if ticket.free == 0 then
			close(room)
		else
			redis.call('HSET', KEYS[3], room, cjson.encode(ticket))
		end
		return {room, ticket.node}
	end
end
openRoom(ARGV[1], offer)
return {ARGV[1], ARGV[4]}
`)

// open opens a room. KEYS nodes, open, tickets; ARGV room, ticket.
var open = newScript(openRoom + `
openRoom(ARGV[1], cjson.decode(ARGV[2]))
return 0
`)

// take closes a room and returns its free seats. KEYS open, tickets; ARGV room.
var take = newScript(`
local text = redis.call('HGET', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return text and cjson.decode(text).free or 0
`)

// takeKey removes a value and returns it. KEYS the key.
var takeKey = newScript(`
local value = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return value
`)

// enter notes a player here, and nowhere else. KEYS nodes; ARGV the beginning of
// keys, node, player, and longitude and latitude if known.
var enter = newScript(`
for _, node in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
	redis.call('SREM', ARGV[1] .. 'on:' .. node, ARGV[3])
	redis.call('ZREM', ARGV[1] .. 'geo:' .. node, ARGV[3])
end
redis.call('SADD', ARGV[1] .. 'on:' .. ARGV[2], ARGV[3])
if ARGV[4] then
	redis.call('GEOADD', ARGV[1] .. 'geo:' .. ARGV[2], ARGV[4], ARGV[5], ARGV[3])
end
return 0
`)

// nearby counts players of nodes that live. KEYS nodes; ARGV the beginning of
// keys, player, and kilometres, longitude and latitude if it matters where.
var nearby = newScript(`
local n = 0
local nodes = redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')
for _, node in ipairs(nodes) do
	if ARGV[3] then
		for _, player in ipairs(redis.call('GEORADIUS_RO', ARGV[1] .. 'geo:' .. node, ARGV[4], ARGV[5], ARGV[3], 'km')) do
			if player ~= ARGV[2] then n = n + 1 end
		end
	else
		local on = ARGV[1] .. 'on:' .. node
		n = n + redis.call('SCARD', on) - redis.call('SISMEMBER', on, ARGV[2])
	end
end
return n
`)

// What send returns but the number of those who received.
const (
	sentToDead    = -1
	sentToUnknown = -2
)

// send publishes to a node. KEYS nodes; ARGV node, channel, message.
var send = newScript(`
local lives = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not lives then return -2 end
if tonumber(lives) < 0 then return -1 end
return redis.call('PUBLISH', ARGV[2], ARGV[3])
`)

// What beat says of the node's own state before.
const (
	wasAlive    = 0
	wasLate     = 1 // or was not there; what it noted may be gone
	wasDeclared = 2 // declared dead: the others have ended its rooms
)

// beat keeps a node alive for some time, calls it on its channel, and returns
// how it was before, the time, and all nodes. Who died an hour ago is forgotten.
// KEYS nodes, on, geo; ARGV node, lifetime, channel, call.
var beat = newScript(`
local was = redis.call('ZSCORE', KEYS[1], ARGV[1])
local state = 1
if was and tonumber(was) > now then
	state = 0
elseif was and tonumber(was) < 0 then
	state = 2
end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local hour = 3600 * 1e6
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - hour)
redis.call('ZREMRANGEBYSCORE', KEYS[1], hour - now, -1)
redis.call('PEXPIRE', KEYS[2], 60000)
redis.call('PEXPIRE', KEYS[3], 60000)
redis.call('PUBLISH', ARGV[3], ARGV[4])
local reply = {state}
local nodes = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #nodes, 2 do
	local till = tonumber(nodes[i + 1])
	reply[#reply + 1] = nodes[i]
	reply[#reply + 1] = till > now and 1 or (till < 0 and -1 or 0)
end
return reply
`)

// bury declares a node dead, for all nodes at once, unless it lives after all.
// KEYS nodes, on, geo; ARGV node, and "1" for one that says so itself. It
// returns whether the node is dead.
var bury = newScript(`
local till = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if till > now and ARGV[2] ~= '1' then return 0 end
if till >= 0 then
	redis.call('ZADD', KEYS[1], -now, ARGV[1])
	redis.call('DEL', KEYS[2], KEYS[3])
end
return 1
`)
