// The last requests to the namespace, from wherever they come: asked for each second while the page is looked at.
import {
  announce, answerOf, answerTo, api, curlOf, find, findAll, languageOf, make, place, pretty, send, show, snippet,
  tellChange, text,
} from './console-parts.js';

const SHOWN = 200; // requests
const BLACK = '●●●'; // what the service writes in the place of a password
const TICKS_HIDDEN = 10; // seconds between two questions; often enough for the service to go on recording
const origin = new URL(api).origin;
// Headers that a script may send again; the browser sets the others itself.
const REPEATED = ['accept', 'authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'prefer'];

const list = find('#request-list');
const pause = find('#pause');
const errorsOnly = find('#errors-only');

let last = 0; // number of the newest that came
let waiting = []; // what came while the list is paused

// --- asking ----------------------------------------------------------------------------------------
/** Asks at once and then again and again; `showFaults(faults, now)` gets what the fault lab does. */
export function startAsking(showFaults) {
  let asking = false;
  let ticks = 0;
  const ask = async () => {
    if (asking) return;
    asking = true;
    const answer = await send('GET', `/console/requests?after=${last}`);
    asking = false;
    show(find('#trouble'), answer.ok ? '' : answer.status ? refused(answer) : text('noAnswer'));
    if (!answer.ok) return;
    const {meta} = answer.json;
    take(meta);
    showFaults(meta.faults, Date.parse(answer.headers.date));
  };
  // a browser lets the timers of a page that is not looked at sleep for a minute, but not those of a worker
  const clock = new Worker(new URL('console-clock.js', import.meta.url));
  clock.addEventListener('message', () => {
    ticks += 1;
    if (!document.hidden || ticks % TICKS_HIDDEN === 0) ask();
  });
  document.addEventListener('visibilitychange', ask);
  ask();
}

const refused = (answer) => text('failed', {detail: answer.json?.errors?.[0].detail ?? answer.line});

function take({last: newest, requests}) {
  if (newest < last) list.replaceChildren(); // the numbers began anew
  last = newest;
  if (requests.some(mayHaveWritten)) tellChange();
  if (pause.getAttribute('aria-pressed') === 'true') {
    waiting = [...waiting, ...requests].slice(-SHOWN);
    if (waiting.length) pause.textContent = text('goOnNew', {count: waiting.length});
  } else {
    add(requests);
  }
}

const mayHaveWritten = ({method, status, injected}) => (
  ['POST', 'PATCH', 'PUT', 'DELETE'].includes(method) && (status < 400 || injected)
);

function add(requests) {
  if (!requests.length) return;
  list.prepend(...requests.map(item).reverse());
  for (const old of [...list.children].slice(SHOWN)) old.remove();
  summarise(requests.at(-1));
}

function summarise(newest) {
  const count = list.children.length;
  const errors = findAll('.failed', list).length;
  find('#no-requests').hidden = count > 0;
  const summary = count ? text('summary', {count, errors}) : '';
  find('#request-summary').textContent = newest ? `${summary} ${text('latest', newest)}` : summary;
}

pause.addEventListener('click', () => {
  const paused = pause.getAttribute('aria-pressed') !== 'true';
  pause.setAttribute('aria-pressed', paused);
  pause.textContent = text(paused ? 'goOn' : 'pause');
  if (!paused) {
    add(waiting);
    waiting = [];
  }
});
errorsOnly.addEventListener('change', () => list.classList.toggle('errors-only', errorsOnly.checked));
find('#forget').addEventListener('click', async () => {
  const answer = await send('DELETE', '/console/requests');
  if (!answer.ok) return show(find('#trouble'), refused(answer));
  waiting = [];
  list.replaceChildren();
  summarise();
});

// --- one request -----------------------------------------------------------------------------------
function item(request) {
  const {method, path, status, milliseconds, time, errors, injected, preflight, answer} = request;
  const failed = status >= 400;
  const details = make('details', {},
    make('summary', {},
      make('span', {className: `status ${failed ? 'bad' : 'good'}`}, failed ? '✗ ' : '', String(status)),
      make('span', {className: 'method'}, method), ' ',
      make('code', {className: 'path'}, path),
      injected && make('span', {className: 'badge'}, text('injected')),
      preflight && make('span', {className: 'badge'}, text('preflight')),
      make('span', {className: 'small'}, ` ${clock(time)} · ${text('milliseconds', {count: rounded(milliseconds)})}`),
      errors?.length ? make('span', {className: 'detail', lang: languageOf(answer)}, errors[0].detail ?? errors[0].title ?? '') : ''));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(...parts(request));
  });
  return make('li', {className: failed ? 'failed' : ''}, details);
}

