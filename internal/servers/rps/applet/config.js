// 猜拳服务的地址。正式发布时须为 https，并把对应的 wss 地址加入小程序后台的“socket 合法域名”。
module.exports = {
  // 协议与域名，末尾不带斜线
  host: 'http://127.0.0.1:9595',
  // Socket.IO 的路径，与服务端的 rootPath 相同
  basePath: '/applet/websocket/socket.io',
};
