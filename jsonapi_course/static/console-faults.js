// The fault lab: its form, and what it does at the moment, which comes with the list of requests.
import {announce, find, findAll, refusalOf, send, show, text} from './console-parts.js';

const form = find('#fault-form');
const state = find('#fault-state');
const banner = find('#fault-banner');

let active = null;
let ahead = 0; // milliseconds by which the service's clock is ahead of this one

/** `faults` as the service tells them, null where none are set; `now` is its time, NaN where unknown. */
export function showFaults(faults, now) {
  if (Boolean(faults) !== Boolean(active)) announce(text(faults ? 'faultsOn' : 'faultsOff'));
  active = faults;
  if (!Number.isNaN(now)) ahead = now + 500 - Date.now(); // the header Date has whole seconds
  banner.hidden = state.hidden = !faults;
  if (!faults) return;
  const what = describe(faults);
  for (const place of [find('.what', banner), find('.what', state)]) place.textContent = what;
  countDown();
}

function describe({kind, when, left, share, methods, seconds}) {
  return [
    left ? text('faultNext', {count: left}) : text('faultShare', {share}),
    methods?.length ? text('faultMethods', {methods: methods.join(', ')}) : '',
    kind === 'late' ? text('faultLate', {seconds}) : text('faultStatus', {status: kind}),
    text({before: 'faultBefore', after: 'faultAfter'}[when]),
  ].filter(Boolean).join(', ');
}

function countDown() {
  const left = Math.max(0, Math.floor((Date.parse(active.until) - Date.now() - ahead) / 1000));
  find('.countdown', state).textContent = text('faultUntil', {minutes: Math.floor(left / 60), seconds: left % 60});
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const kind = data.get('kind');
  const scope = data.get('scope');
  const methods = data.getAll('methods');
  const meta = {
    kind,
    when: data.get('when'),
    [scope]: Number(data.get(scope)),
    ...(methods.length ? {methods} : {}),
    ...(kind === 'late' ? {seconds: Number(data.get('seconds'))} : {}),
  };
  const answer = await send('PUT', '/console/faults', {meta});
  show(find('#fault-said'), answer.ok ? '' : refusalOf(answer));
  if (answer.ok) showFaults(answer.json.meta, Date.parse(answer.headers.date));
});

for (const off of findAll('.off')) {
  off.addEventListener('click', async () => {
    const answer = await send('DELETE', '/console/faults');
    if (!answer.ok) return show(find('#fault-said'), refusalOf(answer));
    showFaults(null, NaN);
    find('#tab-faults').focus();
  });
}
