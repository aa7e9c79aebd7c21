// The tables of the data and the form of one resource. What is shown follows the address: #data/<type>,
// #data/<type>/<id>, #data/<type>/+ for a new one.
import {
  announce, confirmed, exchangeParts, find, findAll, languageOf, make, openTab, place, refusalOf, send, show, text,
} from './console-parts.js';

const SIZE = 20; // rows of a page
const LINKED = 5; // of a to-many relationship, in a cell
const OFFERED = 100; // ids in the list of a picker

// {type: {template, fields}}: a field has kind, name, member (attributes, relationships) and what else data-… says
const types = Object.fromEntries(findAll('template.form-of').map((template) => {
  const fields = findAll('.field', template.content).map(({dataset}) => ({...dataset}));
  return [template.dataset.type, {template, fields}];
}));
const views = Object.fromEntries(Object.keys(types).map((type) => [type, {page: 1, sort: '', by: '', text: ''}]));

let shown = {type: Object.keys(types)[0], id: null};
let record = null; // the resource of the open form as the API gave it; null for a new one
let keep = false; // whether the exchange on the page belongs to what is shown next
let stale = false; // whether something changed since
let turn = 0; // of what is loaded: an answer that comes after the next question is not shown

const form = find('#record form');
const exchange = find('#exchange');
const trouble = find('#data-trouble');

