// The tabs of this browser: who each plays as, and how one asks another to play.
// What a tab keeps survives a reload; a tab that was duplicated is somebody else.

const ANSWER_TIME = 150; // milliseconds for a tab with the same identity
const PRESENCE = 2000; // between two signs of life
const GONE = 3 * PRESENCE;

const here = crypto.getRandomValues(new Uint32Array(2)).join('-'); // this page, until it is reloaded
const channel = new BroadcastChannel('rps');
const others = new Map(); // page → when it was last seen

let me = null;
let onInvited = () => {};
let onChanged = () => {};

channel.onmessage = ({ data: { from, what, uid } }) => {
  if (what === 'gone') others.delete(from);
  else others.set(from, Date.now());
  if (what === 'who' && me && uid === me.uid) say('taken');
  if (what === 'who') say('here');
  if (what === 'play') onInvited();
  onChanged();
};

function say(what) {
  channel.postMessage({ from: here, what, uid: me ? me.uid : '' });
}

const get = (key) => sessionStorage.getItem(key) || '';

/** identity is who this tab plays as: { uid, uname, token }. */
export async function identity(name) {
  const kept = get('uid');
  let taken = false;
  if (kept) {
    const hear = ({ data }) => { taken ||= data.what === 'taken' && data.uid === kept; };
    channel.addEventListener('message', hear);
    channel.postMessage({ from: here, what: 'who', uid: kept });
    await new Promise((done) => setTimeout(done, ANSWER_TIME));
    channel.removeEventListener('message', hear);
  }
  const fresh = !kept || taken;
  me = { uid: fresh ? `web-${here}` : kept, uname: (!fresh && get('uname')) || name, token: fresh ? '' : get('token') };
  keep('uid', me.uid);
  keep('uname', me.uname);
  keep('token', me.token);
  say('who');
  setInterval(() => { say('here'); onChanged(); }, PRESENCE);
  addEventListener('pagehide', () => say('gone'));
  addEventListener('pageshow', () => say('here'));
  return me;
}

/** keep remembers something of this tab's player. */
export function keep(key, value) {
  sessionStorage.setItem(key, value);
}

/** company is whether there is another tab. */
export const company = () => [...others.values()].some((seen) => Date.now() - seen < GONE);

/** invite asks the other tabs to play now. */
export const invite = () => say('play');

/** listen sets what happens when another tab asks, and when tabs come and go. */
export function listen(invited, changed) {
  onInvited = invited;
  onChanged = changed;
}
