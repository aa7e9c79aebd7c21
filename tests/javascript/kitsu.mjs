import Kitsu from "kitsu";
import { identifiers, mapped, run, target } from "./scenario.mjs";

const api = new Kitsu({ baseURL: process.argv[2] });

const many = ({ data, meta }) => ({ records: [data ?? []].flat(), total: meta?.page?.total });
const relationship = (method) => (type, id, name, ids) =>
  // not api.patch("modules/1/relationships/teacher"): Kitsu makes the type of the URL's last segment, "teachers"
  api.request({
    method,
    url: `${type}/${id}/relationships/${name}`,
    type: target(type, name),
    body: Array.isArray(ids) ? ids.map((one) => ({ id: one })) : ids && { id: ids },
  });

await run({
  id: (record) => record.id,
  attribute: (record, name) => record[name],
  linked: (record, name) => {
    const linkage = record[name].data;
    return Array.isArray(linkage) ? linkage.map(({ id }) => id) : (linkage?.id ?? null);
  },
  included: (record, name) => record[name].data,
  errors: (error) => error.errors,
  create: async (type, attributes, links = {}) => {
    const related = mapped(links, (name, ids) => ({ data: identifiers(type, name, ids) }));
    return (await api.create(type, { ...attributes, ...related })).data;
  },
  find: async (type, id, params) => (await api.get(`${type}/${id}`, { params })).data,
  list: async (type, params) => many(await api.get(type, { params })),
  pages: async (type, params) => {
    // Kitsu follows no links; the number of the next page is counted
    const pages = [];
    for (let number = 1, more = true; more; number++) {
      const page = await api.get(type, { params: { page: { ...params.page, number } } });
      pages.push(many(page));
      more = page.links.next;
    }
    return pages;
  },
  related: async (type, id, name) => many(await api.get(`${type}/${id}/${name}`)),
  update: async (type, id, attributes) => (await api.update(type, { id, ...attributes })).data,
  relate: relationship("PATCH"),
  replace: relationship("PATCH"),
  add: relationship("POST"),
  remove: (type, id, name, ids) =>
    // Kitsu sends no body with DELETE; it hands this one to axios
    api.request({
      method: "DELETE",
      url: `${type}/${id}/relationships/${name}`,
      axiosOptions: { data: { data: identifiers(type, name, ids) } },
    }),
  destroy: (type, id) => api.delete(type, id),
});
