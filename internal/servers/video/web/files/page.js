// The list of films, which grows as one scrolls.

import { films } from './server.js';
import { say, switchLanguage, translate } from './words.js';
import { close, isOpen, open } from './player.js';
import { picture, tell } from './dom.js';

const list = document.getElementById('films');
const status = document.getElementById('status');
const more = document.getElementById('more');
const known = new Map(); // id → film
let next = 1;
let loading = false;
let done = false;

function card(film) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.className = 'film';
  link.href = `#film=${film.id}`;
  const poster = document.createElement('span');
  poster.className = 'poster';
  picture(poster, film.video_image);
  const name = document.createElement('span');
  name.className = 'name';
  name.textContent = film.video_title;
  link.append(poster, name);
  item.append(link);
  return item;
}

async function load() {
  if (loading || done) return;
  loading = true;
  more.hidden = true;
  tell(status, 'loading');
  try {
    const page = await films(next);
    for (const film of page.list) {
      if (known.has(film.id)) continue; // one was added meanwhile
      known.set(film.id, film);
      list.append(card(film));
    }
    done = next >= page.totalPage || page.list.length === 0;
    next++;
    tell(status, !done ? '' : known.size ? 'end' : 'none');
  } catch {
    tell(status, 'failed');
    more.hidden = false;
    return;
  } finally {
    loading = false;
  }
  more.hidden = done;
  // A tall window may still show the end of the list.
  if (!done && more.getBoundingClientRect().top < innerHeight) await load();
}

// show opens the film that the address names, so that going back closes it.
async function show() {
  const id = Number(/^#film=(\d+)$/.exec(location.hash)?.[1]);
  while (id && !known.has(id) && !done) {
    const had = next;
    await load();
    if (next === had) break;
  }
  const film = known.get(id);
  if (film) open(film); else if (isOpen()) close();
}

// Arrow keys go from film to film, as many at once as stand in a row.
list.addEventListener('keydown', (event) => {
  const cards = [...list.querySelectorAll('.film')];
  const at = cards.indexOf(document.activeElement);
  const columns = cards.filter((c) => c.offsetTop === cards[0].offsetTop).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (at < 0 || !step || !cards[at + step]) return;
  event.preventDefault();
  cards[at + step].focus();
});

document.getElementById('language').addEventListener('click', () => { switchLanguage(); label(); });
function label() { document.getElementById('language').textContent = say('other'); }

more.addEventListener('click', load);
new IntersectionObserver((seen) => {
  if (seen.some((s) => s.isIntersecting)) load();
}, { rootMargin: '300px' }).observe(more);
addEventListener('hashchange', show);

translate();
label();
await load();
await show();
