// An Orbit app's two sources: the server's, and the memory that keeps what has been read.
import { JSONAPIRequestProcessor, JSONAPISerializers, JSONAPISource } from "@orbit/jsonapi";
import { MemorySource } from "@orbit/memory";
import { RecordSchema } from "@orbit/records";
import { buildInflector, buildSerializerSettingsFor } from "@orbit/serializers";
import { isMany, mapped, run, target, TYPES } from "./scenario.mjs";

const pluralize = buildInflector({ news: "news" }, (word) => `${word}s`);
const singularize = buildInflector({ news: "news" }, (word) => word.replace(/s$/, ""));
const camelize = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

const kinds = { order: "number", date: "datetime" };
const created = {};
const schema = new RecordSchema({
  models: Object.fromEntries(
    Object.entries(TYPES).map(([type, { attributes, one, many }]) => [
      singularize(type),
      {
        attributes: Object.fromEntries(
          attributes.map((name) => [camelize(name), { type: kinds[name] ?? "string" }]),
        ),
        relationships: {
          ...mapped(one, (_, [to, inverse]) => ({ kind: "hasOne", type: singularize(to), inverse })),
          ...mapped(many, (_, [to, inverse]) => ({ kind: "hasMany", type: singularize(to), inverse })),
        },
      },
    ]),
  ),
  // Orbit gives new records their ids and the server takes them; UUIDs, were they not counted here
  generateId: (type) => String((created[type] = (created[type] ?? 0) + 1)),
});
const dasherized = { serializationOptions: { inflectors: ["dasherize"] } };
// Orbit takes 404 for an empty answer, that to a write for success; so it is raised like the other errors here.
class RequestProcessor extends JSONAPIRequestProcessor {
  async handleFetchResponse(response) {
    if (response.status === 404) await this.handleFetchResponseError(response, await response.json());
    return super.handleFetchResponse(response);
  }
}
const remote = new JSONAPISource({
  schema,
  RequestProcessorClass: RequestProcessor,
  host: process.argv[2],
  serializerSettingsFor: buildSerializerSettingsFor({
    sharedSettings: { inflectors: { pluralize, singularize } },
    settingsByType: {
      [JSONAPISerializers.ResourceType]: { serializationOptions: { inflectors: ["pluralize", "dasherize"] } },
      [JSONAPISerializers.ResourceField]: dasherized,
      [JSONAPISerializers.ResourceFieldParam]: dasherized,
    },
  }),
});
const memory = new MemorySource({ schema });
const cached = (other) => memory.cache.query((q) => q.findRecord(other));

const identity = (type, id) => ({ type: singularize(type), id });
const identities = (type, name, ids) =>
  Array.isArray(ids) ? ids.map((id) => identity(target(type, name), id)) : ids && identity(target(type, name), ids);

async function seen(answer) {
  for (const transform of answer.transforms) await memory.sync(transform);
  return answer;
}
const query = async (build, options) => seen(await remote.query(build, { ...options, fullResponse: true }));
const update = async (build) => seen(await remote.update(build, { fullResponse: true }));
// a failed request would stay in the queue and hold up the others
for (const failure of ["queryFail", "updateFail"]) remote.on(failure, (_, error) => remote.requestQueue.skip(error));

// Orbit has options for the specification's parameters; the others go to fetch's settings.
const options = ({ filter, sort, page, include, ...params } = {}) => ({
  filter,
  sort,
  page,
  include,
  settings: { params },
});
const many = ({ data, details }) => ({ records: [data ?? []].flat(), total: details[0].document.meta?.page?.total });
const list = async (type, parameters) => query((q) => q.findRecords(singularize(type)), options(parameters));

await run({
  id: (record) => record.id,
  attribute: (record, name) => {
    const value = record.attributes[camelize(name)];
    return value instanceof Date ? value.toISOString() : value;
  },
  linked: (record, name) => {
    const { data } = record.relationships[name];
    return Array.isArray(data) ? data.map(({ id }) => id) : (data?.id ?? null);
  },
  // by the answer's linkage: to the memory's findRelatedRecords a to-many is a set without order
  included: (record, name) => {
    const { data } = record.relationships[name];
    return Array.isArray(data) ? data.map((other) => cached(other)) : cached(data);
  },
  errors: (error) => error.data?.errors,
  create: async (type, attributes, links = {}) => {
    const record = {
      type: singularize(type),
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [camelize(name), name === "date" ? new Date(value) : value]),
      ),
      relationships: mapped(links, (name, ids) => ({ data: identities(type, name, ids) })),
    };
    return (await update((t) => t.addRecord(record))).data;
  },
  find: async (type, id, parameters) =>
    (await query((q) => q.findRecord(identity(type, id)), options(parameters))).data,
  list: async (type, parameters) => many(await list(type, parameters)),
  pages: async (type, parameters) => {
    const pages = [];
    for (let answer = await list(type, parameters); ; ) {
      pages.push(many(answer));
      const { next } = answer.details[0].document.links;
      if (!next) return pages;
      answer = await query((q) => q.findRecords(singularize(type)), { url: next });
    }
  },
  related: async (type, id, name) =>
    many(
      await query((q) =>
        isMany(type, name)
          ? q.findRelatedRecords(identity(type, id), name)
          : q.findRelatedRecord(identity(type, id), name),
      ),
    ),
  update: async (type, id, attributes) => {
    const changes = Object.entries(attributes).map(([name, value]) => [
      camelize(name),
      name === "date" ? new Date(value) : value,
    ]);
    return (await update((t) => t.updateRecord({ ...identity(type, id), attributes: Object.fromEntries(changes) })))
      .data;
  },
  relate: (type, id, name, other) =>
    update((t) => t.replaceRelatedRecord(identity(type, id), name, identities(type, name, other))),
  replace: (type, id, name, ids) =>
    update((t) => t.replaceRelatedRecords(identity(type, id), name, identities(type, name, ids))),
  add: (type, id, name, ids) =>
    update((t) => identities(type, name, ids).map((other) => t.addToRelatedRecords(identity(type, id), name, other))),
  remove: (type, id, name, ids) =>
    update((t) =>
      identities(type, name, ids).map((other) => t.removeFromRelatedRecords(identity(type, id), name, other)),
    ),
  destroy: (type, id) => update((t) => t.removeRecord(identity(type, id))),
});
