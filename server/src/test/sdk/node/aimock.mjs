// A third party's idea of the vendors' APIs, as upstream. Prints its address; ends with its standard input.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0 });
mock.on({ hasToolResult: true }, { content: "It is 7 degrees in Oslo." });
mock.onMessage("weather", { toolCalls: [{ name: "get_weather", arguments: '{"city":"Oslo"}' }] });
mock.onMessage("structured", { content: '{"name":"Ada","age":36}' });
// Each vendor reads its own names.
const usage = {
  prompt_tokens: 5, completion_tokens: 7, total_tokens: 12,
  input_tokens: 5, output_tokens: 7,
  promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12,
};
mock.onMessage("hello", { content: "Hi there, this is a longer greeting!", usage });
mock.onEmbedding(/.*/, { embedding: [0.5, -0.25, 0.125] });
mock.onMessage("too fast", { error: { message: "slow down", type: "rate_limit_error" }, status: 429 });
await mock.start();
console.log(mock.url);
process.stdin.resume();
process.stdin.on("end", async () => {
  await mock.stop();
  process.exit(0);
});
