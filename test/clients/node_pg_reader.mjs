// What a JavaScript program sees with the pg package as it comes, no parsers set. See lib/Clients.pm.
// usage: node node_pg_reader.mjs FOLDER-WITH-node_modules FOLDER     (the PG* variables say where)
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [packages, folder] = process.argv.slice(2);
const { Client } = createRequire(resolve(packages) + '/')('pg');
const client = new Client();
await client.connect();

const two = (number) => String(number).padStart(2, '0');
const kindOf = (value) => value instanceof Date ? 'date' : typeof value;
const escaped = (text) => text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

// A cell as COPY has it; type 1082 is a date, 1114 a timestamp.
function cell(value, type) {
    if (value === null) return '\\N';
    if (!(value instanceof Date)) return escaped(String(value));
    const day = `${String(value.getFullYear()).padStart(4, '0')}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
    return type === 1082 ? day : `${day} ${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}`;
}

const tables = await client.query(`select table_schema, table_name, table_type from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`);
for (const table of tables.rows) {
    console.log(['table', table.table_schema, table.table_name, table.table_type].join('\t'));
    if (table.table_schema !== 'mo_dashboard') continue;
    // with a parameter, so by the extended protocol
    const result = await client.query({ text: `select * from mo_dashboard.${table.table_name} where $1::integer = 1`, values: [1], rowMode: 'array' });
    result.fields.forEach((field, i) => {
        const kinds = new Set(result.rows.map((row) => row[i]).filter((value) => value !== null).map(kindOf));
        console.log(['kind', table.table_name, field.name, field.dataTypeID, [...kinds].sort().join(',')].join('\t'));
    });
    const rows = result.rows.map((row) => row.map((value, i) => cell(value, result.fields[i].dataTypeID)).join('\t'));
    writeFileSync(`${folder}/rows/${table.table_name}.tsv`, [result.fields.map((field) => field.name).join('\t'), ...rows, ''].join('\n'));
}
await client.end();
