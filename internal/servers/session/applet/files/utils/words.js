// What a failed request means for a person.
const known = {
  network: '连不上服务器，请检查网络',
  login: '微信登录失败，请再试一次',
  ERR_SESSION_EXPIRED: '登录已过期，请再试一次',
  ERR_SESSION_KEY_EXCHANGE_FAILED: '微信登录失败，请再试一次',
  'too many drawings': '画太多了，请先删掉一些',
  'service unavailable': '服务器忙，请稍后再试',
}

module.exports = error => known[error && error.reason] || '出了点问题，请稍后再试'
