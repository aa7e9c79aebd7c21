import { applyMiddleware, combineReducers, createStore } from "redux";
import reduxJsonApi from "redux-json-api";
import { thunk } from "redux-thunk";
import { identifiers, mapped, queryString, run } from "./scenario.mjs";

const {
  addRelationship,
  createResource,
  deleteRelationship,
  deleteResource,
  getResource,
  readEndpoint,
  readRelated,
  readRelationship,
  reducer,
  replaceRelationship,
  setAxiosConfig,
  updateResource,
} = reduxJsonApi;
const store = createStore(combineReducers({ api: reducer }), applyMiddleware(thunk));
store.dispatch(setAxiosConfig({ baseURL: process.argv[2] }));

const { dispatch } = store;
// What a component would see: the resources are read from the state, by the identities in the answer.
const one = ({ data }) => getResource(store.getState(), data.type, data.id);
const many = ({ data, meta }) => ({
  records: [data ?? []].flat().map((resource) => one({ data: resource })),
  total: meta?.page?.total,
});
const relationship = (action) => (type, id, name, ids) =>
  dispatch(action({ type, id }, name, identifiers(type, name, ids)));

await run({
  id: (resource) => resource.id,
  attribute: (resource, name) => resource.attributes[name],
  linked: (resource, name) => {
    const { data } = resource.relationships[name];
    return Array.isArray(data) ? data.map(({ id }) => id) : (data?.id ?? null);
  },
  // not its getRelatedResources: that gives the order of the state, where an updated resource goes to the end
  included: (resource, name) => {
    const { data } = resource.relationships[name];
    return Array.isArray(data) ? data.map((identifier) => one({ data: identifier })) : one({ data });
  },
  errors: (error) => error.response?.data.errors,
  create: async (type, attributes, links) => {
    const relationships = links && mapped(links, (name, ids) => ({ data: identifiers(type, name, ids) }));
    return one(await dispatch(createResource({ type, attributes, relationships })));
  },
  find: async (type, id, query) => one((await dispatch(readEndpoint(`${type}/${id}${queryString(query)}`))).body),
  list: async (type, query) => many((await dispatch(readEndpoint(`${type}${queryString(query)}`))).body),
  pages: async (type, query) => {
    const pages = [];
    for (let page = await dispatch(readEndpoint(`${type}${queryString(query)}`)); ; page = await page.loadNext()) {
      pages.push(many(page.body));
      if (!page.nextUrl) return pages;
    }
  },
  related: async (type, id, name) => {
    // its reducer fails on a related resource that is null, so the linkage is read before
    const linkage = await dispatch(readRelationship({ type, id }, name));
    if (linkage.data === null) return many(linkage);
    return many((await dispatch(readRelated(getResource(store.getState(), type, id), name))).body);
  },
  update: async (type, id, attributes) => one(await dispatch(updateResource({ type, id, attributes }))),
  relate: relationship(replaceRelationship),
  replace: relationship(replaceRelationship),
  add: relationship(addRelationship),
  remove: relationship(deleteRelationship),
  destroy: (type, id) => dispatch(deleteResource({ type, id })),
});
