// Ember Data's store, models, JSONAPIAdapter and JSONAPISerializer in an Ember engine without a page.
import "@warp-drive/ember/install";
import Engine from "@ember/engine";
import { JSONAPICache } from "@warp-drive/json-api";
import { useLegacyStore } from "@warp-drive/legacy";
import { JSONAPIAdapter } from "@warp-drive/legacy/adapter/json-api";
import Model, { attr, belongsTo, hasMany, restoreDeprecatedModelRequestBehaviors } from "@warp-drive/legacy/model";
import { JSONAPISerializer } from "@warp-drive/legacy/serializer/json-api";
import { DateTransform, NumberTransform, StringTransform } from "@warp-drive/legacy/serializer/transform";
import { pluralize, singularize } from "@warp-drive/utilities/string";
import { isMany, mapped, run, target, TYPES } from "./scenario.mjs";

const [origin, namespace] = process.argv[2].split(/\/(?=api\/)/);
const camelize = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

restoreDeprecatedModelRequestBehaviors(Model); // record.save() and its like

const kinds = { order: "number", date: "date" };
const model = ({ attributes, one, many }) =>
  Model.extend({
    ...Object.fromEntries(attributes.map((name) => [camelize(name), attr(kinds[name] ?? "string")])),
    ...mapped(one, (_, [to, inverse]) => belongsTo(singularize(to), { async: true, inverse })),
    ...mapped(many, (_, [to, inverse]) => hasMany(singularize(to), { async: true, inverse })),
  });
// What Ember's resolver finds in an app's files.
const files = {
  "service:store": useLegacyStore({ legacyRequests: true, linksMode: false, cache: JSONAPICache }),
  "adapter:application": JSONAPIAdapter.extend({ host: origin, namespace }),
  "serializer:application": JSONAPISerializer,
  "transform:string": StringTransform,
  "transform:number": NumberTransform,
  "transform:date": DateTransform,
  ...Object.fromEntries(Object.entries(TYPES).map(([type, fields]) => [`model:${singularize(type)}`, model(fields)])),
};
const Resolver = { create: () => ({ resolve: (name) => files[name] }) };
const store = Engine.extend({ Resolver }).create().buildInstance().lookup("service:store");

const find = (type, id, options) => store.findRecord(singularize(type), id, { reload: true, ...options });
const known = async (type, id) => store.peekRecord(singularize(type), id) ?? find(type, id);
const many = (records) => ({ records: [...records], total: records.meta?.page?.total });
// not findAll: that gives what the store has, in the store's order
const list = (type, query = {}) => store.query(singularize(type), query);
const fields = (attributes) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [camelize(name), name === "date" ? new Date(value) : value]),
  );
// Ember Data writes relationships with the record: PATCH of the resource with the whole linkage.
const change = async (type, id, name, ids, alter) => {
  const record = await find(type, id);
  const others = await Promise.all(ids.map((other) => known(target(type, name), other)));
  alter(await record[name], others);
  return record.save();
};

const client = {
  id: (record) => record.id,
  attribute: (record, name) => {
    const value = record[camelize(name)];
    return value instanceof Date ? value.toISOString() : value;
  },
  linked: (record, name) =>
    isMany(pluralize(record.constructor.modelName), name)
      ? record.hasMany(name).ids()
      : record.belongsTo(name).id(),
  included: (record, name) =>
    isMany(pluralize(record.constructor.modelName), name)
      ? [...record.hasMany(name).value()]
      : record.belongsTo(name).value(),
  errors: (error) => error.errors, // of a 422 made anew by Ember Data: without status, all pointers to attributes
  forget: () => store.unloadAll(),
  create: async (type, attributes, links = {}) => {
    const related = {};
    for (const [name, ids] of Object.entries(links)) {
      const others = await Promise.all([ids].flat().map((id) => known(target(type, name), id)));
      related[name] = Array.isArray(ids) ? others : others[0];
    }
    return store.createRecord(singularize(type), { ...fields(attributes), ...related }).save();
  },
  find,
  list: async (type, query) => many(await list(type, query)),
  pages: async (type, query) => {
    // Ember Data follows no links of a query; the number of the next page is counted
    const pages = [];
    for (let number = 1, more = true; more; number++) {
      const page = await list(type, { page: { ...query.page, number } });
      pages.push(many(page));
      more = page.links.next;
    }
    return pages;
  },
  related: async (type, id, name) => {
    const record = await known(type, id);
    if (isMany(type, name)) return many(await record.hasMany(name).reload());
    return { records: [await record.belongsTo(name).reload()].filter(Boolean) };
  },
  update: async (type, id, attributes) => Object.assign(await find(type, id), fields(attributes)).save(),
  relate: async (type, id, name, other) => {
    const record = await find(type, id);
    record[name] = other && (await known(target(type, name), other));
    return record.save();
  },
  replace: (type, id, name, ids) =>
    change(type, id, name, ids, (records, others) => records.splice(0, records.length, ...others)),
  add: (type, id, name, ids) => change(type, id, name, ids, (records, others) => records.push(...others)),
  remove: (type, id, name, ids) =>
    change(type, id, name, ids, (records, others) => {
      for (const other of others) records.splice(records.indexOf(other), 1);
    }),
  destroy: async (type, id) => (await known(type, id)).destroyRecord(),
};

await run(client, {
  "errors of a form's fields": async () => {
    const module = store.createRecord("module", { code: "A", semester: "SS91", teacher: await known("users", "2") });
    await module.save().catch(() => {});
    return module.errors.map(({ attribute, message }) => [attribute, message]);
  },
});
