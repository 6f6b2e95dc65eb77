// The words of the page in both languages.

const words = {
  zh: {
    title: '石头剪刀布', connected: '已连接', unconnected: '未连接', nearby: '还有 {} 人在线或附近', players: '玩家', hands: '出拳', faces: '表情', face: '表情 {}',
    scissors: '剪刀', rock: '石头', paper: '布', name: '我的名字', play: '开始', replay: '再来一局', tab: '和另一个标签页玩', other: '换个对手', leave: '离开', again: '重新连接',
    hint: '键盘：1 剪刀，2 石头，3 布，回车开始。一秒内没有人来，就和机器人玩。',
    connecting: '正在连接…', ended: '服务器断开了连接', over: '刚才的对局已经结束', refused: '现在没有空位，请稍后再试',
    idle: '来一局吧', seeking: '正在找对手…', choose: '请出拳', chosen: '已出拳，还可以换', won: '你赢了！', lost: '你输了', drawn: '平局', ready: '再来一局？',
    me: '我', moved: '已出拳', thinking: '…', none: '没有出拳', gone: '已离开', score: '{} 分', streak: '{} 连胜', player: '玩家', robot: '机器人 {}',
    language: 'English', otherLanguage: 'en',
  },
  en: {
    title: 'Rock, Paper, Scissors', connected: 'Connected', unconnected: 'Not connected', nearby: '{} others online or near', players: 'Players', hands: 'Your hand', faces: 'Faces', face: 'Face {}',
    scissors: 'Scissors', rock: 'Rock', paper: 'Paper', name: 'My name', play: 'Play', replay: 'Play again', tab: 'Play with the other tab', other: 'Another opponent', leave: 'Leave', again: 'Connect again',
    hint: 'Keys: 1 scissors, 2 rock, 3 paper, Enter to play. If nobody comes within a second you play against a robot.',
    connecting: 'Connecting…', ended: 'The server ended the connection', over: 'That game is over', refused: 'There is no seat now; try again in a moment',
    idle: 'A game?', seeking: 'Looking for somebody…', choose: 'Choose!', chosen: 'Chosen; you may think again', won: 'You win!', lost: 'You lose', drawn: 'A draw', ready: 'Play again?',
    me: 'Me', moved: 'has chosen', thinking: '…', none: 'chose nothing', gone: 'has left', score: 'Score {}', streak: '{} wins in a row', player: 'Player', robot: 'Robot {}',
    language: '中文', otherLanguage: 'zh',
  },
};

let language = navigator.language.startsWith('zh') ? 'zh' : 'en';

/** word is a text in the language of the page. */
export const word = (name, value = '') => words[language][name].replace('{}', value);

/** change switches to the other language. */
export function change() {
  language = words[language].otherLanguage;
}

/** translate puts the words into everything that never changes. */
export function translate() {
  for (const e of document.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of document.querySelectorAll('[data-label]')) e.setAttribute('aria-label', word(e.dataset.label));
  document.documentElement.lang = language;
  document.title = word('title');
}
