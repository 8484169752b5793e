// Holds one DuckDB database and answers requests: one line of JSON in, {sql}, one line out, {rows, seconds} or {error}.
// usage: node duckdb.mjs FOLDER-WITH-node_modules DATABASE-FILE THREADS
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

const [folder, file, threads] = process.argv.slice(2);
const { DuckDBInstance, version } = createRequire(resolve(folder) + '/')('@duckdb/node-api');
const instance = await DuckDBInstance.create(file, { threads });
const connection = await instance.connect();

for await (const line of createInterface({ input: process.stdin })) {
    let reply;
    try {
        const { sql } = JSON.parse(line);
        const began = process.hrtime.bigint();
        const reader = sql === 'version' ? null : await connection.runAndReadAll(sql);
        const seconds = Number(process.hrtime.bigint() - began) / 1e9;
        const rows = reader ? reader.getRows().map((row) => row.map((value) => value === null ? null : String(value))) : [[version()]];
        reply = { rows, seconds };
    } catch (error) {
        reply = { error: String(error.message) };
    }
    process.stdout.write(JSON.stringify(reply) + '\n');
}
connection.closeSync();
