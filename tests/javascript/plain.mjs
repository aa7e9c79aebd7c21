// A client without a library: `send(method, path, document)` → the answer's document; documents are read by hand.
import { identifiers, mapped, queryString } from "./scenario.mjs";

export function plainClient(send, errors) {
  const included = ({ document, resource }, name) => {
    const find = ({ type, id }) => ({
      document,
      resource: [document.data, ...document.included].flat().find((one) => one.type === type && one.id === id),
    });
    const { data } = resource.relationships[name];
    return Array.isArray(data) ? data.map(find) : find(data);
  };
  const one = (document) => ({ document, resource: document.data });
  const many = (document) => ({
    records: [document.data ?? []].flat().map((resource) => ({ document, resource })),
    total: document.meta?.page?.total,
  });
  const linkage = (method) => (type, id, name, ids) =>
    send(method, `/${type}/${id}/relationships/${name}`, { data: identifiers(type, name, ids) });

  return {
    id: ({ resource }) => resource.id,
    attribute: ({ resource }, name) => resource.attributes[name],
    linked: ({ resource }, name) => {
      const { data } = resource.relationships[name];
      return Array.isArray(data) ? data.map(({ id }) => id) : (data?.id ?? null);
    },
    included,
    errors,
    create: async (type, attributes, links) => {
      const relationships = links && mapped(links, (name, ids) => ({ data: identifiers(type, name, ids) }));
      return one(await send("POST", `/${type}`, { data: { type, attributes, relationships } }));
    },
    find: async (type, id, query) => one(await send("GET", `/${type}/${id}${queryString(query)}`)),
    list: async (type, query) => many(await send("GET", `/${type}${queryString(query)}`)),
    pages: async (type, query) => {
      const pages = [];
      for (let url = `/${type}${queryString(query)}`; url; ) {
        const document = await send("GET", url);
        pages.push(many(document));
        url = document.links.next;
      }
      return pages;
    },
    related: async (type, id, name) => many(await send("GET", `/${type}/${id}/${name}`)),
    update: async (type, id, attributes) =>
      one(await send("PATCH", `/${type}/${id}`, { data: { type, id, attributes } })),
    relate: linkage("PATCH"),
    replace: linkage("PATCH"),
    add: linkage("POST"),
    remove: linkage("DELETE"),
    destroy: (type, id) => send("DELETE", `/${type}/${id}`),
  };
}
