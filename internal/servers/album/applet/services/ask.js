// Questions to the person.
const { setToken } = require('./request');

// sure asks before something is gone.
function sure(content) {
  return new Promise((resolve) => {
    wx.showModal({
      title: '提示',
      content,
      confirmColor: '#b3261e',
      success: ({ confirm }) => resolve(confirm),
      fail: () => resolve(false),
    });
  });
}

let asking;

// token asks for the uploader token, once for all who need it, and says whether
// there is a new one.
function token() {
  asking = asking || new Promise((resolve) => {
    const done = (given) => {
      asking = undefined;
      resolve(given);
    };
    wx.showModal({
      title: '上传和删除需要口令',
      editable: true,
      placeholderText: '请输入口令',
      success: ({ confirm, content }) => {
        const text = (content || '').trim();
        if (confirm && text) setToken(text);
        done(Boolean(confirm && text));
      },
      fail: () => done(false),
    });
  });
  return asking;
}

// choose shows a menu and returns the index of what was chosen, or -1.
function choose(itemList) {
  return new Promise((resolve) => {
    wx.showActionSheet({ itemList, success: ({ tapIndex }) => resolve(tapIndex), fail: () => resolve(-1) });
  });
}

module.exports = { choose, sure, token };
