// What the page asks the server.

let base; // that routes begin with

// Refused is an answer that says no; status tells why.
export class Refused extends Error {
  constructor(status) { super('refused'); this.status = status; }
}

async function ask(path, init) {
  if (base === undefined) base = (await (await fetch('page.json')).json()).base;
  const reply = await fetch(base + path, { signal: AbortSignal.timeout(10000), ...init });
  if (!/json/.test(reply.headers.get('Content-Type') || '')) throw new Refused(reply.status);
  const answer = await reply.json();
  if (answer.code !== 0) throw new Refused(reply.status);
  return answer.data;
}

// films is a page of the list: {list, totalPage}.
export function films(pageNo) { return ask(`/video/list?pageNo=${pageNo}`); }

// comments are some of a film, the newest first: those before an id, if given.
export function comments(film, limit, before) {
  return ask(`/video/commentList?vid=${film}&limit=${limit}${before ? `&before=${before}` : ''}`);
}

// send stores a comment.
export function send(comment) {
  return ask('/video/comment', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(comment) });
}
