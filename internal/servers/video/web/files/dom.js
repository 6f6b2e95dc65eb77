// What both parts of the page do to its elements.

import { say } from './words.js';

// tell writes a line that keeps its meaning when the language changes.
export function tell(element, name) {
  if (name) element.dataset.status = name; else delete element.dataset.status;
  element.textContent = name ? say(name) : '';
}

// picture adds an image that may fail to load, and then shows what lies below.
export function picture(into, address) {
  if (!address) return;
  const image = new Image();
  image.alt = '';
  image.loading = 'lazy';
  image.referrerPolicy = 'no-referrer';
  image.addEventListener('error', () => image.remove());
  image.src = address;
  into.append(image);
}
