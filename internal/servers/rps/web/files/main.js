// The page: shows what the match says, and tells it what is pressed.

import './lib/packet.js';
import './lib/socketio.js';
import './services/match.js';
import { word, change, translate } from './words.js';
import { company, identity, invite, keep, listen } from './tabs.js';
import { card } from './card.js';

const { SocketIO } = globalThis;
const { Match, FACES } = globalThis.match;
const find = (id) => document.getElementById(id);
const digits = String(crypto.getRandomValues(new Uint16Array(1))[0]).padStart(5, '0');

const { root } = await (await fetch('page.json')).json();
const { token, ...player } = await identity(`${word('player')}${digits.slice(1)}`);
const match = new Match({
  socket: new SocketIO(location.origin + root),
  player: { uavatar: '', ...player },
  token,
  save: (fresh) => keep('token', fresh),
  changed: show,
});

function headline() {
  const { online, notice, phase, choice, outcome } = match;
  if (!online && notice !== 'ended') return 'connecting';
  if (notice) return notice;
  if (phase === 'playing') return choice ? 'chosen' : 'choose';
  if (phase === 'over') return outcome || 'ready';
  return phase;
}

// say changes a text only if it does, so that it is read out once.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show() {
  const { online, phase, notice, players, choice, nearby } = match;
  const ended = notice === 'ended';
  document.body.dataset.phase = phase;
  document.body.dataset.outcome = phase === 'over' ? match.outcome : '';
  document.body.dataset.online = online;
  say(find('online'), word(online ? 'connected' : 'unconnected'));
  say(find('nearby'), online ? word('nearby', nearby) : '');
  say(find('headline'), word(headline()));
  cards(players, phase, choice);
  for (const b of find('hands').children) {
    b.disabled = phase !== 'playing' || !online;
    b.setAttribute('aria-pressed', choice === Number(b.dataset.choice));
  }
  for (const b of find('faces').children) b.disabled = players.length < 2 || !online;
  find('who').hidden = phase !== 'idle';
  const free = phase === 'idle' || phase === 'over';
  find('play').hidden = !free || ended;
  find('play').disabled = !online;
  say(find('play'), word(phase === 'over' ? 'replay' : 'play'));
  find('tab').hidden = !free || !online || !company();
  find('other').hidden = phase !== 'over' || !online;
  find('leave').hidden = phase !== 'over' && phase !== 'seeking';
  find('again').hidden = !ended;
  tick();
}

let seen = '';

// cards shows the players, anew only if something about them is.
function cards(...what) {
  const [players, phase, choice] = what;
  const now = JSON.stringify([document.documentElement.lang, ...what]);
  if (now !== seen) find('players').replaceChildren(...players.map((p) => card(p, phase, choice)));
  seen = now;
}

let clock = 0;

function tick() {
  const rest = match.remaining();
  find('left').value = match.length ? rest / match.length : 0;
  say(find('seconds'), rest ? (rest / 1000).toFixed(1) : '');
  cancelAnimationFrame(clock);
  if (match.phase === 'playing') clock = requestAnimationFrame(tick);
}

function words() {
  translate();
  say(find('language'), word('language'));
  find('language').lang = word('otherLanguage');
  [...find('faces').children].forEach((b, i) => b.setAttribute('aria-label', word('face', i + 1)));
  show();
}

FACES.forEach((face, i) => {
  const b = document.createElement('button');
  b.type = 'button';
  b.textContent = face;
  b.addEventListener('click', () => match.face(i));
  find('faces').append(b);
});

for (const b of find('hands').children) b.addEventListener('click', () => match.choose(Number(b.dataset.choice)));
find('play').addEventListener('click', () => match.play());
find('other').addEventListener('click', () => match.other());
find('leave').addEventListener('click', () => match.leave());
find('again').addEventListener('click', () => match.wake());
find('tab').addEventListener('click', () => {
  invite();
  match.other();
});
find('language').addEventListener('click', () => {
  change();
  words();
});

const name = find('name');
name.value = match.player.uname;
function rename() {
  const uname = name.value.trim();
  if (uname && uname !== match.player.uname) {
    keep('uname', uname);
    match.rename(uname);
  }
  name.value = match.player.uname;
}
name.addEventListener('change', rename);
find('who').addEventListener('submit', (e) => {
  e.preventDefault();
  rename();
  match.play();
});

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target === name) return;
  if (/^[123]$/.test(e.key)) match.choose(Number(e.key));
  else if (e.key === 'Enter' && e.target === document.body) match.play();
});

listen(() => {
  if (match.phase === 'idle' || match.phase === 'over') match.other();
}, show);

// A tab that was asleep, or had no network, does not wait for its turn.
addEventListener('online', () => match.wake());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !match.online && match.notice !== 'ended') match.wake();
});

words();
match.wake();
