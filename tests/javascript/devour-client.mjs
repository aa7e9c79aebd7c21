import JsonApi from "devour-client";
import { mapped, run, TYPES } from "./scenario.mjs";

// pluralize: false lets models have the types' own names; errorBuilder keeps more than title and detail of an error
const api = new JsonApi({
  apiUrl: process.argv[2],
  logger: false,
  pluralize: false,
  errorBuilder: (error) => error,
});

for (const [type, { attributes, one, many }] of Object.entries(TYPES)) {
  api.define(type, {
    ...Object.fromEntries(attributes.map((name) => [name, ""])),
    ...mapped(one, (_, [to]) => ({ jsonApi: "hasOne", type: to })),
    ...mapped(many, (_, [to]) => ({ jsonApi: "hasMany", type: to })),
  });
}

const payload = (ids) => (Array.isArray(ids) ? ids.map((id) => ({ id })) : ids && { id: ids });
const list = ({ data, meta }) => ({ records: [data ?? []].flat(), total: meta?.page?.total });
const relationship = (type, id, name) => api.one(type, id).relationships(name);

await run({
  id: (record) => record.id,
  attribute: (record, name) => record[name],
  linked: (record, name) => {
    const linkage = record[name];
    return Array.isArray(linkage) ? linkage.map(({ id }) => id) : (linkage?.id ?? null);
  },
  included: (record, name) => record[name],
  // {name of the pointer's last part: error}: two errors with the same pointer are one here
  errors: (error) => !(error instanceof Error) && Object.values(error),
  create: async (type, attributes, links = {}) =>
    (await api.create(type, { ...attributes, ...mapped(links, (_, ids) => payload(ids)) })).data,
  find: async (type, id, params) => (await api.find(type, id, params)).data,
  list: async (type, params) => list(await api.findAll(type, params)),
  pages: async (type, params) => {
    const pages = [];
    for (let answer = await api.findAll(type, params); ; answer = await api.request(answer.links.next)) {
      pages.push(list(answer));
      if (!answer.links.next) return pages;
    }
  },
  related: async (type, id, name) => list(await api.one(type, id).all(name).get()),
  update: async (type, id, attributes) => (await api.update(type, { id, ...attributes })).data,
  relate: (type, id, name, other) => relationship(type, id, name).patch(payload(other)),
  replace: (type, id, name, ids) => relationship(type, id, name).patch(payload(ids)),
  add: (type, id, name, ids) => relationship(type, id, name).post(payload(ids)),
  // devour sends the payload of destroy as it is, so it has its type
  remove: (type, id, name, ids) =>
    relationship(type, id, name).destroy(ids.map((one) => ({ type: TYPES[type].many[name][0], id: one }))),
  destroy: (type, id) => api.destroy(type, id),
});
