// The mini-program's requests against a real server, with a wx made of Node's
// own modules. SERVER is the server, WECHAT gives out codes.

const test = require('node:test')
const assert = require('node:assert/strict')
const path = require('node:path')

const { SERVER, WECHAT, FILES } = process.env
const { createSession, RequestError } = require(path.join(FILES, 'utils/session.js'))
const words = require(path.join(FILES, 'utils/words.js'))

// makeWx is the platform of one phone of a user.
function makeWx(openid) {
  const stored = {}
  const wx = {
    logins: 0,
    requests: [],
    alive: true, // WeChat's session
    fault: null, // answers in the server's place
    getStorageSync: key => stored[key],
    setStorageSync: (key, value) => (stored[key] = value),
    checkSession: ({ success, fail }) => (wx.alive ? success() : fail()),
    async login({ success, fail }) {
      wx.logins++
      try {
        const res = await fetch(`${WECHAT}?openid=${openid}`)
        success({ code: await res.text(), errMsg: 'login:ok' })
      } catch (e) {
        fail({ errMsg: 'login:fail' })
      }
    },
    async request({ url, method, data, header, success, fail }) {
      wx.requests.push(header)
      if (wx.fault) {
        const answer = wx.fault()
        if (answer) return answer.errMsg ? fail(answer) : success(answer)
      }
      try {
        const res = await fetch(url, {
          method,
          headers: { ...header, ...(data ? { 'Content-Type': 'application/json' } : {}) },
          body: data ? JSON.stringify(data) : undefined,
        })
        const text = await res.text()
        let body = text
        try {
          body = JSON.parse(text)
        } catch (e) {}
        success({ statusCode: res.status, header: Object.fromEntries(res.headers), data: body })
      } catch (e) {
        fail({ errMsg: 'request:fail' })
      }
    },
    stored,
  }
  return wx
}

const phone = openid => {
  const wx = makeWx(openid)
  return { wx, session: createSession({ wx, host: SERVER, basePath: '/applet', devUser: '' }) }
}

test('saves, lists, changes and deletes', async () => {
  const { wx, session } = phone('oKate')
  assert.deepEqual(await session.list(), [])
  assert.deepEqual(await session.save({ id: 'a', actions: '[1]' }), {})
  await session.save({ id: 'b', actions: '[2]' })
  await session.save({ id: 'a', actions: '[3]' })
  assert.deepEqual(await session.list(), [{ id: 'b', actions: '[2]' }, { id: 'a', actions: '[3]' }])
  await session.remove('b')
  assert.deepEqual(await session.list(), [{ id: 'a', actions: '[3]' }])
  assert.equal(wx.logins, 1)
  assert.equal(wx.requests.filter(h => h['X-WX-Code']).length, 1)
  assert.equal(wx.requests.filter(h => h['X-WX-Signature']).length, 0)
})

test('requests that begin at once share one login', async () => {
  const { wx, session } = phone('oMany')
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => session.list()))
  assert.equal(answers.length, 5)
  assert.equal(wx.logins, 1)
})

test('a new start of the mini-program keeps the token', async () => {
  const { wx, session } = phone('oStart')
  await session.list()
  const again = createSession({ wx, host: SERVER, basePath: '/applet', devUser: '' })
  await again.list()
  assert.equal(wx.logins, 1)
  // WeChat's session is over: the user logs in anew.
  wx.alive = false
  const later = createSession({ wx, host: SERVER, basePath: '/applet', devUser: '' })
  await later.list()
  assert.equal(wx.logins, 2)
})

test('a login on another phone ends the session here, which logs in again', async () => {
  const one = phone('oTwice')
  const two = phone('oTwice')
  await one.session.save({ id: 'x', actions: '[]' })
  assert.equal((await two.session.list()).length, 1)
  assert.equal((await one.session.list()).length, 1)
  assert.equal(one.wx.logins, 2)
})

test('the name is the user\'s choice', async () => {
  const { wx, session } = phone('oName')
  session.setProfile({ nickName: '安 & co' })
  assert.deepEqual((await session.user()).user, { nickName: '安 & co', openId: 'oName' })
  session.setProfile({ avatar: 'wxfile://a.png' })
  await session.user()
  assert.equal(wx.logins, 1)
  session.setProfile({ nickName: '安娜' })
  assert.equal((await session.user()).user.nickName, '安娜')
  assert.equal(wx.logins, 2)
  assert.deepEqual(wx.stored.profile, { nickName: '安娜', avatar: 'wxfile://a.png' })
})

test('a logout ends the token', async () => {
  const { wx, session } = phone('oOut')
  await session.list()
  const token = wx.stored['session-token']
  await session.logout()
  assert.equal(wx.stored['session-token'], '')
  const res = await fetch(`${SERVER}/applet/session/paints/list`, { headers: { 'X-WX-Token': token } })
  assert.equal((await res.json()).reason, 'ERR_SESSION_EXPIRED')
  await session.list()
  assert.equal(wx.logins, 2)
})

test('it gives up after three logins', async () => {
  const { wx, session } = phone('not a user')
  await assert.rejects(session.list(), { name: 'RequestError', reason: 'ERR_SESSION_KEY_EXCHANGE_FAILED' })
  assert.equal(wx.logins, 3)
})

test('failures are RequestErrors with words', async () => {
  const { wx, session } = phone('oFail')
  const failing = async (fault, reason) => {
    wx.fault = fault
    const e = await session.list().catch(e => e)
    assert.ok(e instanceof RequestError)
    assert.equal(e.reason, reason)
    assert.match(words(e), /[\u4e00-\u9fff]/)
  }
  await failing(() => ({ errMsg: 'request:fail timeout' }), 'network')
  await failing(() => ({ statusCode: 502, header: {}, data: '<html>' }), 'network')
  await failing(() => ({ statusCode: 200, header: {}, data: 'text' }), 'network')
  await failing(() => ({ statusCode: 200, header: {}, data: { code: -1, msg: 'fail', error: { reason: 'service unavailable' } } }), 'service unavailable')
  wx.fault = null
  await session.list()
  const e = await session.save({ id: '1', actions: '{}' }).catch(e => e)
  assert.equal(e.reason, 'actions is not a JSON array')
  wx.login = ({ fail }) => fail({ errMsg: 'login:fail' })
  await session.logout()
  await assert.rejects(session.list(), { reason: 'login' })
  assert.match(words(undefined), /[\u4e00-\u9fff]/)
})

test('a token that the server replaces is used from then on', async () => {
  const { wx, session } = phone('oTurn')
  await session.list()
  wx.fault = () => ({ statusCode: 200, header: { 'x-wx-token': 'another' }, data: { code: 0, msg: 'success', data: [] } })
  await session.list()
  await session.list()
  assert.equal(wx.requests.at(-1)['X-WX-Token'], 'another')
})
