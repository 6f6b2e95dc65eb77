// The page: one studio, or two side by side where the server logs in by itself.

import { word, translate, change } from './words.js';
import { about, Local, Remote } from './store.js';
import { Studio } from './studio.js';

const parent = document.getElementById('studios');
const notice = document.getElementById('notice');
const side = document.getElementById('side');
const names = ['ming', 'hong'];
const studios = [];
let server = { dev: false, base: '' };

function add() {
  const at = studios.length;
  const store = name => (server.dev ? new Remote(server.base, name) : new Local());
  const studio = new Studio(parent, store(names[at]));
  if (server.dev) {
    studio.named(names[at], name => {
      names[at] = name;
      studio.use(store(name));
    });
  }
  studios.push(studio);
  return studio.refresh();
}

function words() {
  translate(document);
  notice.hidden = false;
  notice.textContent = word(server.dev ? 'dev' : 'local');
  const language = document.getElementById('language');
  language.textContent = word('other');
  language.lang = word('otherLang');
  for (const s of studios) s.translate();
}

document.getElementById('language').addEventListener('click', () => {
  change();
  words();
});

side.addEventListener('click', () => {
  const two = studios.length === 1;
  parent.classList.toggle('two', two);
  side.setAttribute('aria-pressed', two);
  if (two) add();
  else studios.pop().remove();
});

server = await about();
side.hidden = !server.dev;
words();
await add();
document.body.dataset.ready = 'true';
