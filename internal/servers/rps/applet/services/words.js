// What the screen says.
const OUTCOMES = { won: '你赢了！', lost: '你输了', drawn: '平局' };
const NOTICES = {
  ended: '服务器断开了连接',
  over: '刚才的对局已经结束',
  refused: '现在没有空位，请稍后再试',
};

/** headline is the one line about the game. */
function headline({ online, phase, notice, outcome, choice }) {
  if (!online && notice !== 'ended') return '正在连接…';
  if (notice) return NOTICES[notice];
  switch (phase) {
    case 'seeking': return '正在找对手…';
    case 'playing': return choice ? '已出拳，还可以换' : '请出拳';
    case 'over': return OUTCOMES[outcome] || '再来一局？';
    default: return '来一局石头剪刀布';
  }
}

module.exports = { headline };
