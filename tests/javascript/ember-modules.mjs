// What Ember's build does for an app's imports, as hooks of Node: `node --import ./ember-modules.mjs -C unpkg-dev`.
// The condition chooses WarpDrive's files whose build macros are expanded; the packages @ember/… and @glimmer/… are
// folders of ember-source; of @embroider/macros the two left over are what the build makes of them.
import { existsSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread) register(import.meta.url);

const folder = new URL("node_modules/ember-source/dist/packages/", import.meta.url);
const macros = "export const isDevelopingApp = () => true, macroCondition = (value) => value;";

export function resolve(specifier, context, next) {
  if (specifier === "@embroider/macros") {
    return { url: `data:text/javascript,${encodeURIComponent(macros)}`, format: "module", shortCircuit: true };
  }
  if (/^@(ember|glimmer)\//.test(specifier)) {
    const files = [`${specifier}/index.js`, `${specifier}.js`].map((path) => new URL(path, folder));
    const file = files.find((one) => existsSync(one));
    if (file) return { url: file.href, format: "module", shortCircuit: true };
  }
  return next(specifier, context);
}

// ember-source has no "type": "module"
export function load(url, context, next) {
  return next(url, url.startsWith(folder.href) ? { ...context, format: "module" } : context);
}
