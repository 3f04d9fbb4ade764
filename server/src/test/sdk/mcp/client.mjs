// The official npm SDK's client against the gateway: argv = address, key, the gateway's folder.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ResourceUpdatedNotificationSchema, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

const [address, key, folder] = process.argv.slice(2);
// The machine may be busy with other tests.
const patient = { timeout: 240_000 };
let passed = 0;
async function check(name, body) {
  await body();
  passed++;
  console.log("ok", name);
}
const next = (client, schema) => new Promise((told) => client.setNotificationHandler(schema, told));
const names = async (client) => (await client.listTools()).tools.map((tool) => tool.name);

const transport = new StreamableHTTPClientTransport(new URL(address), {
  requestInit: { headers: { Authorization: `Bearer ${key}` } },
});
const client = new Client({ name: "test", version: "1" });
await client.connect(transport, patient);

await check("connects with the newest protocol", async () => {
  assert.equal(client.getServerVersion().name, "magic-proxy");
  assert.equal(transport.protocolVersion, "2025-11-25");
});
await check("calls a shipped tool", async () => {
  assert.ok((await names(client)).includes("calculator"));
  const result = await client.callTool({ name: "calculator", arguments: { expression: "12 * 7" } }, undefined, patient);
  assert.match(result.content[0].text, /84/);
});
await check("is told how to do better", async () => {
  const result = await client.callTool({ name: "calculator", arguments: { expr: "1" } }, undefined, patient);
  assert.equal(result.isError, true);
  assert.match(result.content[0].text, /expression/);
});
await check("hears of a tool that was saved, and uses it; then it is gone", async () => {
  let told = next(client, ToolListChangedNotificationSchema);
  const file = join(folder, "tools", "shout.js");
  await writeFile(file, `
    export const schema = {
      description: 'Shouts.',
      parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    };
    export const run = ({ text }) => text.toUpperCase();
  `);
  await told;
  assert.ok((await names(client)).includes("shout"));
  const result = await client.callTool({ name: "shout", arguments: { text: "hello" } }, undefined, patient);
  assert.equal(result.content[0].text, "HELLO");
  told = next(client, ToolListChangedNotificationSchema);
  await rm(file);
  await told;
  assert.ok(!(await names(client)).includes("shout"));
});
await check("asks an agent and watches its progress", async () => {
  const seen = [];
  const result = await client.callTool({ name: "ask_agent", arguments: { query: "What is 12 * 7?" } }, undefined, {
    ...patient,
    onprogress: (progress) => seen.push(progress.progress),
  });
  assert.ok(!result.isError, JSON.stringify(result));
  assert.ok(result.content[0].text.length > 0);
  assert.ok(result.structuredContent.session_id);
  assert.ok(seen.length > 0, "no progress");
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
});
await check("gets a prompt", async () => {
  const { prompts } = await client.listPrompts();
  const review = prompts.find((prompt) => prompt.name === "code_review");
  assert.ok(review.arguments.some((argument) => argument.name === "code" && argument.required));
  const { messages } = await client.getPrompt({ name: "code_review", arguments: { code: "let x = 1" } });
  assert.match(messages[0].content.text, /let x = 1/);
  const { completion } = await client.complete({
    ref: { type: "ref/prompt", name: "code_review" }, argument: { name: "focus", value: "s" },
  });
  assert.ok(completion.values.includes("security"));
});
await check("reads a manifest and hears of its change", async () => {
  const { resources } = await client.listResources();
  const uri = resources[0].uri;
  assert.ok((await client.readResource({ uri })).contents[0].text.length > 0);
  await client.subscribeResource({ uri });
  const told = next(client, ResourceUpdatedNotificationSchema);
  await writeFile(join(folder, "manifests", resources[0].name), "Other words.");
  assert.equal((await told).params.uri, uri);
  assert.equal((await client.readResource({ uri })).contents[0].text, "Other words.\n");
});
await check("ends its session", async () => {
  await transport.terminateSession();
  await client.close();
});
console.log(passed, "passed, 0 failed");
