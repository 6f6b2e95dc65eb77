// A player's side of the game: says hello, joins, chooses, comes back to the same
// seat, and keeps what a screen shows. The mini-program and the page share this
// file; it touches no platform.

const SCISSORS = 1;
const ROCK = 2;
const PAPER = 3;

// Plain characters, which every screen has.
const FACES = ['^_^', '>_<', 'T_T', 'o_O', '-_-#', '\\o/'];
const FACE_TIME = 2500;
const FACE_LENGTH = 12; // characters that are shown of somebody else's

// LATE is how long the server may take, beyond the game's time, for a result,
// and to tell where a player who came back is seated.
const LATE = 3000;

// against is what a wins against b: 1, 0 or -1.
function against(a, b) {
  if (a === b) return 0;
  if (!a || !b) return a ? 1 : -1;
  return (a - b + 3) % 3 === 1 ? 1 : -1;
}

function faceText(face) {
  const text = typeof face === 'number' ? FACES[Math.abs(Math.trunc(face)) % FACES.length] : String(face);
  return Array.from(text).slice(0, FACE_LENGTH).join('');
}

class Match {
  /**
   * socket is a SocketIO; player is { uid, uname, uavatar }; token, if any, what
   * the server gave last time; save keeps the token; changed is called after
   * every change.
   */
  constructor({ socket, player, token = '', save = () => {}, changed = () => {} }) {
    Object.assign(this, { socket, player, token, save, changed });
    this.online = false;
    this.nearby = 0;
    this.notice = ''; // ended, over, refused: why the screen is not what it was
    this.clear('idle');
    socket.on('connect', () => socket.emit('hello', { user: this.player, resume: this.token || undefined }));
    socket.on('disconnect', (reason) => this.dropped(reason));
    socket.on('hi', (m) => this.welcomed(m));
    socket.on('room', (m) => this.seated(m));
    socket.on('start', (m) => this.started(m));
    socket.on('movement', (m) => this.moved(m));
    socket.on('result', (m) => this.judged(m));
    socket.on('leave', (m) => this.left(m));
    socket.on('refused', (m) => this.refused(m));
  }

  // clear forgets the room.
  clear(phase) {
    clearTimeout(this.overdue);
    this.phase = phase; // idle, seeking, playing, over
    this.players = [];
    this.choice = 0;
    this.outcome = ''; // won, lost, drawn
    this.ends = 0;
    this.length = 0;
  }

  /** wake connects at once: at the beginning, and when the app is seen again. */
  wake() {
    this.socket.open();
  }

  /** rename changes how the others see the player, from the next hello on. */
  rename(uname) {
    this.player = { ...this.player, uname };
    if (this.online && this.phase === 'idle') this.socket.emit('hello', { user: this.player });
    this.changed();
  }

  /** play finds somebody, or plays again with the same ones. */
  play() {
    if (!this.online || this.phase === 'seeking' || this.phase === 'playing') return;
    this.clear('seeking');
    this.notice = '';
    this.socket.emit('join', {});
    this.changed();
  }

  /** other looks for somebody else. */
  other() {
    if (!this.online) return;
    if (this.phase !== 'idle') this.socket.emit('leave', {});
    this.clear('idle');
    this.play();
  }

  /** leave gives the seat up. */
  leave() {
    if (this.online && this.phase !== 'idle') this.socket.emit('leave', {});
    this.clear('idle');
    this.changed();
  }

  /** choose shows scissors 1, rock 2 or paper 3; until the time is over one may think again. */
  choose(choice) {
    if (!this.online || this.phase !== 'playing' || this.remaining() === 0) return;
    this.choice = choice;
    this.socket.emit('choice', { choice });
    this.changed();
  }

  /** face makes a face at the others. */
  face(n) {
    if (!this.online || this.players.length === 0) return;
    this.socket.emit('face', { face: FACES[n] });
    this.makesFace(this.me(), FACES[n]);
  }

  me() {
    return this.players.find((p) => p.me);
  }

  /** remaining is what is left of the game, in milliseconds. */
  remaining(now = Date.now()) {
    return this.phase === 'playing' ? Math.max(0, this.ends - now) : 0;
  }

  dropped(reason) {
    this.online = false;
    // On purpose: it is for the player to connect again.
    if (reason === 'io server disconnect') this.notice = 'ended';
    this.changed();
  }

