const { FACES, SCISSORS, ROCK, PAPER } = require('../../services/match.js');
const { rename } = require('../../services/player.js');
const { headline } = require('../../services/words.js');
const share = require('../../services/share.js');

const TICK = 100; // milliseconds

Page({
  data: {
    hands: [
      { choice: SCISSORS, name: '剪刀' },
      { choice: ROCK, name: '石头' },
      { choice: PAPER, name: '布' },
    ],
    faces: FACES,
    name: '',
    online: false,
    phase: 'idle',
    ended: false,
    headline: '',
    nearby: 0,
    players: [],
    choice: 0,
    left: 0,
    seconds: '',
  },

  onLoad() {
    this.match = getApp().match;
    this.match.changed = () => this.show();
    this.setData({ name: this.match.player.uname });
    this.show();
  },

  // The platform closes the socket of an app that is not seen; the seat waits.
  onShow() {
    this.match.wake();
  },

  onUnload() {
    clearInterval(this.clock);
    this.match.changed = () => {};
  },

  show() {
    const { online, phase, notice, nearby, players, choice } = this.match;
    this.setData({ online, phase, nearby, players, choice, ended: notice === 'ended', headline: headline(this.match) });
    this.tick();
    if (phase === 'playing' && !this.clock) this.clock = setInterval(() => this.tick(), TICK);
  },

  tick() {
    const { match } = this;
    const rest = match.remaining();
    this.setData({ left: match.length ? Math.round((rest / match.length) * 100) : 0, seconds: rest ? (rest / 1000).toFixed(1) : '' });
    if (match.phase !== 'playing') {
      clearInterval(this.clock);
      this.clock = null;
    }
  },

  play() { this.match.play(); },
  other() { this.match.other(); },
  leave() { this.match.leave(); },
  again() { this.match.wake(); },
  choose(e) { this.match.choose(e.currentTarget.dataset.choice); },
  face(e) { this.match.face(e.currentTarget.dataset.face); },
  rename(e) { this.setData({ name: rename(this.match, e.detail.value) }); },

  onShareAppMessage() { return share; },
});
