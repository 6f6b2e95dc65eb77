// Where the server is, and who logs in.
module.exports = {
  // 服务器地址；真机上必须是 https，并且写进小程序后台的 request 合法域名
  host: 'http://127.0.0.1:5757',
  // 路由前缀
  basePath: '/applet',
  // 服务器用 --dev 启动时，以这个名字登录（字母和数字）；空着就用微信登录
  devUser: '',
}
