module.exports = {
  host: 'http://127.0.0.1:9993',
  basePath: '/applet',
}
