// What every client does with the course, step by step; prints one JSON line {step: what the client saw}.

// The course's types: attributes, and relationships as name: [type, inverse].
export const TYPES = {
  users: {
    attributes: ["email", "password", "first-name", "last-name", "role"],
    one: {},
    many: { teaches: ["modules", "teacher"], takes: ["modules", "students"] },
  },
  modules: {
    attributes: ["code", "name", "semester"],
    one: { teacher: ["users", "teaches"] },
    many: {
      students: ["users", "takes"],
      news: ["news", "module"],
      sessions: ["sessions", "module"],
      contents: ["contents", "module"],
    },
  },
  rooms: {
    attributes: ["name", "address", "capacity", "features"],
    one: {},
    many: { sessions: ["sessions", "room"] },
  },
  sessions: {
    attributes: ["title", "date", "keywords"],
    one: { module: ["modules", "sessions"], room: ["rooms", "sessions"] },
    many: {},
  },
  news: {
    attributes: ["title", "date", "text"],
    one: { module: ["modules", "news"] },
    many: {},
  },
  contents: {
    attributes: ["title", "content", "order"],
    one: { module: ["modules", "contents"], parent: ["contents", "children"] },
    many: { children: ["contents", "parent"] },
  },
};

export const target = (type, name) => (TYPES[type].one[name] ?? TYPES[type].many[name])[0];
export const isMany = (type, name) => name in TYPES[type].many;

// identifiers("modules", "students", ["2"]) → [{type: "users", id: "2"}]; null stays null.
export function identifiers(type, name, ids) {
  if (Array.isArray(ids)) return ids.map((id) => ({ type: target(type, name), id }));
  return ids === null ? null : { type: target(type, name), id: ids };
}

// mapped({teacher: "1"}, (name, ids) => …) → {teacher: …}
export const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));

// {filter: {date: {ge: "…"}}} → [["filter[date][ge]", "…"]]
export function flat(query, prefix) {
  return Object.entries(query).flatMap(([name, value]) => {
    const key = prefix ? `${prefix}[${name}]` : name;
    return typeof value === "object" ? flat(value, key) : [[key, value]];
  });
}

export const queryString = (query) => (query ? `?${new URLSearchParams(flat(query))}` : "");

const PASSWORD = "correct horse";
const user = (email, first, last, role) => ({
  email,
  password: PASSWORD,
  "first-name": first,
  "last-name": last,
  role,
});

const CREATED = {
  users: [
    [user("ada@example.org", "Ada", "Lovelace", "teacher")],
    [user("ben@example.org", "Ben", "Bitdiddle", "student")],
    [user("cem@example.org", "Cem", "Özdemir & Söhne", "student")],
  ],
  modules: [
    [{ code: "WE19", name: "Web Engineering", semester: "SS19" }, { teacher: "1", students: ["2"] }],
    [{ code: "DB18", name: "Databases", semester: "WS18/19" }, { teacher: "1" }],
  ],
  rooms: [
    [{ name: "Aula One", address: "Main Street 1", capacity: "200", features: "beamer, 100% = dark" }],
    [{ name: "Lab Two", address: "Side Street 2" }],
  ],
  sessions: [
    [{ title: "Forms", date: "2019-05-08T10:00:00.000Z", keywords: "input" }, { module: "1", room: "2" }],
    [{ title: "Hypertext", date: "2019-05-01T10:00:00.000Z" }, { module: "1", room: "1" }],
    [{ title: "Joins", date: "2019-05-02T08:30:00.000Z" }, { module: "2", room: "1" }],
  ],
  news: [
    [{ title: "Exam dates", date: "2019-06-01T00:00:00.000Z", text: "Two of them" }, { module: "1" }],
    [{ title: "Welcome", date: "2019-04-01T00:00:00.000Z" }, { module: "1" }],
  ],
  contents: [
    [{ title: "Part one" }, { module: "1" }],
    [{ title: "Chapter", content: "<b>text</b>" }, { module: "1", parent: "1" }],
    [{ title: "Preface", order: -1 }, { module: "1" }],
  ],
};

