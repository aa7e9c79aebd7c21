// The namespace as a whole: reset, undo, example data, snapshots, export and import.
import {
  announce, confirmed, find, make, refusalOf, send, show, tellChange, text, yourId,
} from './console-parts.js';

const offer = find('#offer');

/** Says what was done, with a button that undoes it. The focus goes there: undo is one step away. */
function offerUndo(message, withUndo = true) {
  find('p', offer).textContent = message;
  find('button', offer).hidden = !withUndo;
  offer.classList.remove('bad');
  offer.hidden = false;
  offer.focus();
  announce(message);
}

/** Sends; says `message` or why not. */
async function carryOut(method, path, message, {body, withUndo} = {}) {
  const answer = await send(method, path, body);
  offerUndo(answer.ok ? message : text('failed', {detail: refusalOf(answer)}), answer.ok && withUndo);
  offer.classList.toggle('bad', !answer.ok);
  tellChange();
  await showSnapshots();
}

// --- reset, undo, example data ---------------------------------------------------------------------
find('#reset').addEventListener('click', async () => {
  if (!await confirmed(text('resetTitle', {id: yourId}), text('resetText'), text('reset'))) return;
  carryOut('POST', '/reset-db', text('resetDone'), {withUndo: true});
});
find('#seed').addEventListener('submit', async (event) => {
  event.preventDefault();
  const name = event.target.elements.name.value;
  if (!await confirmed(text('seedTitle', {id: yourId, name}), text('replaceText'), text('replace'))) return;
  carryOut('POST', `/reset-db?seed=${encodeURIComponent(name)}`, text('seedDone', {name}), {withUndo: true});
});
find('#undo').addEventListener('click', async () => {
  if (await confirmed(text('undoTitle'), text('undoText'), text('undo'))) undo();
});
find('button', offer).addEventListener('click', undo);

function undo() {
  carryOut('POST', '/undo-reset', text('undone'));
}

// --- snapshots -------------------------------------------------------------------------------------
export async function showSnapshots() {
  const answer = await send('GET', '/snapshots');
  if (!answer.ok) return;
  const {snapshots} = answer.json.meta;
  const table = find('#snapshots');
  table.parentElement.hidden = !snapshots.length;
  find('#no-snapshots').hidden = snapshots.length > 0;
  find('tbody', table).replaceChildren(...snapshots.map(row));
}

function row({name, 'created-at': createdAt, counts}) {
  const held = Object.entries(counts).filter(([, count]) => count).map(([type, count]) => `${count} ${type}`).join(', ');
  const restore = make('button', {type: 'button', className: 'quiet', 'aria-label': text('restoreWhat', {name})}, text('restore'));
  const drop = make('button', {type: 'button', className: 'danger', 'aria-label': text('dropWhat', {name})}, text('delete'));
  const path = `/snapshots/${encodeURIComponent(name)}`;
  restore.addEventListener('click', async () => {
    if (!await confirmed(text('restoreTitle', {name}), text('replaceText'), text('restore'))) return;
    carryOut('POST', `${path}/restore`, text('restored', {name}), {withUndo: true});
  });
  drop.addEventListener('click', async () => {
    if (!await confirmed(text('dropTitle', {name}), text('dropText'), text('delete'))) return;
    carryOut('DELETE', path, text('dropped', {name}));
  });
  const taken = new Date(createdAt).toLocaleString(document.documentElement.lang);
  return make('tr', {},
    make('th', {scope: 'row'}, name), make('td', {}, taken), make('td', {}, held || text('empty')),
    make('td', {}, make('div', {className: 'row'}, restore, drop)));
}

find('#snapshot').addEventListener('submit', async (event) => {
  event.preventDefault();
  const {name} = event.target.elements;
  const answer = await send('POST', `/snapshots?name=${encodeURIComponent(name.value.trim())}`);
  show(find('#snapshot-said'), answer.ok ? '' : refusalOf(answer));
  name.toggleAttribute('aria-invalid', !answer.ok);
  if (!answer.ok) return name.focus();
  announce(text('taken', {name: name.value.trim()}));
  name.value = '';
  showSnapshots();
});

// --- export and import -----------------------------------------------------------------------------
find('#export').addEventListener('click', async () => {
  const answer = await send('GET', '/export');
  if (!answer.ok) return show(find('#import-said'), text('failed', {detail: refusalOf(answer)}));
  const name = `${yourId}.json`;
  const url = URL.createObjectURL(new Blob([answer.body], {type: 'application/json'}));
  make('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000); // some browsers read it only when the reader has chosen a place
  announce(text('exported', {name}));
});
find('#import').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [file] = event.target.elements.file.files;
  if (!file) return event.target.elements.file.click();
  const {name} = file;
  let document_;
  try {
    document_ = JSON.parse(await file.text());
  } catch {
    return show(find('#import-said'), text('noJson', {name}));
  }
  show(find('#import-said'), '');
  if (!await confirmed(text('importTitle', {id: yourId, name}), text('replaceText'), text('replace'))) return;
  carryOut('POST', '/import', text('imported', {name}), {body: document_, withUndo: true});
});
