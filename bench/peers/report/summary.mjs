// What the numbers amount to.
import { chooseScenarios } from '../scenarios/index.mjs';

/** A difference in time that says something. */
const NOTABLE_MS = 100;
/** The same of a figure, such as the processor time of a request. */
const NOTABLE_SHARE = 0.05;
/** So late were the clients themselves that what they saw says little of the solution. */
export const LATE_MS = 100;
export const OURS = 'nestjs-drain';

/** All rounds of a solution in a scenario. A round that could not be measured only adds to `errors`. */
export function summarize(all) {
  const rounds = all.filter(({ error }) => error === undefined);
  const errors = unique(all.flatMap(({ error }) => error ?? []));
  if (rounds.length === 0) return { rounds: 0, errors };
  const of = (key) => spread(rounds.map((round) => round[key] ?? 0));
  const sum = (key) => rounds.reduce((total, round) => total + (round[key] ?? 0), 0);
  const [value, unit] = [of('value'), rounds.at(-1).unit];
  return {
    rounds: rounds.length,
    errors,
    sent: of('sent').median,
    lost: of('lost'),
    ways: { wrong: sum('wrong'), reset: sum('reset'), refused: sum('refused') },
    ms: of('ms'),
    lateMs: of('lateMs').worst,
    killed: rounds.filter(({ exit }) => exit === 'killed').length,
    exits: unique(rounds.map(({ exit }) => exit)),
    figure: unit === undefined ? undefined : { ...value, unit },
    notes: unique(rounds.flatMap(({ note }) => note ?? [])),
  };
}

/** Of two in the middle the worse one, so that no median is one that was not measured. */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], worst: sorted.at(-1) };
}

/**
 * How this module did in a scenario, next to the others: who lost fewer requests, or as few and did
 * not have to be killed; who, losing no more, was gone sooner; and whose figure is lower.
 */
export function compare(cells) {
  const measured = cells.filter(({ rounds }) => rounds > 0);
  const ours = measured.find(({ solution }) => solution === OURS);
  const others = measured.filter((cell) => cell !== ours);
  if (ours === undefined) return { better: [], faster: [], cheaper: [] };
  const isCheaper = ({ figure }) =>
    figure !== undefined && figure.median < ours.figure.median * (1 - NOTABLE_SHARE);
  return {
    better: others.filter((cell) => rank(cell, ours) < 0),
    faster: ours.figure === undefined ? others.filter((cell) => isFaster(cell, ours)) : [],
    cheaper: others.filter(isCheaper),
  };
}

function isFaster(cell, ours) {
  return rank(cell, ours) <= 0 && cell.ms.median < ours.ms.median - NOTABLE_MS;
}

/** Below 0: the first is better. A request that is lost is worse than a process that is killed. */
function rank(a, b) {
  return (
    a.lost.median - b.lost.median ||
    a.lost.worst - b.lost.worst ||
    Number(a.killed > 0) - Number(b.killed > 0)
  );
}

/** The scenarios that have been measured, in the order of the page. */
export function scenariosOf({ cells }) {
  return chooseScenarios()
    .filter(([file]) => cells.some(({ scenario }) => scenario === file))
    .map(([file, scenario]) => ({ file, ...scenario }));
}

/** The cells of one scenario, in the order of the solutions. What was not measured is not among them. */
export function cellsOf({ solutions, cells }, scenario) {
  return solutions.flatMap(({ file, name }) => {
    const found = cells.find((cell) => cell.scenario === scenario && cell.solution === file);
    return found === undefined ? [] : [{ solution: file, name, ...summarize(found.rounds) }];
  });
}

function unique(values) {
  return [...new Set(values)];
}
