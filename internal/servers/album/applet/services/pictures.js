// The pictures of the album: listed, uploaded, deleted, and saved to the phone.
const { Failure, authorization, opened, request, url } = require('./request');

// MAX is the size of the largest picture in bytes.
const MAX = 5 * 1024 * 1024;

// list gets a page, the newest picture first; next is what the next page asks with.
async function list(marker = '') {
  const { data, thumbs, next } = await request('GET', 'list', { order: 'newest', limit: 60, w: 360, marker });
  return {
    pictures: data.map((address, i) => ({ url: address, thumb: (thumbs && thumbs[i]) || address })),
    next: next || '',
  };
}

// upload sends a file of the phone and returns its address. progress gets 0 to 100.
function upload(filePath, progress) {
  return new Promise((resolve, reject) => {
    const task = wx.uploadFile({
      url: url('upload'),
      filePath,
      name: 'image',
      header: authorization(),
      success: ({ statusCode, data }) => {
        try {
          resolve(opened(statusCode, parsed(data)).data.imgUrl);
        } catch (failure) {
          reject(failure);
        }
      },
      fail: () => reject(new Failure('连不上服务器')),
    });
    task.onProgressUpdate((state) => progress(state.progress));
  });
}

// parsed reads a reply to wx.uploadFile, which is text.
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function remove(address) {
  return request('POST', 'delete', { filepath: pathOf(address) });
}

// pathOf is the path of an address, as it stands there.
function pathOf(address) {
  return `/${address.split(/[?#]/)[0].split('/').slice(3).join('/')}`;
}

// save puts a picture into the phone's album. The person may have refused that
// before, and is then led to the settings.
async function save(address) {
  const filePath = await download(address);
  try {
    await keep(filePath);
  } catch (error) {
    if (!/auth|deny|denied/.test(error.errMsg || '')) {
      if (/cancel/.test(error.errMsg || '')) return false;
      throw new Failure('保存失败');
    }
    if (!(await allowed())) return false;
    await keep(filePath).catch(() => {
      throw new Failure('保存失败');
    });
  }
  return true;
}

function download(address) {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: address,
      success: ({ statusCode, tempFilePath }) => {
        if (statusCode === 200) resolve(tempFilePath);
        else reject(new Failure('图片下载失败'));
      },
      fail: () => reject(new Failure('图片下载失败')),
    });
  });
}

function keep(filePath) {
  return new Promise((resolve, reject) => {
    wx.saveImageToPhotosAlbum({ filePath, success: resolve, fail: reject });
  });
}

// allowed asks for the permission once more.
function allowed() {
  return new Promise((resolve) => {
    wx.showModal({
      title: '需要相册权限',
      content: '请在设置里允许保存到相册',
      confirmText: '去设置',
      success: ({ confirm }) => {
        if (!confirm) {
          resolve(false);
          return;
        }
        wx.openSetting({
          success: ({ authSetting }) => resolve(Boolean(authSetting['scope.writePhotosAlbum'])),
          fail: () => resolve(false),
        });
      },
      fail: () => resolve(false),
    });
  });
}

module.exports = { MAX, list, pathOf, remove, save, upload };
