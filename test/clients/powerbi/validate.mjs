// Every JSON file of a Power BI project against Microsoft's published schemas (ajv), and every M expression through Microsoft's
// own parser. usage: node validate.mjs FOLDER_OF_NODE_MODULES SCHEMAS PROJECT; prints TAP.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

const [modules, schemas, project] = process.argv.slice(2);
const require = createRequire(join(modules, 'here.js'));
const Ajv = require('ajv').default;
const pq = require('@microsoft/powerquery-parser');
const SITE = 'https://developer.microsoft.com/json-schemas/';

let n = 0;
function ok(good, what, detail = []) {
  console.log(`${good ? 'ok' : 'not ok'} ${++n} - ${what}`);
  for (const line of detail) console.log(`# ${line}`);
}

const filesOf = (folder) => readdirSync(folder).sort().flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? filesOf(path) : [path];
});

// Files name their schema by address; each is known by the one it is published at.
const ajv = new Ajv({ strict: false, allErrors: true });
for (const path of filesOf(schemas).filter((p) => p.endsWith('.json'))) {
  const schema = JSON.parse(readFileSync(path, 'utf8'));
  schema.$id = SITE + relative(schemas, path);
  ajv.addSchema(schema);
}

// These formats have no published schema: the theme, and a connection file.
const unpublished = /mo_dashboard_theme\.json$|\.pbids$/;
const isJson = /\.(json|pbip|pbir|pbism|pbids)$|\.platform$/;
const files = filesOf(project);
for (const path of files.filter((p) => isJson.test(p))) {
  const name = relative(project, path);
  let document;
  try {
    document = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    ok(false, `${name} is JSON`, [error.message]);
    continue;
  }
  if (unpublished.test(path)) {
    ok(document.$schema === undefined, `${name} is JSON (no schema is published)`);
    continue;
  }
  const validate = ajv.getSchema(document.$schema ?? '');
  if (!validate) {
    ok(false, `${name} names a schema that is here`, [String(document.$schema)]);
    continue;
  }
  ok(validate(document), `${name} is valid`, (validate.errors ?? []).slice(0, 5).map((e) => `${e.instancePath} ${e.message}`));
}

const connection = JSON.parse(readFileSync(files.find((p) => p.endsWith('.pbids')), 'utf8'));
const details = connection.connections?.[0]?.details;
ok(connection.version === '0.1' && connection.connections.length === 1 && details.protocol === 'postgresql'
  && typeof details.address.server === 'string' && typeof details.address.database === 'string', 'the connection file is of one PostgreSQL database');

// M stands after "source =" of a partition, indented deeper than its properties, and after "expression NAME =".
function expressionsOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const found = [];
  lines.forEach((line, i) => {
    const named = /^expression (\S+) = (.*)$/.exec(line);
    if (named) found.push([named[1], named[2]]);
    if (/^\t\tsource =$/.test(line)) {
      let end = i + 1;
      while (end < lines.length && lines[end].startsWith('\t\t\t\t')) end++;
      found.push(['source', lines.slice(i + 1, end).join('\n')]);
    }
  });
  return found;
}
for (const path of files.filter((p) => p.endsWith('.tmdl'))) {
  for (const [name, text] of expressionsOf(path)) {
    const task = await pq.TaskUtils.tryLexParse(pq.DefaultSettings, text);
    ok(text.trim() !== '' && pq.TaskUtils.isParseStageOk(task), `${relative(project, path)}: ${name} is M`, task.error ? [task.error.message] : []);
  }
}
console.log(`1..${n}`);
