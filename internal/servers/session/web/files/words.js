// The words of the page in both languages.

const words = {
  zh: {
    title: '一笔到底', two: '两人并排', name: '名字', login: '登录', width: '粗细', undo: '撤销',
    fresh: '新的一张', save: '保存', list: '我的画', empty: '还没有画。', delete: '删除', sure: '确定删除？',
    paper: '画纸：用鼠标或手指画；也可以用方向键移动，空格键落笔和抬笔', color: '颜色', open: '打开第 {} 张',
    saving: '正在保存…', saved: '已保存', deleted: '已删除', opened: '已打开，可以接着画', nothing: '先画点什么吧',
    down: '已落笔', up: '已抬笔', full: '画太多了，请先删掉一些', large: '这张画太大了', trouble: '出了点问题，请稍后再试', unknown: '这张画是别的程序画的，这里看不了',
    dev: '开发模式：不经过微信登录，这台电脑上的人可以是任何人。', local: '登录在小程序里。这里画的只留在这个浏览器。',
    other: 'English', otherLang: 'en',
  },
  en: {
    title: 'One Stroke', two: 'Two people', name: 'Name', login: 'Log in', width: 'Width', undo: 'Undo',
    fresh: 'New', save: 'Save', list: 'My drawings', empty: 'No drawings yet.', delete: 'Delete', sure: 'Delete it?',
    paper: 'Paper: draw with the mouse or a finger; or move with the arrow keys, and put the pen down and up with the space bar', color: 'Colour', open: 'Open drawing {}',
    saving: 'Saving…', saved: 'Saved', deleted: 'Deleted', opened: 'Open; go on drawing', nothing: 'Draw something first',
    down: 'Pen down', up: 'Pen up', full: 'Too many drawings; delete some first', large: 'This drawing is too large', trouble: 'Something went wrong; try again in a moment', unknown: 'Another program drew this; it cannot be shown here',
    dev: 'Development: nobody logs in with WeChat, and anybody on this computer may be anyone.', local: 'The login is in the mini-program. What you draw here stays in this browser.',
    other: '中文', otherLang: 'zh',
  },
};

let language = navigator.language.startsWith('zh') ? 'zh' : 'en';

/** word is a text in the language of the page. */
export const word = (name, value) => words[language][name].replace('{}', value);

/** change switches to the other language. */
export function change() {
  language = words[language].otherLang;
}

/** translate puts the words into everything below root. */
export function translate(root) {
  for (const e of root.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of root.querySelectorAll('[data-label]')) e.setAttribute('aria-label', word(e.dataset.label));
  document.documentElement.lang = language;
  document.title = word('title');
}