// What is shown of a record: attributes, ids of linked records.
const SHOWN = mapped(TYPES, (_, { attributes, one }) => [
  "id",
  ...attributes.filter((name) => name !== "password"),
  ...Object.keys(one),
]);
SHOWN.modules.push("students");

const STEPS = {
  ...mapped(CREATED, (type, all) => async (client, shown) => {
    const seen = [];
    for (const [attributes, links] of all) seen.push(shown(type, await client.create(type, attributes, links)));
    return seen;
  }),
  "find one": async (client, shown) => shown("rooms", await client.find("rooms", "2")),
  "the password is never read": async (client) => {
    client.forget?.(); // like a page that is opened again
    return client.attribute(await client.find("users", "1"), "password") ?? "unknown";
  },
  "log in": async (client) => [
    ids(client, await client.list("users", { email: "BEN@example.org", password: PASSWORD })),
    ids(client, await client.list("users", { email: "ben@example.org", password: "wrong" })),
  ],
  "list in the type's order": async (client) => [
    each(client, await client.list("sessions"), "title"),
    each(client, await client.list("news"), "title"),
    each(client, await client.list("contents"), "title"),
  ],
  "filter the seed's way": async (client) => [
    each(client, await client.list("modules", { semester: "WS18/19" }), "code"),
    each(client, await client.list("sessions", { module: "1" }), "title"),
    each(client, await client.list("contents", { parent: "" }), "title"),
  ],
  filter: async (client) => [
    each(client, await client.list("modules", { filter: { semester: "WS18/19" } }), "code"),
    each(client, await client.list("sessions", { filter: { date: { gt: "2019-05-01T10:00:00Z" } } }), "title"),
    each(client, await client.list("sessions", { filter: { title: { like: "O" } } }), "title"),
    each(client, await client.list("sessions", { filter: { "module.semester": "SS19" } }), "title"),
    each(client, await client.list("contents", { filter: { parent: "null" } }), "title"),
    each(client, await client.list("rooms", { filter: { features: "beamer, 100% = dark" } }), "name"),
    each(client, await client.list("users", { filter: { id: "3,1" } }), "first-name"),
  ],
  sort: async (client) => [
    each(client, await client.list("rooms", { sort: "-name" }), "name"),
    each(client, await client.list("sessions", { sort: "room.name,-date" }), "title"),
  ],
  page: async (client) => {
    const page = await client.list("sessions", { page: { number: 2, size: 2 } });
    return [each(client, page, "title"), page.total];
  },
  "walk the pages": async (client) =>
    (await client.pages("sessions", { page: { size: 1 } })).map((page) => each(client, page, "title")),
  include: async (client) => {
    const module = await client.find("modules", "1", { include: "teacher,students,sessions.room,contents.children" });
    return {
      teacher: client.attribute(client.included(module, "teacher"), "last-name"),
      students: client.included(module, "students").map((student) => client.attribute(student, "last-name")),
      sessions: client
        .included(module, "sessions")
        .map((session) => [
          client.attribute(session, "title"),
          client.attribute(client.included(session, "room"), "name"),
        ]),
      contents: client
        .included(module, "contents")
        .map((content) => [
          client.attribute(content, "title"),
          client.included(content, "children").map((child) => client.attribute(child, "title")),
        ]),
    };
  },
  "read what is related": async (client) => [
    each(client, await client.related("modules", "1", "sessions"), "title"),
    each(client, await client.related("sessions", "1", "room"), "name"),
    each(client, await client.related("contents", "1", "parent"), "title"),
  ],
  update: async (client, shown) => [
    shown("rooms", await client.update("rooms", "2", { capacity: "20", features: "" })),
    shown("sessions", await client.update("sessions", "2", { date: "2019-05-09T10:00:00.000Z" })),
    shown("contents", await client.update("contents", "2", { order: 7 })),
    each(client, await client.list("sessions"), "title"),
  ],
  "an updated user keeps the password": async (client, shown) => [
    shown("users", await client.update("users", "2", { "last-name": "Tester" })),
    ids(client, await client.list("users", { email: "ben@example.org", password: PASSWORD })),
  ],
  "relate to one": async (client) => {
    await client.relate("sessions", "1", "room", "1");
    await client.relate("contents", "3", "parent", "1");
    await client.relate("contents", "2", "parent", null);
    return [
      client.linked(await client.find("sessions", "1"), "room"),
      client.linked(await client.find("contents", "3"), "parent"),
      client.linked(await client.find("contents", "2"), "parent"),
      client.linked(await client.find("contents", "1"), "children"),
    ];
  },
  "relate to many": async (client) => {
    const students = async (id) => client.linked(await client.find("modules", id), "students");
    const seen = [];
    await client.add("modules", "1", "students", ["3"]);
    seen.push(await students("1"));
    await client.remove("modules", "1", "students", ["2"]);
    seen.push(await students("1"));
    await client.replace("modules", "2", "students", ["3", "2"]);
    seen.push(await students("2"));
    await client.replace("modules", "2", "students", []);
    seen.push(await students("2"));
    seen.push(client.linked(await client.find("users", "3"), "takes"));
    return seen;
  },
  delete: async (client) => {
    await client.destroy("news", "1");
    await client.destroy("sessions", "3");
    await client.destroy("rooms", "1");
    return [
      each(client, await client.list("news"), "title"),
      ids(client, await client.list("rooms")),
      ids(client, await client.list("sessions")),
    ];
  },
  "an invalid attribute": (client) => failure(client, client.create("rooms", { name: "B", address: "Hill 7" })),
  "several faults": (client) =>
    failure(
      client,
      client.create("modules", { code: "A", name: "Algorithms", semester: "SS91" }, { teacher: "2", students: ["2"] }),
    ),
  "missing attributes": (client) =>
    failure(client, client.create("news", { text: "No title, no date" }, { module: "1" })),
  "a missing relationship": (client) =>
    failure(client, client.create("news", { title: "Homeless", date: "2019-06-01T00:00:00.000Z" })),
  "an e-mail address that is taken": (client) =>
    failure(client, client.create("users", user("ADA@example.org", "Ada", "Again", "teacher"))),
  "an invalid change": (client) => failure(client, client.update("modules", "1", { semester: "SS1" })),
  "a resource that is not there": (client) => failure(client, client.find("rooms", "99")),
  "a related resource that is not there": (client) => failure(client, client.relate("modules", "2", "teacher", "99")),
  "an unknown filter": (client) => failure(client, client.list("modules", { filter: { semster: "SS19" } })),
  "an unknown path": (client) => failure(client, client.find("modules", "1", { include: "teachr" })),
};

const ids = (client, { records }) => records.map((record) => client.id(record));
const each = (client, { records }, name) => records.map((record) => client.attribute(record, name));

// [[status, pointer or parameter, detail]…] as the client's own error object has them.
async function failure(client, promise) {
  try {
    await promise;
  } catch (error) {
    const errors = client.errors(error);
    if (!errors) throw error;
    return errors.map(({ status, source, detail }) => [status, source?.pointer ?? source?.parameter, detail]);
  }
  return "no error";
}

export async function run(client, moreSteps = {}) {
  const shown = (type, record) =>
    SHOWN[type].map((name) => {
      if (name === "id") return client.id(record);
      return TYPES[type].attributes.includes(name) ? client.attribute(record, name) : client.linked(record, name);
    });
  const results = {};
  for (const [step, act] of Object.entries({ ...STEPS, ...moreSteps })) {
    try {
      results[step] = await act(client, shown);
    } catch (error) {
      console.error(step, error.stack);
      results[step] = `${error}`;
    }
  }
  console.log(JSON.stringify(results));
}
