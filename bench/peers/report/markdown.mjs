import { exit, lostOf, seconds } from './format.mjs';
import { cellsOf, compare, LATE_MS, OURS } from './summary.mjs';

const code = '../bench/peers';
const adapters = { express: 'Express', fastify: 'Fastify' };

/** The page, of one run for each adapter. */
export function comparison(runs) {
  const [first] = runs;
  return [
    '# Comparison',
    'One Nest application, the same clients, real processes and sockets: once with this module, and ' +
      'once with each alternative. `npm run bench:peers` generates this page from what it measures, ' +
      'including where this module is not the best.',
    '## The solutions',
    solutionsTable(first),
    `Each has the same times, as far as its options allow: ${times(first)}. If a library leaves the ` +
      'signal to its user, the handler does what a careful user would: readiness turns red, the ' +
      'grace period passes, the library stops the server, then Nest closes. The wiring names the ' +
      'section of the README or the docs that it follows.',
    `A process that is still running ${first.killAfterMs / 1000} s after the signal is killed. ` +
      'Kubernetes waits 30 s, but not every platform does.',
    '## What the numbers mean',
    '- **lost**: requests without the answer they should have got, the sum of the next three.\n' +
      '- **wrong**: an answer came, with a status of 500 or more, or with a body that looked complete ' +
      'and was not.\n' +
      '- **reset**: the connection broke before the whole answer had arrived.\n' +
      '- **refused**: the instance no longer accepted the connection.\n' +
      '- **to exit**: from the signal to the end of the process, grace period included. Solutions ' +
      `without one are ${first.budget.gracePeriodMs / 1000} s faster, and lose what a balancer still sends.\n` +
      '- **exit**: the exit code, or the signal by which the process ended.',
    'If clients continue until they are told to stop, the number of requests depends on the ' +
      'solution.',
    ...runs.flatMap((run) => runSection(run, runs.length > 1)),
    '',
  ].join('\n\n');
}

function runSection(run, isOneOfSeveral) {
  const { adapter, machine, rounds } = run;
  const on = adapters[adapter];
  const picture = adapter === 'express' ? 'comparison' : `comparison-${adapter}`;
  return [
    `## On ${on}`,
    `Node ${machine.node}, Nest ${run.nest}, ${machine.cores} cores (${machine.processor}), ` +
      `${machine.platform}, clients included, over loopback; ${rounds} ` +
      `${rounds === 1 ? 'round' : 'rounds: counts are added up, times are medians'}. ${business(run)}`,
    `![A matrix of scenarios and solutions: what each lost, and how long it took to exit](images/${picture}.svg)`,
    `### Where ${OURS} is not the best${isOneOfSeveral ? `, on ${on}` : ''}`,
    weakSpots(run),
    `### Each scenario${isOneOfSeveral ? `, on ${on}` : ''}`,
    ...run.scenarios.flatMap((scenario) => scenarioSection(run, scenario)),
  ];
}

function solutionsTable(run) {
  const rows = run.solutions.map(({ file, name, version, grace }) => [
    name,
    version,
    grace,
    `[${file}.mjs](${code}/solutions/${file}.mjs)`,
  ]);
  return table(['', 'version', 'readiness and grace period', 'wiring'], rows);
}

function times({ budget, workMs }) {
  const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs } = budget;
  return (
    `${gracePeriodMs / 1000} s of grace for the balancer, ${drainTimeoutMs / 1000} s for requests ` +
    `in flight, which take ${workMs / 1000} s, and ${closeTimeoutMs / 1000} s for Nest's own teardown`
  );
}

/** Whether the machine did other things meanwhile. */
function business(run) {
  const cells = run.scenarios.flatMap(({ file }) => cellsOf(run, file));
  const late = cells.filter((cell) => isLate(cell)).length;
  const load = `The load average was ${run.machine.load} at the start.`;
  if (late === 0) return load;
  return (
    `${load} In ${late} of ${cells.length} cells, marked with \\*, the clients themselves were late ` +
    `by more than ${LATE_MS / 1000} s, because the machine was busy: those cells say little.`
  );
}

function isLate({ lateMs }) {
  return lateMs > LATE_MS;
}

/** Computed, so that no run can be told better than it was. */
function weakSpots(run) {
  const rows = run.scenarios.flatMap(({ file, title }) => {
    const cells = cellsOf(run, file);
    const compared = compare(cells);
    if (compared === undefined) return [];
    const ours = cells.find(({ solution }) => solution === OURS);
    const { better, faster } = compared;
    if (better.length === 0 && faster.length === 0) return [];
    const lost = better.map((cell) => `${cell.name} (${cell.lost})`).join(', ');
    const sooner = faster.map((cell) => `${cell.name} (${seconds(cell.ms)})`).join(', ');
    return [[title, lostOf(ours), lost || '-', seconds(ours.ms), sooner || '-']];
  });
  if (rows.length === 0) return 'Nowhere, in this run.';
  return [
    'Solutions that lost fewer requests, and solutions that lost no more and exited sooner by more ' +
      `than 0.1 s. Those without a grace period are ${run.budget.gracePeriodMs / 1000} s faster by that alone.`,
    table(['', 'lost', 'fewer lost by', 'to exit', 'faster'], rows),
  ].join('\n\n');
}

function scenarioSection(run, { file, title, text }) {
  const cells = cellsOf(run, file);
  const { better = [], faster = [] } = compare(cells) ?? {};
  const mark = better.length > 0 ? ' ◆' : faster.length > 0 ? ' ◇' : '';
  const hasNotes = cells.some(({ notes }) => notes.length > 0);
  const rows = cells.map((cell) => [
    (cell.solution === OURS ? `**${cell.name}**` : cell.name) + (isLate(cell) ? ' \\*' : ''),
    lostOf(cell),
    cell.wrong,
    cell.reset,
    cell.refused,
    seconds(cell.ms),
    exit(cell, run.killAfterMs),
    ...(hasNotes ? [cell.notes.join('; ')] : []),
  ]);
  const head = [
    '',
    'lost',
    'wrong',
    'reset',
    'refused',
    'to exit',
    'exit',
    ...(hasNotes ? [''] : []),
  ];
  return [
    `#### ${title}${mark}`,
    `${text} ([${file}.mjs](${code}/scenarios/${file}.mjs))`,
    table(head, rows),
  ];
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
