const config = require('./config.js')
const { createSession } = require('./utils/session.js')

App({
  onLaunch() {
    this.session = createSession({ wx, ...config })
  },
})
