// The words of the page, and which language they are in.

const words = {
  zh: {
    title: '影片', more: '更多', comments: '评论', nick: '昵称', content: '说点什么', send: '发送', older: '更早的评论', back: '返回', other: 'English',
    loading: '正在加载…', none: '还没有影片', end: '没有更多了', failed: '加载失败，请稍后再试', noComments: '还没有评论，来说第一句吧', offline: '连不上服务器',
    sent: '已发送', notSent: '没有发送成功，请稍后再试', tooFast: '发得太快了，请过一会儿再试', tooLong: '超出 {n} 字', left: '还可输入 {n} 字', broken: '这部影片无法播放', play: '播放',
  },
  en: {
    title: 'Films', more: 'More', comments: 'Comments', nick: 'Name', content: 'Comment', send: 'Send', older: 'Older comments', back: 'Back', other: '中文',
    loading: 'Loading…', none: 'There are no films yet', end: 'That is all', failed: 'That did not load, please try again', noComments: 'No comments yet: write the first', offline: 'The server cannot be reached',
    sent: 'Sent', notSent: 'That was not sent, please try again', tooFast: 'That was too fast, please wait a moment', tooLong: '{n} characters too many', left: '{n} characters left', broken: 'This film does not play', play: 'Play',
  },
};

// kept reads and writes what the browser remembers; some forbid it.
export const kept = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* then it is forgotten */ } },
};

let language = kept.get('language');
if (!words[language]) language = /^zh\b/i.test(navigator.language) ? 'zh' : 'en';

// say is a text in the language of the page.
export function say(name, n) { return words[language][name].replace('{n}', n); }

// translate writes the fixed texts of the page.
export function translate() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = say('title');
  for (const e of document.querySelectorAll('[data-text]')) e.textContent = say(e.dataset.text);
  for (const e of document.querySelectorAll('[data-label]')) e.setAttribute('aria-label', say(e.dataset.label));
  for (const e of document.querySelectorAll('[data-status]')) e.textContent = say(e.dataset.status);
}

// switchLanguage changes to the other one.
export function switchLanguage() {
  language = language === 'zh' ? 'en' : 'zh';
  kept.set('language', language);
  translate();
}
