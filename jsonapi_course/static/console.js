// The student's console. Each part has a module; here they are started, and the address chooses what is seen.
import {findAll, openTab} from './console-parts.js';
import {showSnapshots} from './console-care.js';
import {loadData, showData} from './console-data.js';
import {showFaults} from './console-faults.js';
import {startAsking} from './console-requests.js';

const tabs = findAll('[data-tabs] > section').map(({id}) => id);

/** Opens what the address names; true where that is data. */
function follow() {
  const name = location.hash.slice(1);
  if (showData(location.hash || '#data')) return true;
  if (tabs.includes(name)) openTab(name);
  return false;
}

// a tab that is opened is in the address, so that reloading the page shows it again
for (const name of tabs) {
  document.querySelector(`#tab-${name}`).addEventListener('click', () => {
    if ((location.hash || '#data').split('/')[0] !== `#${name}`) history.replaceState(null, '', `#${name}`);
  });
}

addEventListener('hashchange', follow);
if (!follow()) loadData();
showSnapshots();
startAsking(showFaults);
