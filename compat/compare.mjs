/** Less says nothing of a process that starts, or of a test that waits for a timer. */
const SLOWER_BY_MS = 500;
const SLOWER_TIMES = 1.5;

/** What is so in every run with the module, and in no run without it. */
export function compare({ without, with: ours }) {
  const rootModules = Math.min(...ours.map((run) => run.rootModules));
  const differences = [...ofCommand(without, ours), ...ofTests(without, ours)];
  const [first] = ours;
  return {
    rootModules,
    without: without.map(summary),
    with: ours.map(summary),
    differences,
    ...(differences.length > 0 ? { outputEnd: first.outputEnd } : {}),
  };
}

function summary({ code, isHung, ms, tests }) {
  const passed = tests.filter(({ isPassed }) => isPassed).length;
  return { exit: code, isHung, ms, passed, failed: tests.length - passed };
}

function ofCommand(without, ours) {
  const only = (is) => ours.every(is) && !without.some(is);
  if (only(({ isHung }) => isHung)) return [{ kind: 'hangs', what: 'the command' }];
  if (only(({ code }) => code !== 0)) return [{ kind: 'fails', what: 'the command' }];
  return ofTime('the command', without, ours);
}

function ofTests(without, ours) {
  const before = byName(without);
  const after = byName(ours);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => ofTest(name, before.get(name) ?? [], after.get(name) ?? []));
}

/** What fails without it as well, once, is no difference. */
function ofTest(what, before, after) {
  if (!before.some(({ isPassed }) => isPassed) || before.some(({ isPassed }) => !isPassed))
    return [];
  if (after.length === 0) return [{ kind: 'is missing', what }];
  if (after.every(({ isPassed }) => !isPassed)) return [{ kind: 'fails', what }];
  return ofTime(what, before, after);
}

function ofTime(what, before, after) {
  const [slowest, fastest] = [Math.max(...times(before)), Math.min(...times(after))];
  const isSlower = fastest > slowest * SLOWER_TIMES && fastest > slowest + SLOWER_BY_MS;
  return isSlower ? [{ kind: 'is slower', what, withoutMs: slowest, withMs: fastest }] : [];
}

function times(runs) {
  return runs.map(({ ms = 0 }) => ms);
}

function byName(runs) {
  const all = new Map();
  for (const { name, ...test } of runs.flatMap(({ tests }) => tests)) {
    all.set(name, [...(all.get(name) ?? []), test]);
  }
  return all;
}