  welcomed({ nearby, resume }) {
    const back = this.online === false && this.token !== '' && resume === this.token;
    if (!back && this.token !== resume && this.phase !== 'idle') {
      this.clear('idle');
      this.notice = 'over';
    }
    this.online = true;
    this.nearby = nearby;
    if (this.notice === 'ended') this.notice = '';
    this.token = resume;
    this.save(resume);
    if (back && (this.phase === 'seeking' || this.phase === 'playing')) this.awaitSeat();
    this.changed();
  }

  // awaitSeat is for one who came back: the server says where the seat is, or
  // there is none.
  awaitSeat() {
    const { phase } = this;
    this.kept = phase === 'playing' ? this.choice : 0;
    this.later(LATE, () => {
      if (this.phase !== phase) return;
      this.clear('idle');
      if (phase === 'seeking') this.play();
      else this.notice = 'over';
    });
  }

  // later sets the one thing to do when the server says nothing.
  later(time, act) {
    clearTimeout(this.overdue);
    this.overdue = setTimeout(() => {
      if (!this.online) return; // whoever comes back asks again
      act();
      this.changed();
    }, time);
  }

  seat(user) {
    const was = this.players.find((p) => p.uid === user.uid) || {};
    return {
      uid: user.uid,
      name: user.uname || String(user.uid),
      avatar: user.uavatar || '',
      robot: /^robot-\d+$/.test(user.uid),
      me: user.uid === this.player.uid,
      round: 0,
      total: user.totalScore,
      streak: user.winStreak,
      choice: 0,
      moved: false,
      judged: false, // the choice is that of a result
      gone: false,
      face: was.face || '',
    };
  }

  seated({ users }) {
    if (this.phase === 'over' || this.phase === 'playing') {
      // What is shown stays, but for those who have gone.
      for (const p of this.players) p.gone = !users.some((u) => u.uid === p.uid);
    } else {
      this.players = users.map((u) => this.seat(u));
      if (this.phase === 'idle') this.phase = users.length > 1 ? 'over' : 'seeking';
      if (this.phase === 'seeking') clearTimeout(this.overdue);
    }
    this.changed();
  }

  started({ gameTime, roomUsers }) {
    const again = this.phase === 'playing' ? this.kept : 0; // the server keeps a choice
    const players = roomUsers.map((u) => this.seat(u));
    this.clear('playing');
    this.kept = 0;
    this.players = players;
    this.choice = again || 0;
    this.length = gameTime * 1000;
    this.ends = Date.now() + this.length;
    this.later(this.length + LATE, () => {
      this.clear('idle');
      this.notice = 'over';
    });
    this.changed();
  }

  moved({ uid, movement, face }) {
    const p = this.players.find((q) => q.uid === uid);
    if (!p) return;
    if (movement === 'face') {
      this.makesFace(p, faceText(face));
      return;
    }
    p.moved = true;
    this.changed();
  }

  makesFace(p, face) {
    if (!p) return;
    p.face = face;
    p.faces = (p.faces || 0) + 1;
    const { faces } = p;
    setTimeout(() => {
      const now = this.players.find((q) => q.uid === p.uid);
      if (!now || now.face !== face || (now.faces || faces) !== faces) return;
      now.face = '';
      this.changed();
    }, FACE_TIME);
    this.changed();
  }

  judged({ result }) {
    clearTimeout(this.overdue);
    this.phase = 'over';
    this.ends = 0;
    for (const line of result) {
      const p = this.players.find((q) => q.uid === line.uid);
      if (p) Object.assign(p, { judged: true, choice: line.choice || 0, round: line.roundScore, total: line.totalScore, streak: line.winStreak });
    }
    const me = this.me();
    if (me) {
      this.choice = me.choice;
      const sum = this.players.reduce((n, p) => (p.me ? n : n + against(me.choice, p.choice)), 0);
      this.outcome = sum > 0 ? 'won' : sum < 0 ? 'lost' : 'drawn';
    }
    this.changed();
  }

  left(message) {
    const p = message && this.players.find((q) => q.uid === message.uid);
    if (!p) return;
    p.gone = true;
    if (this.phase === 'seeking') this.players = this.players.filter((q) => !q.gone);
    this.changed();
  }

  refused({ event }) {
    if (event !== 'join' && event !== 'hello') return; // a choice that came too late
    this.clear('idle');
    this.notice = 'refused';
    this.changed();
  }
}

const match = { Match, FACES, SCISSORS, ROCK, PAPER, against };

if (typeof module === 'object') {
  module.exports = match;
} else {
  globalThis.match = match;
}
