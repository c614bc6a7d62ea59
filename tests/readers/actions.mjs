// GitHub's own parser of actions and workflows, for esbuild to bundle (node cannot load the package as it is).
// node actions.cjs (action|workflow) FILE... prints a JSON array with {errors, value} for each file; an expression
// that GitHub would evaluate shows in the value as ${{ … }}.
import fs from "node:fs";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";

const [kind, ...files] = process.argv.slice(2);
const parse = kind === "action" ? parseAction : parseWorkflow;

// Sequences and mappings as JavaScript has them.
function plain(json) {
  if (json?.seq) return json.seq.map(plain);
  if (json?.map) return Object.fromEntries(json.map.map(({ Key, Value }) => [plain(Key), plain(Value)]));
  return json;
}

const answers = files.map((name) => {
  const result = parse({ name, content: fs.readFileSync(name, "utf8") }, new NoOperationTraceWriter());
  const errors = result.context.errors.getErrors().map((error) => error.message);
  return { errors, value: plain(JSON.parse(JSON.stringify(result.value ?? null))) };
});
process.stdout.write(JSON.stringify(answers));
