// The interactive reference: Swagger UI on this service's description, with the reader's id filled in.
'use strict';

const place = document.querySelector('#reference');
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

// The description without what makes the viewer slow and its forms endless: filters with operators or paths, the
// many types of `included`, the bodies of errors. Defaults would be sent, two styles of pages at once for example.
function lighter(description, id) {
  const parameters = description.components.parameters ?? {};
  const isKept = ({name, in: where}) => where !== 'query' || /^(include|sort|dryRun|seed|name|fields\[.*|page\[(number|size)\]|filter\[[\w-]+\])$/.test(name);
  const resolved = (parameter) => parameters[parameter.$ref?.split('/').pop()] ?? parameter;
  for (const parameter of Object.values(parameters)) {
    if (parameter.name === 'your_id') parameter.schema = {type: 'string', default: id};
    else if (parameter.in === 'query' && parameter.schema) delete parameter.schema.default;
  }
  for (const path of Object.values(description.paths)) {
    for (const operation of Object.values(path)) {
      if (!operation.responses) continue;
      operation.parameters = operation.parameters?.filter((parameter) => isKept(resolved(parameter)));
      for (const [status, answer] of Object.entries(operation.responses)) {
        if (status >= 400) operation.responses[status] = {description: error(description, answer)};
      }
    }
  }
  for (const parameter of Object.keys(parameters)) {
    if (!isKept(parameters[parameter])) delete parameters[parameter];
  }
  if (description.components.schemas.Included) description.components.schemas.Included = {type: 'object'};
  return {...inOlderWords(description), openapi: '3.0.3'};
}

// Swagger UI takes ten times as long for 3.1 as for 3.0, of which these schemas need only other words.
function inOlderWords(value) {
  if (Array.isArray(value)) return value.map(inOlderWords);
  if (value === null || typeof value !== 'object') return value;
  const older = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inOlderWords(member)]));
  if ('const' in older) {
    older.enum = [older.const];
    delete older.const;
  }
  if (Array.isArray(older.type)) {
    older.nullable = older.type.includes('null');
    older.type = older.type.find((type) => type !== 'null');
  }
  if (Array.isArray(older.examples)) {
    [older.example] = older.examples;
    delete older.examples;
  }
  return older;
}

function error(description, answer) {
  const found = answer.$ref ? description.components.responses[answer.$ref.split('/').pop()] : answer;
  return found.description;
}

async function showReference() {
  const answer = await fetch(place.dataset.url);
  SwaggerUIBundle({
    spec: lighter(await answer.json(), document.querySelector('.your-id').textContent),
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: -1,
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
}

showReference();
