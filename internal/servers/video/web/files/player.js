// The player of one film, with its comments.

import { comments, Refused, send } from './server.js';
import { kept, say } from './words.js';
import { picture, tell } from './dom.js';

const most = 1000; // characters of a comment
const atOnce = 20; // comments that are asked for

const dialog = document.getElementById('player');
const bar = document.getElementById('player-bar');
const video = document.getElementById('video');
const videoProblem = document.getElementById('video-problem');
const list = document.getElementById('comments');
const status = document.getElementById('comments-status');
const older = document.getElementById('older');
const form = document.getElementById('write');
const nick = document.getElementById('nick');
const content = document.getElementById('content');
const left = document.getElementById('left');
const sendButton = document.getElementById('send');
const writeProblem = document.getElementById('write-problem');
let film = null;
let last = 0; // id of the oldest comment that is shown

export function isOpen() { return dialog.open; }

// open shows a film.
export function open(next) {
  if (film?.id === next.id && dialog.open) return;
  film = next;
  document.getElementById('player-title').textContent = film.video_title;
  problem(videoProblem, '');
  video.poster = film.video_image;
  video.src = film.video_url;
  list.replaceChildren();
  last = 0;
  problem(writeProblem, '');
  nick.value = kept.get('nick') || nick.value;
  count();
  // The title gets the focus: a key that is still held down would press a button.
  if (!dialog.open) dialog.showModal();
  load();
}

// close ends the film, too.
export function close() {
  dialog.close();
}

dialog.addEventListener('close', () => {
  video.pause();
  video.removeAttribute('src');
  video.load();
  const id = film?.id;
  film = null;
  if (location.hash) history.pushState(null, '', location.pathname + location.search);
  document.querySelector(`[href="#film=${id}"]`)?.focus();
});

function problem(element, name) {
  element.hidden = !name;
  tell(element, name);
}

video.addEventListener('error', () => { if (film) problem(videoProblem, 'broken'); });

function row(comment) {
  const item = document.createElement('li');
  const face = document.createElement('span');
  face.className = 'face';
  face.setAttribute('aria-hidden', 'true');
  face.textContent = [...comment.nick][0] || '';
  picture(face, comment.avatar);
  const name = document.createElement('span');
  name.className = 'nick';
  name.textContent = comment.nick;
  const words = document.createElement('p');
  words.className = 'words';
  words.textContent = comment.content;
  item.append(face, name, words);
  return item;
}

async function load() {
  const of = film;
  older.hidden = true;
  tell(status, 'loading');
  try {
    const rows = await comments(of.id, atOnce, last);
    if (film !== of) return; // another one was opened meanwhile
    list.append(...rows.map(row));
    if (rows.length) last = rows.at(-1).id;
    older.hidden = rows.length < atOnce;
    tell(status, list.childElementCount ? '' : 'noComments');
  } catch {
    if (film !== of) return;
    older.hidden = false;
    tell(status, 'failed');
  }
}

older.addEventListener('click', load);

function count() {
  const n = most - [...content.value].length;
  left.textContent = n < 0 ? say('tooLong', -n) : n <= 100 ? say('left', n) : '';
  sendButton.disabled = n < 0;
}
content.addEventListener('input', count);

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!nick.value.trim() || !content.value.trim() || sendButton.disabled) return;
  const of = film;
  sendButton.disabled = true;
  problem(writeProblem, '');
  try {
    await send({ vid: of.id, nick: nick.value.trim(), avatar: '', content: content.value.trim() });
    kept.set('nick', nick.value.trim());
    content.value = '';
    if (film !== of) return;
    last = 0;
    list.replaceChildren();
    await load();
  } catch (e) {
    problem(writeProblem, !(e instanceof Refused) ? 'offline' : e.status === 429 ? 'tooFast' : 'notSent');
  } finally {
    count();
  }
});

// Ctrl+Enter sends, as in other programs.
content.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

document.getElementById('close').addEventListener('click', close);
dialog.addEventListener('click', (event) => { if (event.target === dialog) close(); });

// A swipe over the bar goes to the film beside this one.
let from = null;
bar.addEventListener('pointerdown', (event) => { from = event.clientX; });
bar.addEventListener('pointerup', (event) => {
  const way = from === null ? 0 : event.clientX - from;
  from = null;
  if (Math.abs(way) >= 60) beside(way < 0 ? 1 : -1);
});

// Page Up and Page Down do the same on a keyboard.
dialog.addEventListener('keydown', (event) => {
  const step = { PageUp: -1, PageDown: 1 }[event.key];
  if (!step || event.target instanceof HTMLTextAreaElement) return;
  event.preventDefault();
  beside(step);
});

function beside(step) {
  const links = [...document.querySelectorAll('.film')];
  const at = links.findIndex((l) => l.hash === `#film=${film?.id}`);
  if (links[at + step]) location.replace(links[at + step].hash);
}
