// Ask every saved query through the Node client; arguments: the file, a JSON file of questions.
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const [file, questions] = process.argv.slice(2);
const plain = (value) => {
  if (value === null || value === undefined || typeof value === "boolean") return value ?? null;
  if (Array.isArray(value)) return value.map(plain);
  if (value.items) return [...value.items].map(plain);
  if (typeof value === "bigint" || typeof value === "number") return Number(Number(value).toPrecision(9));
  if (value.constructor?.name === "DuckDBDecimalValue") return Number(value.toDouble().toPrecision(9));
  const text = value.toString();
  return value.constructor?.name?.match(/Date|Timestamp/) ? text.slice(0, 10) : text;
};
const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
for (const [name, sql, values] of JSON.parse(readFileSync(questions, "utf8"))) {
  const reader = await connection.runAndReadAll(sql, Object.keys(values).length ? values : undefined);
  console.log(JSON.stringify([name, reader.getRows().map((row) => row.map(plain))]));
}
