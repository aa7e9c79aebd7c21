import { plainClient } from "./plain.mjs";
import { run } from "./scenario.mjs";

const base = process.argv[2];

async function send(method, path, document) {
  const answer = await fetch(path.startsWith("http") ? path : base + path, {
    method,
    headers: document && { "Content-Type": "application/vnd.api+json" },
    body: document && JSON.stringify(document),
  });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), body);
  return body;
}

await run(plainClient(send, (error) => error.errors));
