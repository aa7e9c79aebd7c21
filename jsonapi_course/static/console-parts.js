// What the parts of the console share: elements, sentences, requests of the page itself, how an exchange is shown, the
// question before what destroys. `toClipboard` and `addCopyButton` come from site.js.

export const place = document.querySelector('#console');
export const {api, id: yourId} = place.dataset;
const words = JSON.parse(place.dataset.words);

export const find = (selector, root = document) => root.querySelector(selector);
export const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The sentence of that name in the reader's language, its {holes} filled. */
export function text(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, hole) => values[hole]);
}

/** An element: make('a', {href, 'aria-label': …}, 'text', child). A property where there is one, else an attribute. */
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name in element) element[name] = value;
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Shows the message in the element, or hides it where there is none. What stands there already is not read out again. */
export function show(element, message) {
  element.hidden = !message;
  if (element.textContent !== (message ?? '')) element.textContent = message ?? '';
}

/** Reads it out to who cannot see it. */
export function announce(message) {
  find('#said').textContent = message;
}

// --- requests of the page --------------------------------------------------------------------------
export const MEDIA_TYPE = 'application/vnd.api+json';
const SECRET = '●●●';
const secretNames = new Set(findAll('template.form-of').flatMap(
  (template) => findAll('[data-secret]', template.content).map((field) => field.dataset.name),
));

/** Sends to a path below the namespace. `status` is 0 where no answer came. The service neither records nor disturbs it. */
export async function send(method, path, body) {
  const sent = {method, url: api + path, headers: {}, body: body === undefined ? '' : JSON.stringify(body)};
  if (sent.body) sent.headers['Content-Type'] = MEDIA_TYPE;
  return {sent, ...await answerTo({...sent, headers: {...sent.headers, 'X-Console': '1'}})};
}

export async function answerTo({method, url, headers, body}) {
  try {
    const answer = await fetch(url, {method, headers, body: body || undefined});
    const came = await answer.text();
    return {
      ok: answer.ok,
      status: answer.status,
      line: `${answer.status} ${answer.statusText}`.trim(),
      headers: Object.fromEntries(answer.headers),
      body: came,
      json: parsed(came),
    };
  } catch {
    return {ok: false, status: 0, line: text('noAnswer'), headers: {}, body: '', json: undefined};
  }
}

export function parsed(source) {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** What the errors of an answer say, or its status. */
export function refusalOf(answer) {
  return answer.json?.errors?.map(({detail}) => detail).join(' ') || answer.json?.message || answer.line;
}

/** The language that an answer says it is in. */
export function languageOf({headers}) {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-language')?.[1] ?? 'en';
}

// --- how it is shown -------------------------------------------------------------------------------
/** A body as it reads well: indented where it is JSON. */
export function pretty(body) {
  const value = typeof body === 'string' ? parsed(body) : body;
  if (value === undefined || value === null) return body ?? '';
  return JSON.stringify(value, null, 2);
}

/** The text of a body without the passwords in it. */
function withoutSecrets(body) {
  const hide = (name, value) => (secretNames.has(name) && typeof value === 'string' ? SECRET : value);
  return body && JSON.stringify(JSON.parse(body, hide));
}

const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;

export function curlOf({method, url, headers, body}) {
  const parts = ['curl -i', ...(method === 'GET' ? [] : [`-X ${method}`]), quoted(url)];
  const lines = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  if (body) lines.push(`-d ${quoted(body)}`);
  return [parts.join(' '), ...lines].join(' \\\n  ');
}

/** A labelled text with a button that copies it. */
export function snippet(label, content) {
  const figure = make('figure', {className: 'snippet'},
    make('figcaption', {}, label),
    make('pre', {tabIndex: 0, role: 'region', 'aria-label': label, lang: 'en'}, content));
  addCopyButton(figure);
  return figure;
}

const inLines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n');

/** Request and answer whole: what a student would see in the network tab, and the curl for it. */
export function exchangeParts({sent, ...answer}) {
  const shown = {...sent, body: withoutSecrets(sent.body)};
  const path = shown.url.slice(new URL(api).origin.length);
  return [
    snippet(text('request'), [`${shown.method} ${path}`, inLines(shown.headers), '', pretty(shown.body)].join('\n').trim()),
    snippet(text('answer'), [answer.line, inLines(answer.headers), '', pretty(answer.body)].join('\n').trim()),
    snippet('curl', curlOf(shown)),
  ];
}

// --- dialogs ---------------------------------------------------------------------------------------
/** Whether the reader says yes; the button says what is done. */
export function confirmed(title, message, yes) {
  const dialog = find('#confirm');
  find('#confirm-title').textContent = title;
  find('#confirm-text').textContent = message;
  find('button[value=yes]', dialog).textContent = yes;
  return answerOf(dialog);
}

/** Opens the dialog; true where it is closed with its button of the value yes. */
export function answerOf(dialog) {
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), {once: true});
  });
}

// --- tabs and events -------------------------------------------------------------------------------
export function openTab(name) {
  find(`#tab-${name}`).click();
}

/** Tells the other parts that the data are others now. */
export function tellChange() {
  document.dispatchEvent(new Event('data-changed'));
}
