// One person's part of the page: paper, tools and the list of drawings.

import { word, translate } from './words.js';
import { Paper } from './paper.js';
import { Failure } from './store.js';

const { strokes } = globalThis;
const COLORS = ['#2b2622', '#c23b20', '#e8912d', '#3c8d40', '#2a6fdb', '#7b4bb3', '#d5568f', '#8a6a4a'];

export class Studio {
  #root;
  #paper;
  #store;
  #current = null; // the id of the drawing on the paper
  #message = null;

  constructor(parent, store) {
    this.#root = document.getElementById('studio').content.cloneNode(true).firstElementChild;
    this.#store = store;
    parent.append(this.#root);
    this.#paper = new Paper(this.#find('.paper'));
    this.#colors();
    this.#find('[name=width]').addEventListener('input', e => (this.#paper.width = Number(e.target.value)));
    this.#paper.addEventListener('change', () => this.#buttons());
    this.#paper.addEventListener('pendown', () => this.#say('down'));
    this.#paper.addEventListener('penup', () => this.#say('up'));
    this.#find('.undo').addEventListener('click', () => this.#paper.undo());
    this.#find('.fresh').addEventListener('click', () => this.#put(null, []));
    this.#find('.save').addEventListener('click', () => this.#try(() => this.#save()));
    this.translate();
    this.#buttons();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  /** named shows a field for the user's name, and calls back with another one. */
  named(name, changed) {
    const form = this.#find('.who');
    form.hidden = false;
    form.elements.name.value = name;
    form.addEventListener('submit', e => {
      e.preventDefault();
      changed(form.elements.name.value);
    });
    return this;
  }

  /** use shows the drawings of a store. */
  use(store) {
    this.#store = store;
    this.#put(null, []);
    return this.refresh();
  }

  translate() {
    translate(this.#root);
    if (this.#message) this.#say(...this.#message);
    this.#root.querySelectorAll('.list .open').forEach((e, i) => e.setAttribute('aria-label', word('open', i + 1)));
  }

  refresh() {
    return this.#try(async () => this.#show(await this.#store.list()));
  }

  remove() {
    this.#root.remove();
  }

  #colors() {
    const group = this.#find('.colors');
    const choose = button => {
      for (const b of group.children) {
        b.setAttribute('aria-checked', b === button);
        b.tabIndex = b === button ? 0 : -1;
      }
      this.#paper.color = button.dataset.color;
    };
    for (const color of COLORS) {
      const b = document.createElement('button');
      b.type = 'button';
      b.dataset.color = color;
      b.style.backgroundColor = color;
      b.setAttribute('role', 'radio');
      b.setAttribute('aria-label', color);
      b.addEventListener('click', () => choose(b));
      group.append(b);
    }
    group.addEventListener('keydown', e => {
      const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!way) return;
      e.preventDefault();
      const all = [...group.children];
      const next = all.at((all.indexOf(document.activeElement) + way) % all.length);
      choose(next);
      next.focus();
    });
    choose(group.firstElementChild);
  }

  #say(name, bad = false) {
    this.#message = [name, bad];
    const status = this.#find('.status');
    status.textContent = word(name);
    status.classList.toggle('bad', bad);
  }

  #buttons() {
    this.#find('.undo').disabled = this.#paper.list.length === 0;
  }

  async #try(work) {
    try {
      await work();
    } catch (e) {
      const full = e instanceof Failure && e.message === 'too many drawings';
      this.#say(full ? 'full' : 'trouble', true);
    }
  }

  #put(id, list) {
    this.#current = id;
    this.#paper.show(list);
    this.#mark();
    this.#buttons();
  }

  #mark() {
    for (const li of this.#root.querySelectorAll('.list li')) {
      li.querySelector('.open').setAttribute('aria-current', li.dataset.id === this.#current);
    }
  }

  async #save() {
    if (this.#paper.list.length === 0) return this.#say('nothing', true);
    const actions = strokes.write(this.#paper.list);
    if (!strokes.fits(actions)) return this.#say('large', true);
    this.#say('saving');
    const id = this.#current ?? strokes.newID();
    await this.#store.save({ id, actions });
    this.#current = id;
    this.#show(await this.#store.list());
    this.#say('saved');
  }

  #show(list) {
    const rows = list.map(({ id, actions }) => {
      const row = document.getElementById('row').content.cloneNode(true).firstElementChild;
      const drawn = strokes.read(actions);
      const canvas = row.querySelector('canvas');
      strokes.paint(canvas.getContext('2d'), drawn, canvas.width);
      row.dataset.id = id;
      row.querySelector('.open').addEventListener('click', () => {
        // Saving would replace what is not understood.
        if (drawn.length === 0) return this.#say('unknown', true);
        this.#put(id, strokes.read(actions));
        this.#say('opened');
        this.#find('.paper').scrollIntoView({ block: 'nearest' });
      });
      const remove = row.querySelector('.delete');
      const calm = () => {
        remove.classList.remove('sure');
        remove.dataset.word = 'delete';
        remove.textContent = word('delete');
      };
      remove.addEventListener('blur', calm);
      remove.addEventListener('click', () => {
        if (remove.classList.contains('sure')) return this.#try(() => this.#remove(id));
        remove.classList.add('sure');
        remove.dataset.word = 'sure';
        remove.textContent = word('sure');
        remove.focus(); // some browsers leave the focus where it was
      });
      return row;
    });
    this.#find('.list').replaceChildren(...rows);
    this.#find('.empty').hidden = rows.length > 0;
    this.translate();
    this.#mark();
  }

  async #remove(id) {
    await this.#store.remove(id);
    if (id === this.#current) this.#put(null, []);
    this.#show(await this.#store.list());
    this.#say('deleted');
  }
}
