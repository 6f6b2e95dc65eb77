// 把画布存进相册；用户拒绝过授权时带去设置页。
function saveCanvas(canvas) {
  wx.canvasToTempFilePath({
    canvas,
    success: ({ tempFilePath }) => {
      wx.saveImageToPhotosAlbum({
        filePath: tempFilePath,
        fail: ({ errMsg }) => /auth/.test(errMsg) && wx.openSetting()
      })
    }
  })
}

module.exports = { saveCanvas }
