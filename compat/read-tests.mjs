// What a test runner prints, as tests: the JSON of Jest and Vitest, or of Mocha, or else the lines that
// most runners print, one a test.
const PASSED = /^\s*(?:✓|✔|√|ok \d+ -)\s+(.+?)(?:\s+\(?([\d.]+) ?ms\)?)?\s*$/;
const FAILED = /^\s*(?:✗|✖|×|✕|not ok \d+ -|\d+\))\s+(.+?[^:\s])(?:\s+\(?([\d.]+) ?ms\)?)?\s*$/;

/** @returns the tests by name; of equal names each has its number, but failures are printed twice */
export function readTests(output) {
  const found = readJson(output) ?? readLines(output);
  const counts = new Map();
  return found.flatMap(({ name, ...test }) => {
    const key = `${name} ${test.isPassed}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    if (nth > 1 && !test.isPassed) return [];
    return [{ name: nth === 1 ? name : `${name} (${nth})`, ...test }];
  });
}

function readJson(output) {
  const begin = output.search(/^\{/m);
  if (begin < 0) return undefined;
  try {
    return fromJson(JSON.parse(output.slice(begin, output.lastIndexOf('}') + 1)));
  } catch {
    return undefined;
  }
}

function fromJson({ testResults, tests }) {
  if (testResults !== undefined) {
    return testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, duration }) => ({
        name: fullName,
        isPassed: status === 'passed',
        ms: duration ?? undefined,
      }));
  }
  return tests?.map(({ fullTitle, duration, err }) => ({
    name: fullTitle,
    isPassed: Object.keys(err ?? {}).length === 0,
    ms: duration,
  }));
}

function readLines(output) {
  return output.split('\n').flatMap((line) => {
    const passed = PASSED.exec(line);
    const [, name, ms] = passed ?? FAILED.exec(line) ?? [];
    if (name === undefined) return [];
    return [
      {
        name,
        isPassed: passed !== null,
        ms: ms === undefined ? undefined : Math.round(Number(ms)),
      },
    ];
  });
}
