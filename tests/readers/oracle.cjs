// Reads files with npm packages: node oracle.cjs READER FILE... prints a JSON array, one answer for each file.
// An answer is {value} or {error}.
const fs = require("node:fs");
const path = require("node:path");

const modules = process.env.ORACLE_MODULES;
const load = (name) => require(path.join(modules, name));

const readers = {
  yaml12: () => (text) => strict(load("yaml").parseAllDocuments(text, { version: "1.2" })),
  yaml11: () => (text) => strict(load("yaml").parseAllDocuments(text, { version: "1.1" })),
  "js-yaml": () => (text) => load("js-yaml").loadAll(text),
  json: () => (text) => JSON.parse(text),
  jsonc: () => (text) => {
    const errors = [];
    const value = load("jsonc-parser").parse(text, errors, { allowTrailingComma: true });
    if (errors.length) throw new Error(JSON.stringify(errors));
    return value;
  },
  dockerfile: () => (text) => load("dockerfile-utils").validate(text).map((found) => found.message),
};

function strict(documents) {
  return documents.map((document) => {
    const wrong = [...document.errors, ...document.warnings];
    if (wrong.length) throw wrong[0];
    return document.toJS();
  });
}

const [reader, ...files] = process.argv.slice(2);
const read = readers[reader]();
const answers = files.map((file) => {
  try {
    return { value: read(fs.readFileSync(file, "utf8")) };
  } catch (error) {
    return { error: String(error) };
  }
});
process.stdout.write(JSON.stringify(answers));
