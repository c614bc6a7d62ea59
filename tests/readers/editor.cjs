// Asks yaml-language-server, as an editor would. argv: the server, the schema. stdin: [{text, line, character}].
// stdout: for each, {labels, problems: [[line, column, message]]}.
"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");

const [server, schema] = process.argv.slice(2);
const asked = JSON.parse(fs.readFileSync(0, "utf8"));
const settings = {
  schemas: { [`file://${schema}`]: "*.yaml" },
  validate: true,
  completion: true,
  hover: true,
  schemaStore: { enable: false },
};
const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const waiting = new Map();
const published = new Map();
let received = Buffer.alloc(0);
let last = 0;

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function request(method, params) {
  last += 1;
  send({ id: last, method, params });
  return new Promise((resolve) => waiting.set(last, resolve));
}

function take(message) {
  if (message.method === "workspace/configuration") {
    const result = message.params.items.map((item) => (item.section === "yaml" ? settings : {}));
    send({ id: message.id, result });
  } else if (message.method === "textDocument/publishDiagnostics") {
    published.get(message.params.uri)?.(message.params.diagnostics);
  } else if (message.method !== undefined) {
    if (message.id !== undefined) send({ id: message.id, result: null });
  } else {
    waiting.get(message.id)?.(message.result);
  }
}

child.stdout.on("data", (chunk) => {
  received = Buffer.concat([received, chunk]);
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/.exec(received.subarray(0, end).toString())[1]);
    if (received.length < end + 4 + length) return;
    const body = received.subarray(end + 4, end + 4 + length).toString();
    received = received.subarray(end + 4 + length);
    take(JSON.parse(body));
  }
});

async function ask({ text, line, character }, number) {
  const uri = `file:///policy${number}.yaml`;
  const checked = new Promise((resolve) => published.set(uri, resolve));
  const textDocument = { uri, languageId: "yaml", version: 1, text };
  send({ method: "textDocument/didOpen", params: { textDocument } });
  const problems = (await checked).map((d) => [d.range.start.line + 1, d.range.start.character + 1, d.message]);
  const found = await request("textDocument/completion", { textDocument: { uri }, position: { line, character } });
  return { labels: found.items.map((item) => item.label), problems };
}

async function main() {
  const capabilities = { workspace: { configuration: true }, textDocument: { completion: {} } };
  await request("initialize", { processId: null, rootUri: null, capabilities });
  send({ method: "initialized", params: {} });
  send({ method: "workspace/didChangeConfiguration", params: { settings: { yaml: settings } } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const answers = [];
  for (const [number, question] of asked.entries()) answers.push(await ask(question, number));
  process.stdout.write(JSON.stringify(answers), () => {
    child.kill();
    process.exit(0);
  });
}

main();
