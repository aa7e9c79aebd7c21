// The instructor's pages: selecting many, and doing something to many in small batches. The pages work without it.
'use strict';

// --- selecting -------------------------------------------------------------------------------------
const list = document.querySelector('form#namespaces');

if (list) {
  const shown = document.querySelector('#all-shown');
  const boxes = [...list.querySelectorAll('[name=chosen]')];
  const told = document.querySelector('#selected');
  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    shown.checked = count === boxes.length;
    shown.indeterminate = count > 0 && !shown.checked;
    told.textContent = count ? `${count} ${told.dataset.told}` : '';
  };
  shown.hidden = false;
  shown.addEventListener('change', () => {
    for (const box of boxes) box.checked = shown.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener('change', tell);
  tell(); // a browser that comes back remembers the boxes
}

// --- plots: where they are wider than the page, the last hours are what is seen -----------------------
for (const plot of document.querySelectorAll('.plot > .wide')) plot.scrollLeft = plot.scrollWidth;

// --- doing -----------------------------------------------------------------------------------------
const form = document.querySelector('form#run');

// The rows of results that the service answers to a form with these ids. Rejects with a sentence.
async function sent(ids, words) {
  const body = new URLSearchParams(new FormData(form));
  body.set('ids', ids.join('\n'));
  const answer = await fetch(form.getAttribute('action'), {method: 'POST', body}).catch(() => {
    throw new Error(words.noAnswer);
  });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const rows = [...page.querySelectorAll('#results tbody tr')];
  if (rows.length) return rows;
  const refused = page.querySelector('#main .refused');
  throw new Error(refused ? refused.textContent.trim() : words.otherAnswer);
}

if (form) {
  const section = document.querySelector('#progress');
  const [bar, told, trouble, table] = ['progress', '#told', '#trouble', 'tbody'].map((name) => section.querySelector(name));
  const [button, stop] = [form.querySelector('button:not([type])'), form.querySelector('#stop')];
  const left = form.elements.ids.value.split('\n');
  const size = Number(form.dataset.batch);
  let stopped = false;

  stop.addEventListener('click', () => { stopped = true; });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    stopped = false;
    trouble.textContent = '';
    [button.disabled, stop.hidden, section.hidden] = [true, false, false];
    stop.focus();
    while (left.length && !stopped) {
      try {
        const rows = await sent(left.slice(0, size), section.dataset);
        left.splice(0, size);
        table.append(...rows);
      } catch (error) {
        trouble.textContent = error.message;
        break;
      }
      bar.value = bar.max - left.length;
      const failed = table.querySelectorAll('[data-ok=false]').length;
      const failures = failed ? `, ${failed} ${section.dataset.failed}` : '';
      told.textContent = `${bar.value} ${section.dataset.of} ${bar.max}${failures}`;
    }
    stop.hidden = true;
    section.querySelector('#after').hidden = left.length > 0;
    if (left.length) {
      [button.disabled, button.textContent] = [false, section.dataset.rest];
      button.focus();
    } else {
      button.hidden = true;
      section.querySelector('h2').focus();
    }
  });
}
