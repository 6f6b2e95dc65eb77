// 相册服务的地址。正式发布时须为 https，并加入小程序后台的“request、uploadFile、downloadFile 合法域名”。
module.exports = {
  // 协议与域名，末尾不带斜线
  host: 'http://127.0.0.1:9993',
  // 路由前缀，与服务端的 ROUTE_BASE_PATH 相同
  basePath: '/applet',
};
