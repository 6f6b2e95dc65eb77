// The words of the page in Chinese and English.

const words = {
  zh: {
    title: '相册', language: 'English', empty: '还没有图片。点右下角的加号，选几张上传吧。',
    add: '上传图片', viewer: '查看图片', close: '关闭', previous: '上一张', next: '下一张',
    save: '保存', delete: '删除', question: '确定删除这张图片吗？', keep: '取消',
    token: '上传和删除需要口令', cancel: '取消', confirm: '确定',
    count: (n, more) => `${n}${more ? '+' : ''} 张`, open: n => `第 ${n} 张图片`,
    waiting: '等待中', sending: percent => `已上传 ${percent}%`, storing: '正在保存',
    retry: '重试', dismiss: '移除', tooLarge: '单个不超过5MB',
    listFailed: '图片列表读取失败', uploadFailed: '上传失败', deleteFailed: '删除失败', tokenRefused: '口令不对',
  },
  en: {
    title: 'Album', language: '中文', empty: 'No pictures yet. Tap the plus sign to upload some.',
    add: 'Upload pictures', viewer: 'Picture', close: 'Close', previous: 'Previous', next: 'Next',
    save: 'Save', delete: 'Delete', question: 'Delete this picture?', keep: 'Keep it',
    token: 'Uploads and deletions need a token', cancel: 'Cancel', confirm: 'OK',
    count: (n, more) => `${n}${more ? '+' : ''} ${n === 1 ? 'picture' : 'pictures'}`, open: n => `Picture ${n}`,
    waiting: 'Waiting', sending: percent => `${percent}% sent`, storing: 'Storing',
    retry: 'Try again', dismiss: 'Dismiss', tooLarge: 'At most 5 MB each',
    listFailed: 'The pictures could not be listed', uploadFailed: 'The upload failed',
    deleteFailed: 'The picture was not deleted', tokenRefused: 'That is not the token',
    // What the server says, which speaks Chinese.
    '参数错误': 'The request was not understood', '仅jpg/png格式': 'Only JPEG and PNG',
    '单个不超过5MB': 'At most 5 MB each', '图片上传失败，请稍候再试': 'The upload failed, please try again later',
    '图片尺寸过大': 'The picture has too many pixels', '相册空间已满': 'The album is full',
    '需要上传口令': 'A token is needed',
  },
}

let language = remembered() || (/^zh\b/i.test(navigator.language) ? 'zh' : 'en')

function remembered() {
  try {
    const value = localStorage.getItem('album-language')
    return value in words ? value : ''
  } catch {
    return '' // no storage
  }
}

// say returns a text, made with values where it has some.
export function say(name, ...values) {
  const text = words[language][name]
  return typeof text === 'function' ? text(...values) : text ?? name
}

// translate sets the words of the page.
export function translate() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = say('title')
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = say(element.dataset.text)
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', say(element.dataset.label))
}

// switchLanguage takes the other one, also the next time.
export function switchLanguage() {
  language = language === 'zh' ? 'en' : 'zh'
  try {
    localStorage.setItem('album-language', language)
  } catch {
    // not remembered then
  }
  translate()
}
