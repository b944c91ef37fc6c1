// Asks Lighthouse for the scores of pages on a phone. Reads a list of pages from standard input, tells one line a page:
//   [{name, url, categories, skip, runs}]  →  {name, scores: {category: 0…100}, failed: {category: [audit]}}
// Of several runs it tells the median, and each audit that failed in any.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const QUIET = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-first-run",
];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// A busy machine can lose the trace of a page load; what is wrong with the page itself is wrong each time.
async function run(page, port, tries = 3) {
  const { lhr } = await lighthouse(page.url, {
    port, logLevel: "silent", onlyCategories: page.categories, skipAudits: page.skip, disableFullPageScreenshot: true,
  });
  if (!lhr.runtimeError) return lhr;
  if (tries === 1) throw new Error(`${page.url}: ${lhr.runtimeError.message}`);
  return run(page, port, tries - 1);
}

function failed(lhr, category) {
  const weighed = lhr.categories[category].auditRefs.filter((ref) => ref.weight > 0);
  const audits = weighed.map((ref) => lhr.audits[ref.id]);
  return audits.filter((audit) => audit.score !== null && audit.score < 1).map((audit) => audit.id);
}

async function measure(page, port) {
  const results = [];
  for (let count = 0; count < page.runs; count++) results.push(await run(page, port));
  const told = { name: page.name, scores: {}, failed: {} };
  for (const category of page.categories) {
    told.scores[category] = Math.round(100 * median(results.map((lhr) => lhr.categories[category].score)));
    told.failed[category] = [...new Set(results.flatMap((lhr) => failed(lhr, category)))];
  }
  return told;
}

const input = [];
for await (const chunk of process.stdin) input.push(chunk);
const chrome = await launch({ chromePath: process.env.CHROME_PATH, chromeFlags: QUIET });
try {
  for (const page of JSON.parse(Buffer.concat(input).toString())) {
    console.log(JSON.stringify(await measure(page, chrome.port)));
  }
} finally {
  chrome.kill();
}
