// What is seen of a player.

import { word } from './words.js';

const HANDS = ['', 'scissors', 'rock', 'paper'];

function element(tag, className, text = '') {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}

function picture(className, src, alt) {
  const img = element('img', className);
  img.alt = alt;
  img.src = src;
  return img;
}

function shown(p, phase, choice) {
  if (choice) return picture('hand', `images/${HANDS[choice]}.png`, word(HANDS[choice]));
  if (p.gone) return element('span', '', word('gone'));
  if (phase === 'over' && p.judged) return element('span', '', word('none'));
  return element('span', '', word(p.moved ? 'moved' : 'thinking'));
}

/** card is a player as an item of the list; choice is our own. */
export function card(p, phase, choice) {
  const li = element('li', `${p.me ? 'me' : ''} ${p.gone ? 'gone' : ''}`);
  const face = picture('avatar', p.avatar || `images/${p.robot ? 'robot' : 'person'}.png`, '');
  face.referrerPolicy = 'no-referrer';
  const hand = element('div', 'shown');
  hand.append(shown(p, phase, p.me ? choice : p.choice));
  const score = element('div', 'score', word('score', p.total));
  if (p.round) score.append(' ', element('b', '', `+${p.round}`));
  li.append(
    face,
    element('div', 'name', p.me ? `${p.name} (${word('me')})` : p.robot ? word('robot', p.uid.slice(6)) : p.name),
    hand,
    element('div', 'face', p.face),
    score,
    element('div', 'streak', p.streak > 1 ? word('streak', p.streak) : ''),
  );
  return li;
}
