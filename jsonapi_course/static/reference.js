// The interactive reference: Swagger UI on this service's description, with the reader's id filled in.
'use strict';

const place = document.querySelector('#reference');
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();

async function showReference() {
  const description = await (await fetch(place.dataset.url)).json();
  const id = document.querySelector('.your-id').textContent;
  const fill = (parameter) => {
    if (parameter.name === 'your_id') parameter.schema = {...parameter.schema, default: id, example: id, examples: undefined};
  };
  Object.values(description.components.parameters ?? {}).forEach(fill);
  for (const path of Object.values(description.paths)) (path.parameters ?? []).forEach(fill);
  SwaggerUIBundle({
    spec: description,
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
