// What every page does: the reader's id in the examples, copy buttons, tabs. Pages work without it, with the id s1234.
'use strict';

const {root, copy, copied} = document.body.dataset;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

// --- the id, kept in this browser ------------------------------------------------------------------
const idForm = document.querySelector('form#your-id');

function storedId() {
  try {
    return localStorage.getItem('your-id');
  } catch {
    return null; // storage is switched off: the id lasts as long as the page
  }
}

function keepId(id) {
  try {
    localStorage.setItem('your-id', id);
  } catch { /* as above */ }
}

function showId(id) {
  for (const place of document.querySelectorAll('.your-id')) place.textContent = id;
  for (const link of document.querySelectorAll('a[data-path]')) {
    link.href = root + link.dataset.path.replace('{id}', encodeURIComponent(id));
  }
}

function say(text) {
  document.querySelector('#said').textContent = text;
}

async function showState(id) {
  const state = document.querySelector('#your-state');
  state.textContent = '';
  const answer = await fetch(`${root}/api/${encodeURIComponent(id)}`).catch(() => null);
  if (!answer?.ok) return;
  const held = Object.entries((await answer.json()).meta.types).filter(([, {count}]) => count);
  state.textContent = held.length ? `${state.dataset.holds} ` : state.dataset.empty;
  held.forEach(([type, {href, count}], index) => {
    const link = Object.assign(document.createElement('a'), {href, textContent: `${count} ${type}`});
    state.append(index ? ', ' : '', link);
  });
}

function chooseId(id) {
  keepId(id);
  showId(id);
  showState(id);
}

const chosen = idForm?.dataset.hasId || storedId();
if (chosen && ID.test(chosen)) showId(chosen);

if (idForm) {
  const input = idForm.elements.id;
  if (chosen && ID.test(chosen)) {
    input.value ||= chosen;
    chooseId(chosen);
  }
  idForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const id = input.value.trim();
    if (!ID.test(id)) return input.reportValidity();
    chooseId(id);
    history.replaceState(null, '', idForm.action);
    say(`${root}/api/${id}`);
  });
  const make = document.querySelector('#make-id');
  make.hidden = false;
  make.addEventListener('click', () => {
    const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
    const random = crypto.getRandomValues(new Uint8Array(8));
    input.value = 's-' + [...random].map((byte) => letters[byte % letters.length]).join('');
    idForm.requestSubmit();
  });
}

// --- copy buttons ----------------------------------------------------------------------------------
async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // http from another machine than this: the browser has no clipboard there, only the old command
  const area = Object.assign(document.createElement('textarea'), {value: text});
  area.className = 'hidden';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

function addCopyButton(snippet) {
  const label = snippet.querySelector('figcaption').textContent;
  const button = Object.assign(document.createElement('button'), {type: 'button', className: 'copy', textContent: copy});
  button.setAttribute('aria-label', `${copy}: ${label}`);
  button.addEventListener('click', async () => {
    await toClipboard(snippet.querySelector('pre').textContent);
    button.textContent = copied;
    say(`${copied}: ${label}`);
    setTimeout(() => { button.textContent = copy; }, 2000);
  });
  snippet.querySelector('figcaption').after(button);
}

document.querySelectorAll('.snippet:not(.answer)').forEach(addCopyButton);

// --- tabs: sections with a heading each ------------------------------------------------------------
for (const tabs of document.querySelectorAll('[data-tabs]')) {
  const panels = [...tabs.children];
  const list = document.createElement('div');
  list.setAttribute('role', 'tablist');
  const buttons = panels.map((panel) => {
    const heading = panel.querySelector('h2, h3');
    const button = Object.assign(document.createElement('button'), {
      type: 'button', id: `tab-${panel.id}`, textContent: heading.textContent,
    });
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-controls', panel.id);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', button.id);
    heading.hidden = true;
    list.append(button);
    return button;
  });
  const open = (number) => {
    panels.forEach((panel, other) => { panel.hidden = other !== number; });
    buttons.forEach((button, other) => {
      button.setAttribute('aria-selected', other === number);
      button.tabIndex = other === number ? 0 : -1;
    });
  };
  buttons.forEach((button, number) => button.addEventListener('click', () => open(number)));
  list.addEventListener('keydown', ({key}) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons[next].click();
    buttons[next].focus();
  });
  tabs.prepend(list);
  open(0);
}
