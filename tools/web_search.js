/// <reference path="./magic-proxy.d.ts" />
// Searches the web with Tavily (https://docs.tavily.com/documentation/api-reference/endpoint/search).

export const manifest = {
  title: 'Web search',
  effect: 'none',
  timeout: '60s',
  network: ['api.tavily.com'],
};

const FILE = 'env/web_search.env';
const MAX_CONTENT = 4000;

// What Tavily's own client tells apart, and what can be done about it.
const REMEDIES = {
  400: 'ask otherwise',
  401: `the key is not valid: put a valid TAVILY_API_KEY into ${FILE}`,
  403: 'the key may not do this',
  429: 'too many searches in a short time: wait a while',
  432: "the key's plan is used up",
  433: "the key's limit is used up",
};

const failure = (answer) => {
  let said = '';
  try {
    said = answer.json().detail?.error ?? '';
  } catch {
    // Not every failure is Tavily's own: what stands between may answer with a page.
  }
  const remedy = REMEDIES[answer.status] ?? 'try again later';
  return new Error(`Tavily answered ${answer.status}${said === '' ? '' : ` (${said})`}: ${remedy}`);
};

// A page of whatever stands between may come with a status of success, too.
const found = (answer) => {
  try {
    const { results, answer: summary } = answer.json();
    if (Array.isArray(results)) return { results, summary };
  } catch {
    // Said below.
  }
  throw new Error('Tavily answered with no JSON that has a list of results: try again later');
};

const shortened = (text) => (text.length <= MAX_CONTENT ? text : `${text.slice(0, MAX_CONTENT)}…`);

/**
 * Searches the web, and gives for each hit its title, address, what it says about the question, and how well it fits (score, 0 to 1).
 * @param {string} query - What to look for, in words or as a question.
 * @param {integer} [max_results=5] - How many hits at most, 1 to 20.
 * @param {'basic' | 'advanced'} [depth='basic'] - advanced finds more fitting passages, takes longer and costs twice as much.
 */
export async function web_search(query, max_results = 5, depth = 'basic') {
  const key = tool.env.TAVILY_API_KEY;
  if (!key) {
    throw new Error(`web_search has no key: put TAVILY_API_KEY=… into ${FILE} (${FILE}.example shows how)`);
  }
  if (query.trim() === '') throw new Error('the query is empty');
  if (max_results < 1 || max_results > 20) throw new Error('max_results must be from 1 to 20');
  const base = (tool.env.PUBLIC_TAVILY_URL || 'https://api.tavily.com').replace(/\/+$/, '');
  const answer = await tool.fetch(`${base}/search`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}` },
    body: { query, max_results, search_depth: depth },
    timeout_ms: 45_000,
  });
  if (answer.status !== 200) throw failure(answer);
  const { results, summary } = found(answer);
  return {
    query,
    ...(summary ? { answer: summary } : {}),
    results: results.map(({ title, url, content, score, published_date }) => ({
      title,
      url,
      content: shortened(content ?? ''),
      ...(score === undefined ? {} : { score }),
      ...(published_date ? { published_date } : {}),
    })),
  };
}
