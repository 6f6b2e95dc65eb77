// Requests with a login session. The code of wx.login is sent once; after that
// the server knows this client by a token, which it replaces from time to time.
// Everything of the platform comes in as wx, so that this runs anywhere.

const MAGIC = 'F2C224D4-2BCE-4C64-AF9F-A6D872000D1A'
const TOKEN = 'X-WX-Token'
const STORED_TOKEN = 'session-token'
const STORED_PROFILE = 'profile'
const MAX_TRIES = 3
const TIMEOUT = 10000 // milliseconds
// A new login mends these two.
const LOGIN_AGAIN = ['ERR_SESSION_EXPIRED', 'ERR_SESSION_KEY_EXCHANGE_FAILED']

class RequestError extends Error {
  constructor(reason, message) {
    super(message || reason)
    this.name = 'RequestError'
    this.reason = reason
  }
}

function headerOf(headers, name) {
  const key = Object.keys(headers || {}).find(k => k.toLowerCase() === name.toLowerCase())
  return key ? String(headers[key]) : ''
}

function createSession({ wx, host, basePath, devUser }) {
  const base = host + basePath
  let token = wx.getStorageSync(STORED_TOKEN) || ''
  let profile = wx.getStorageSync(STORED_PROFILE) || { nickName: '', avatar: '' }
  let pending = null // the login that is under way
  let checked = null // whether WeChat's own session is still the one of the token

  function keep(fresh) {
    token = fresh
    wx.setStorageSync(STORED_TOKEN, fresh)
  }

  // WeChat's session ends when the user has not been here for long. The token
  // may still be good, but belongs to a login that the user has left.
  function check() {
    if (!checked) {
      checked = new Promise(resolve => {
        if (!token || devUser) return resolve()
        wx.checkSession({ success: resolve, fail: () => resolve(keep('')) })
      })
    }
    return checked
  }

  function code() {
    if (devUser) return Promise.resolve(`dev_${devUser}_${Date.now()}-${Math.random().toString(36).slice(2)}`)
    return new Promise((resolve, reject) =>
      wx.login({
        timeout: TIMEOUT,
        success: res => (res.code ? resolve(res.code) : reject(new RequestError('login', res.errMsg))),
        fail: err => reject(new RequestError('login', err && err.errMsg)),
      })
    )
  }

  function send(path, data, header) {
    return new Promise((resolve, reject) =>
      wx.request({
        url: base + path,
        method: data === undefined ? 'GET' : 'POST',
        data,
        header,
        timeout: TIMEOUT,
        success: res => {
          if (res.statusCode !== 200 || res.data === null || typeof res.data !== 'object') {
            return reject(new RequestError('network', `status ${res.statusCode}`))
          }
          const fresh = headerOf(res.header, TOKEN)
          if (fresh) keep(fresh)
          resolve(res.data)
        },
        fail: err => reject(new RequestError('network', err && err.errMsg)),
      })
    )
  }

  async function first(path, data) {
    return send(path, data, {
      'X-WX-Code': await code(),
      'X-WX-RawData': encodeURIComponent(JSON.stringify({ nickName: profile.nickName })),
      [TOKEN]: 'new',
    })
  }

  // once sends a request with the token, or with a login that others wait for.
  function once(path, data) {
    if (token) return send(path, data, { [TOKEN]: token })
    const answer = first(path, data)
    const over = answer.then(() => {}, () => {}).then(() => {
      if (pending === over) pending = null
    })
    pending = over
    return answer
  }

  // request is a GET without data, a POST with them. It returns the data of the
  // answer, or fails with a RequestError.
  async function request(path, data) {
    await check()
    for (let tries = 1; ; tries++) {
      while (!token && pending) await pending
      const used = token
      const answer = await once(path, data)
      if (!(MAGIC in answer)) {
        if (answer.code !== 0) throw new RequestError((answer.error && answer.error.reason) || answer.msg)
        return answer.data
      }
      const { reason, error } = answer
      if (!LOGIN_AGAIN.includes(reason) || tries === MAX_TRIES) {
        throw new RequestError(reason || 'session', error && error.message)
      }
      if (token === used) keep('') // unless another request has logged in meanwhile
    }
  }

  return {
    list: () => request('/session/paints/list'),
    save: drawing => request('/session/paints/save', drawing),
    remove: id => request('/session/paints/delete', { id }),
    user: () => request('/session/user'),
    profile: () => profile,
    // setProfile keeps what the user chose; the next request tells the server.
    setProfile(change) {
      const renamed = change.nickName !== undefined && change.nickName !== profile.nickName
      profile = { ...profile, ...change }
      wx.setStorageSync(STORED_PROFILE, profile)
      if (renamed) keep('')
    },
    async logout() {
      if (token) await request('/session/logout', {})
      keep('')
    },
  }
}

module.exports = { createSession, RequestError }
