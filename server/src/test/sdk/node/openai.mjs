// The official npm SDK against the gateway: argv = base URL, key, models that chat.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const [baseURL, apiKey, ...models] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const user = (content) => [{ role: "user", content }];
const tools = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Tells the weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
    },
  },
];
const passed = [];
async function check(name, body) {
  await body();
  passed.push(name);
  console.log("ok", name);
}

for (const model of models) {
  await check(`${model}: chat`, async () => {
    const answer = await client.chat.completions.create({ model, messages: user("hello") });
    assert.equal(answer.choices[0].message.content, "Hi there, this is a longer greeting!");
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.ok(answer.usage.total_tokens > 0);
  });
  await check(`${model}: stream with usage`, async () => {
    const stream = await client.chat.completions.create({
      model, messages: user("hello"), stream: true, stream_options: { include_usage: true },
    });
    let text = "";
    let usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, "Hi there, this is a longer greeting!");
    assert.ok(usage.total_tokens > 0);
  });
  await check(`${model}: stream without usage`, async () => {
    for await (const chunk of await client.chat.completions.create({ model, messages: user("hello"), stream: true })) {
      assert.ok(chunk.choices.length > 0, "a chunk without choices that nobody asked for");
    }
  });
  await check(`${model}: tool round trip`, async () => {
    const first = await client.chat.completions.create({ model, messages: user("weather in Oslo?"), tools });
    const call = first.choices[0].message.tool_calls[0];
    assert.equal(first.choices[0].finish_reason, "tool_calls");
    assert.equal(call.function.name, "get_weather");
    assert.deepEqual(JSON.parse(call.function.arguments), { city: "Oslo" });
    const second = await client.chat.completions.create({
      model, tools,
      messages: [...user("weather in Oslo?"), first.choices[0].message, { role: "tool", tool_call_id: call.id, content: '{"celsius":7}' }],
    });
    assert.equal(second.choices[0].message.content, "It is 7 degrees in Oslo.");
  });
  await check(`${model}: streamed tool call`, async () => {
    const stream = client.chat.completions.stream({ model, messages: user("weather in Oslo?"), tools });
    const message = await stream.finalMessage();
    assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: "Oslo" });
  });
  await check(`${model}: structured output`, async () => {
    const answer = await client.chat.completions.parse({
      model, messages: user("structured please"),
      response_format: zodResponseFormat(z.object({ name: z.string(), age: z.number() }), "person"),
    });
    assert.deepEqual(answer.choices[0].message.parsed, { name: "Ada", age: 36 });
  });
}

await check("embeddings", async () => {
  const answer = await client.embeddings.create({ model: "vectors", input: "hello", encoding_format: "float" });
  assert.deepEqual(answer.data[0].embedding, [0.5, -0.25, 0.125]);
  // The SDK asks for base64 unless told otherwise.
  const packed = await client.embeddings.create({ model: "packed", input: ["hello", "world"], dimensions: 8 });
  assert.equal(packed.data[1].embedding.length, 8);
  assert.ok(Math.abs(packed.data[0].embedding.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-6);
});
await check("models", async () => {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  assert.ok(models.every((model) => ids.includes(model)));
  assert.equal((await client.models.retrieve(models[0])).id, models[0]);
});
await check("an agent's thoughts and answer", async () => {
  const { data, response } = await client.chat.completions
    .create({ model: "agent", messages: user("hello"), stream: true, stream_options: { include_usage: true } })
    .withResponse();
  let [thoughts, text, usage] = ["", "", null];
  for await (const chunk of data) {
    thoughts += chunk.choices[0]?.delta?.reasoning_content ?? "";
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.ok(response.headers.get("x-magic-session"));
  assert.equal(thoughts, "I think of hello.");
  assert.ok(text.endsWith("answer to hello"), text);
  assert.ok(usage.total_tokens > 0);
  const whole = await client.chat.completions.create({ model: "agent", messages: user("hello") });
  assert.equal(whole.choices[0].message.content, text);
  assert.equal(whole.choices[0].message.reasoning_content, thoughts);
  const retrying = new OpenAI({ baseURL, apiKey, maxRetries: 2 });
  await assert.rejects(retrying.chat.completions.create({ model: "agent", messages: user("fail") }), OpenAI.InternalServerError);
  await assert.rejects(client.chat.completions.create({ model: "agent", messages: user("x"), tools }), OpenAI.BadRequestError);
});
await check("errors by their own classes", async () => {
  const wrong = new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 });
  await assert.rejects(wrong.models.list(), OpenAI.AuthenticationError);
  await assert.rejects(client.chat.completions.create({ model: "nothing", messages: user("hello") }), OpenAI.NotFoundError);
  await assert.rejects(client.chat.completions.create({ model: models[0], messages: "hello" }), (e) => e instanceof OpenAI.BadRequestError && e.param === "messages");
  await assert.rejects(client.chat.completions.create({ model: "limited", messages: user("hello") }), (e) => e instanceof OpenAI.RateLimitError && e.headers.get("retry-after") !== null);
});
await check("an error in mid-stream is an error", async () => {
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of await client.chat.completions.create({ model: "broken", messages: user("hello"), stream: true })) {
      text += chunk.choices[0]?.delta?.content ?? "";
    }
  }, OpenAI.APIError);
  assert.equal(text, "half");
});
await check("unknown fields and the way an answer came are visible", async () => {
  const { data, response } = await client.chat.completions.create({ model: "extras", messages: user("hello") }).withResponse();
  assert.equal(data.x_vendor.deep, 1.5);
  assert.equal(data.choices[0].message.reasoning_content, "hm");
  assert.equal(response.headers.get("x-magic-model"), "extras");
});
await check("an abort before the first byte and in mid-stream", async () => {
  const before = new AbortController();
  const waiting = client.chat.completions.create({ model: "hanging", messages: user("hello") }, { signal: before.signal });
  setTimeout(() => before.abort(), 300);
  await assert.rejects(waiting, OpenAI.APIUserAbortError);
  const during = new AbortController();
  const stream = await client.chat.completions.create({ model: "endless", messages: user("hello"), stream: true }, { signal: during.signal });
  for await (const _ of stream) break;
  during.abort();
});
await check("virtual keys: each refusal is an exception of its own", async () => {
  let sent = 0;
  const counting = (...request) => (sent++, fetch(...request));
  const of = (name, options = {}) => new OpenAI({ baseURL, apiKey: `virtual-key-that-${name}`, fetch: counting, ...options });
  const ask = (key, model) => key.chat.completions.create({ model, messages: user("hello") });
  const narrow = of("is-narrow");
  assert.deepEqual((await narrow.models.list()).data.map((model) => model.id), ["gpt"]);
  await assert.rejects(ask(narrow, "gemini"), OpenAI.PermissionDeniedError);
  await assert.rejects(ask(of("has-ended"), models[0]), OpenAI.AuthenticationError);
  const slow = of("is-slow", { maxRetries: 0 });
  // Somebody else may have used it within the minute.
  await ask(slow, models[0]).catch((error) => assert.ok(error instanceof OpenAI.RateLimitError));
  await assert.rejects(ask(slow, models[0]), OpenAI.RateLimitError);
  sent = 0;
  await assert.rejects(ask(of("is-spent"), models[0]), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "insufficient_quota");
    return true;
  });
  assert.equal(sent, 1, "a spent budget is asked of again");
});
console.log(`${passed.length} passed, 0 failed`);