// --- where we are ----------------------------------------------------------------------------------
function href(type, id) {
  return `#data/${type}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
}

/** Shows what the address names; true where it names data. */
export function showData(address) {
  const [part, type, id] = decoded(address).slice(1).split('/');
  if (part !== 'data' || (type && !Object.hasOwn(types, type))) return false;
  shown = {type: type || shown.type, id: id ?? null};
  openTab('data');
  if (!keep) exchange.hidden = true;
  keep = false;
  loadData().then(() => { if (type) find('#shown-title').focus(); });
  return true;
}

function decoded(address) {
  try {
    return decodeURIComponent(address);
  } catch {
    return address; // typed by hand; the API will say that there is no such id
  }
}

/** `unasked`: something changed elsewhere; the exchange that is being read stays. */
export async function loadData(unasked = false) {
  const {type, id} = shown;
  const mine = ++turn;
  show(trouble, '');
  for (const link of findAll('.types a')) {
    if (link.hash === href(type)) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  showCounts();
  find('#shown-title').textContent = id === null ? type : id === '+' ? text('new', {type}) : text('edit', {what: `${type} ${id}`});
  find('#rows').hidden = id !== null;
  find('#record').hidden = id === null;
  await (id === null ? loadTable(mine, unasked) : loadRecord(mine));
}

export async function showCounts() {
  const answer = await send('GET', '');
  if (!answer.ok) return;
  for (const link of findAll('.types a')) {
    const [, type] = link.hash.split('/');
    find('.count', link).textContent = answer.json.meta.types[type].count;
  }
}

/** Opened wide where something was written: that is what there is to learn from. */
function showExchange(answer) {
  const {method} = answer.sent;
  exchange.open = method !== 'GET' || (exchange.open && isRead());
  exchange.hidden = false;
  exchange.dataset.method = method;
  find('summary', exchange).textContent = `${text('sent')}: ${method} → ${answer.line}`;
  find('.contents-of', exchange).replaceChildren(...exchangeParts(answer));
}

/** Whether it shows how the page itself was read, or nothing yet: that may be replaced. */
function isRead() {
  return exchange.hidden || exchange.dataset.method === 'GET';
}

// --- the table -------------------------------------------------------------------------------------
async function loadTable(mine, unasked) {
  const {type} = shown;
  const view = views[type];
  const {fields} = types[type];
  const columns = ['id', ...fields.filter((field) => field.secret === undefined).map(({name}) => name)];
  find('#make').href = href(type, '+');
  find('#about').href = place.dataset.types + type;
  showFilter(fields, view);
  showHead(columns, fields, view);
  const query = new URLSearchParams({'page[number]': view.page, 'page[size]': SIZE});
  if (view.sort) query.set('sort', view.sort);
  if (view.text) query.set(isLike(view.by) ? `filter[${view.by}][like]` : `filter[${view.by}]`, view.text);
  const answer = await send('GET', `/${type}?${query}`);
  if (mine !== turn) return;
  if (isRead() && !(unasked && exchange.open)) showExchange(answer);
  if (!answer.ok) return show(trouble, text('failed', {detail: refusalOf(answer)}));
  const {data, meta} = answer.json;
  const {total} = meta.page;
  if (!data.length && view.page > 1) {
    view.page = Math.max(1, Math.ceil(total / SIZE));
    return loadTable(mine, unasked);
  }
  find('table.data tbody').replaceChildren(...data.map((resource) => row(resource, columns)));
  show(find('#no-rows'), total ? '' : view.text ? text('no') : text('noneYet', {type}));
  const first = (view.page - 1) * SIZE;
  find('#pager').hidden = total <= SIZE;
  find('#pager .range').textContent = text('range', {first: first + 1, last: first + data.length, total});
  for (const button of findAll('#pager button')) {
    const page = view.page + Number(button.dataset.step);
    button.disabled = page < 1 || page > Math.ceil(total / SIZE);
  }
}

const isLike = (name) => types[shown.type].fields.some((field) => field.name === name && field.like !== undefined);

function showFilter(fields, view) {
  const names = fields.filter((field) => field.member === 'attributes' && field.secret === undefined).map(({name}) => name);
  const {by, text: wanted} = find('#filter').elements;
  view.by ||= names[0] ?? 'id';
  by.replaceChildren(...['id', ...names].map((name) => make('option', {selected: name === view.by}, name)));
  wanted.value = view.text;
  find('#filter .how').textContent = isLike(view.by) ? text('contains') : text('is');
}

function showHead(columns, fields, view) {
  const sortable = new Set(['id', ...fields.filter(({member}) => member === 'attributes').map(({name}) => name)]);
  const cells = columns.map((name) => {
    if (!sortable.has(name)) return make('th', {scope: 'col'}, name);
    const direction = {[name]: 'ascending', [`-${name}`]: 'descending'}[view.sort];
    const mark = {ascending: ' ▲', descending: ' ▼'}[direction] ?? '';
    const button = make('button', {type: 'button', className: 'sort'}, name, make('span', {'aria-hidden': 'true'}, mark));
    button.dataset.name = name;
    return make('th', {scope: 'col', 'aria-sort': direction}, button);
  });
  // the same cells stay where only the order is another: the focus is on one of them
  const focused = document.activeElement?.dataset?.name;
  find('table.data thead').replaceChildren(make('tr', {}, ...cells));
  if (focused) findAll('table.data thead button').find((button) => button.dataset.name === focused)?.focus();
}

function row({type, id, attributes, relationships}, columns) {
  const cells = columns.slice(1).map((name) => make('td', {}, ...(name in (relationships ?? {})
    ? links(relationships[name].data)
    : [make('span', {className: 'value'}, shownValue(attributes?.[name]))])));
  const link = make('a', {href: href(type, id), 'aria-label': text('edit', {what: `${type} ${id}`})}, id);
  return make('tr', {}, make('th', {scope: 'row'}, link), ...cells);
}

function shownValue(value) {
  return value === null || value === undefined ? '–' : String(value);
}

function links(linkage) {
  const all = [linkage ?? []].flat();
  const first = all.slice(0, LINKED).flatMap(({type, id}, index) => [
    index ? ', ' : '', make('a', {href: href(type, id), 'aria-label': `${type} ${id}`}, id),
  ]);
  if (all.length > LINKED) first.push(' ', make('span', {className: 'small'}, text('more', {count: all.length - LINKED})));
  return all.length ? first : ['–'];
}

find('table.data thead').addEventListener('click', ({target}) => {
  const name = target.closest('button')?.dataset.name;
  if (!name) return;
  const view = views[shown.type];
  view.sort = view.sort === name ? `-${name}` : name;
  view.page = 1;
  announce(`${name}: ${text(view.sort === name ? 'sortedUp' : 'sortedDown')}`);
  loadData();
});
find('#filter').addEventListener('submit', (event) => {
  event.preventDefault();
  const {by, text: wanted} = event.target.elements;
  Object.assign(views[shown.type], {by: by.value, text: wanted.value, page: 1});
  loadData();
});
find('#filter').elements.by.addEventListener('change', ({target}) => {
  find('#filter .how').textContent = isLike(target.value) ? text('contains') : text('is');
});
find('#pager').addEventListener('click', ({target}) => {
  if (!target.dataset.step) return;
  views[shown.type].page += Number(target.dataset.step);
  loadData();
});

// --- the form --------------------------------------------------------------------------------------
const control = (field) => find('input, select, textarea', field);
const picked = (field) => findAll('.picked li', field).map((item) => item.dataset.id);
const valueOf = (field) => (field.dataset.many === undefined ? control(field).value : picked(field).join(','));

async function loadRecord(mine) {
  const {type, id} = shown;
  record = null;
  if (id !== '+') {
    const answer = await send('GET', `/${type}/${encodeURIComponent(id)}`);
    if (mine !== turn) return;
    if (!answer.ok) {
      find('#record').hidden = true;
      showExchange(answer);
      return show(trouble, text('failed', {detail: refusalOf(answer)}));
    }
    record = answer.json.data;
    if (isRead()) showExchange(answer);
  }
  find('#back').href = href(type);
  find('#delete').hidden = !record;
  show(find('#record-said'), '');
  find('.fields', form).replaceChildren(types[type].template.content.cloneNode(true));
  for (const field of findAll('.field', form)) {
    const {member, name, readOnly} = field.dataset;
    if (readOnly !== undefined && !record) {
      field.remove();
      continue;
    }
    const value = record?.[member]?.[name];
    if (member === 'attributes') control(field).value = value ?? '';
    else fillPicker(field, value?.data);
    field.dataset.before = valueOf(field);
  }
}

function fillPicker(field, linkage) {
  const {many, readOnly} = field.dataset;
  if (many === undefined) control(field).value = linkage?.id ?? '';
  else for (const {id} of linkage ?? []) addPicked(field, id);
  if (readOnly === undefined) offerIds(field);
}

function addPicked(field, id) {
  if (picked(field).includes(id)) return;
  const {target, readOnly} = field.dataset;
  const item = make('li', {}, make('a', {href: href(target, id), 'aria-label': `${target} ${id}`}, id));
  item.dataset.id = id;
  if (readOnly === undefined) {
    const remove = make('button', {type: 'button', 'aria-label': text('remove', {what: `${target} ${id}`})}, '×');
    remove.addEventListener('click', () => {
      item.remove();
      control(field).focus();
    });
    item.append(remove);
  }
  find('.picked', field).append(item);
}

async function offerIds(field) {
  const {target, where} = field.dataset;
  const query = new URLSearchParams({'page[size]': OFFERED});
  if (where) {
    const [name, value] = where.split('=');
    query.set(`filter[${name}]`, value);
  }
  const answer = await send('GET', `/${target}?${query}`);
  if (!answer.ok) return;
  find('datalist', field).replaceChildren(...answer.json.data.map(({id, attributes}) => {
    const said = Object.values(attributes ?? {}).filter((value) => value !== '' && value !== null);
    return make('option', {value: id}, said.slice(0, 2).join(', '));
  }));
}

form.addEventListener('click', ({target}) => {
  if (target.closest('.add')) addTyped(target.closest('.field'));
});
form.addEventListener('keydown', (event) => {
  const field = event.target.closest('.field');
  if (event.key !== 'Enter' || field?.dataset.many === undefined || !control(field).value) return;
  event.preventDefault(); // Enter adds what is typed; it sends the form where nothing is
  addTyped(field);
});

/** Takes what is typed, ids with commas or spaces between, over into the list. */
function addTyped(field) {
  const input = control(field);
  for (const id of input.value.split(/[\s,]+/).filter(Boolean)) addPicked(field, id);
  input.value = '';
  input.focus();
}

/** What the control stands for in JSON: what cannot be a number is sent as text, and the API says what is wrong. */
function jsonOf(field) {
  const {kind, member, target, many, nullable} = field.dataset;
  const value = valueOf(field);
  if (member === 'relationships') {
    const linkage = (many === undefined ? [value.trim()].filter(Boolean) : picked(field)).map((id) => ({type: target, id}));
    return {data: many === undefined ? linkage[0] ?? null : linkage};
  }
  if (value === '' && (nullable !== undefined || ['integer', 'number', 'boolean'].includes(kind))) return null;
  if (kind === 'boolean') return value === 'true';
  if (['integer', 'number'].includes(kind) && value.trim() && Number.isFinite(Number(value))) return Number(value);
  return value;
}

/** The document of the form: of a new resource what is filled in, of one that there is what is others than before. */
function documentOf() {
  const data = {type: shown.type, ...(record ? {id: record.id} : {})};
  for (const field of findAll('.field', form)) {
    if (field.dataset.many !== undefined && control(field).value) addTyped(field);
    if (valueOf(field) === field.dataset.before) continue;
    const {member, name} = field.dataset;
    data[member] = {...data[member], [name]: jsonOf(field)};
  }
  return {data};
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  forgetErrors();
  const {type} = shown;
  const body = documentOf();
  if (record && !body.data.attributes && !body.data.relationships) return show(find('#record-said'), text('unchanged'));
  if (!record) body.data.attributes ??= {};
  const answer = await (record ? send('PATCH', `/${type}/${record.id}`, body) : send('POST', `/${type}`, body));
  showExchange(answer);
  if (!answer.ok) return showErrors(answer);
  const {id} = answer.json.data;
  const message = text(record ? 'saved' : 'created', {what: `${type} ${id}`});
  go(href(type, id));
  announce(message);
});

/** To an address whose page keeps the exchange that led there. */
function go(address) {
  keep = true;
  if (location.hash === address) showData(address);
  else location.hash = address;
}

function forgetErrors() {
  show(find('#record-said'), '');
  for (const field of findAll('.field.wrong', form)) {
    field.classList.remove('wrong');
    find('.error', field).remove();
    const input = control(field);
    input.removeAttribute('aria-invalid');
    input.setAttribute('aria-describedby', `${input.id}-rule`);
  }
}

/** Each error at the field that its pointer (or meta.member, of one that is missing) names; the others above the form. */
function showErrors(answer) {
  const others = [];
  for (const error of answer.json?.errors ?? []) {
    const [, , member, pointed] = (error.source?.pointer ?? '').split('/');
    const name = pointed ?? error.meta?.member;
    const field = findAll('.field', form).find(({dataset}) => dataset.name === name && (!pointed || dataset.member === member));
    if (field) showError(field, error, languageOf(answer));
    else others.push(error.detail);
  }
  const said = text('faultsInForm', {status: answer.line});
  show(find('#record-said'), answer.json?.errors ? [said, ...others].join(' ') : text('failed', {detail: refusalOf(answer)}));
  const wrong = find('.field.wrong', form);
  if (wrong) control(wrong).focus();
}

function showError(field, {detail, code}, lang) {
  const input = control(field);
  field.classList.add('wrong');
  const about = make('a', {href: `${place.dataset.errors}#${code}`}, code);
  const error = find('.error', field) ?? make('p', {className: 'error refused', id: `${input.id}-error`, lang});
  error.append(make('span', {'aria-hidden': 'true'}, '✗ '), `${detail} `, about);
  find('.small[id]', field).before(error);
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', `${error.id} ${input.id}-rule`);
}

find('#delete').addEventListener('click', async () => {
  const {type, id} = record;
  const what = `${type} ${id}`;
  if (!await confirmed(text('deleteTitle', {what}), text('deleteText'), text('delete'))) return;
  const answer = await send('DELETE', `/${type}/${id}`);
  showExchange(answer);
  if (!answer.ok) return showErrors(answer);
  go(href(type));
  announce(text('deleted', {what}));
});

// --- changes from elsewhere ------------------------------------------------------------------------
/** The table shows what is there now, once it is looked at; a form is left alone, somebody may be writing in it. */
function follow() {
  if (find('#data').hidden) return;
  if (stale) (shown.id === null ? loadData(true) : showCounts());
  stale = false;
}

document.addEventListener('data-changed', () => {
  stale = true;
  follow();
});
find('#tab-data').addEventListener('click', follow);
