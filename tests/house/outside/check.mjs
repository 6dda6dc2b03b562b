// What the official AsyncAPI parser and ajv say of our documents: a list of complaints, as JSON, on standard output.
//   node check.mjs MODULES asyncapi FILE
//   node check.mjs MODULES ajv SCHEMA EXAMPLE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [, , modules, what, ...files] = process.argv;
const load = createRequire(path.join(path.resolve(modules), "here.js"));
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const complaints = [];

if (what === "asyncapi") {
  const { Parser, fromFile } = load("@asyncapi/parser");
  const { document, diagnostics } = await fromFile(new Parser(), files[0]).parse();
  // 0 is an error, 1 a warning; below are advices, such as a newer version of AsyncAPI.
  for (const one of diagnostics) if (one.severity < 2) complaints.push(`${one.path.join("/")}: ${one.message}`);
  if (!document) complaints.push("no document");
} else {
  const ajv = new (load("ajv/dist/2020").default)({ strict: true, strictTypes: false, allErrors: true });
  load("ajv-formats").default(ajv);
  try {
    const valid = ajv.compile(read(files[0]));
    for (const file of files.slice(1)) {
      if (!valid(read(file))) complaints.push(...valid.errors.map((one) => `${file}${one.instancePath}: ${one.message}`));
    }
  } catch (problem) {
    complaints.push(problem.message);
  }
}
process.stdout.write(JSON.stringify(complaints));