const clock = (time) => new Date(time).toLocaleTimeString(document.documentElement.lang);
const rounded = (milliseconds) => (milliseconds < 10 ? Number(milliseconds.toFixed(1)) : Math.round(milliseconds));

function* parts(request) {
  const {method, path, headers, body, bodyNote, answer, errors, requestId} = request;
  if (errors?.length) {
    yield make('h3', {}, text('errorsOf'));
    yield make('ul', {className: 'errors'}, ...errors.map((error) => errorItem(error, languageOf(answer))));
  }
  yield make('div', {className: 'row'}, button('replay', () => replay(request)), button('editAndSend', () => edit(request)));
  yield snippet(`${text('request')}: ${text('headers')}`, `${method} ${path}\n${lines(headers)}`.trim());
  yield* bodyParts('request', body, bodyNote);
  yield snippet(`${text('answer')}: ${text('headers')}`, lines({'X-Request-Id': requestId, ...answer.headers}));
  yield* bodyParts('answer', answer.body, answer.bodyNote);
  yield snippet('curl', curlOf(again(request)));
}

function* bodyParts(whose, body, note) {
  const label = `${text(whose)}: ${text('body')}`;
  if (body) yield snippet(label, pretty(body));
  if (note) yield make('p', {className: 'small', lang: 'en'}, note);
}

function errorItem({code, title, detail, source}, lang) {
  const where = Object.entries(source ?? {}).map(([kind, at]) => `${kind} ${at}`).join(', ');
  return make('li', {},
    make('span', {lang}, make('strong', {}, title ?? ''), ` ${detail ?? ''} `),
    where && make('code', {}, where), ' ',
    code && make('a', {href: `${place.dataset.errors}#${code}`}, text('explained', {code})));
}

const button = (name, act) => {
  const made = make('button', {type: 'button', className: 'quiet'}, text(name));
  made.addEventListener('click', act);
  return made;
};
const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n');

// --- sending again ---------------------------------------------------------------------------------
/** What a script can send of it. */
function again({method, path, headers, body}) {
  const kept = Object.entries(headers ?? {}).filter(([name]) => REPEATED.includes(name.toLowerCase()));
  return {method, url: origin + path, headers: Object.fromEntries(kept), body: textOf(body)};
}

const textOf = (body) => (typeof body === 'string' || !body ? body ?? '' : JSON.stringify(body));

/** Whether it can be sent as it was: nothing was blacked out or cut. */
function isWhole({path, headers, body, bodyNote}) {
  return !bodyNote && ![path, textOf(body), ...Object.values(headers ?? {})].some((value) => value.includes(BLACK));
}

async function replay(request) {
  if (!isWhole(request)) return edit(request, text('cannotReplay'));
  const answer = await answerTo(again(request)); // without X-Console: it comes into the list like any other
  announce(text('replayed', {...request, status: answer.line}));
}

const sender = find('#sender');

async function edit(request, why) {
  const {method, url, headers, body} = again(request);
  show(find('#sender-why'), why);
  find('#sender-method').value = method;
  find('#sender-path').value = url.slice(origin.length);
  find('#sender-headers').value = lines(headers);
  find('#sender-body').value = pretty(body);
  if (!await answerOf(sender)) return;
  const typed = find('#sender-headers').value.split('\n').filter((line) => line.includes(':'));
  const sent = {
    method: find('#sender-method').value,
    path: find('#sender-path').value,
    headers: Object.fromEntries(typed.map((line) => [line.split(':')[0].trim(), line.slice(line.indexOf(':') + 1).trim()])),
  };
  const hasBody = sent.method !== 'GET';
  const answer = await answerTo({...sent, url: new URL(sent.path, origin).href, body: hasBody && find('#sender-body').value});
  announce(text('replayed', {...sent, status: answer.line}));
}
