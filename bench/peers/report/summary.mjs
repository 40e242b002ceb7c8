// What the numbers of a run amount to.

/** A difference in time that says something, on a machine that does other things, too. */
const NOTABLE_MS = 100;
/** So late were the clients themselves that what they saw says little of the solution. */
export const LATE_MS = 100;
export const OURS = 'nestjs-drain';

/** All rounds of a solution in a scenario: counts are added up, the time is the median. */
export function summarize(rounds) {
  const sum = (key) => rounds.reduce((total, round) => total + round[key], 0);
  const times = rounds.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return {
    sent: sum('sent'),
    lost: sum('lost'),
    wrong: sum('wrong'),
    reset: sum('reset'),
    refused: sum('refused'),
    ms: times[Math.floor((times.length - 1) / 2)],
    lateMs: Math.max(...rounds.map(({ lateMs = 0 }) => lateMs)),
    killed: rounds.some(({ killed }) => killed),
    exits: unique(rounds.map((round) => (round.killed ? 'killed' : (round.signal ?? round.code)))),
    notes: unique(rounds.flatMap(({ note }) => note ?? [])),
  };
}

/**
 * How this module did in a scenario, next to the others: who lost fewer requests, or as few and did
 * not have to be killed; and who, losing as few, was gone sooner.
 */
export function compare(cells) {
  const ours = cells.find(({ solution }) => solution === OURS);
  const others = cells.filter((cell) => cell !== ours);
  if (ours === undefined || others.length === 0) return undefined;
  return {
    better: others.filter((cell) => rank(cell) < rank(ours)),
    faster: others
      .filter((cell) => rank(cell) <= rank(ours) && cell.ms < ours.ms - NOTABLE_MS)
      .toSorted((a, b) => a.ms - b.ms),
    asGood: others.filter((cell) => rank(cell) === rank(ours)),
  };
}

/** Lower is better; a request that was lost is worse than a process that was killed. */
function rank({ lost, killed }) {
  return 2 * lost + (killed ? 1 : 0);
}

/** The cells of one scenario of a run, in the order of its solutions. */
export function cellsOf(run, scenario) {
  return run.solutions.flatMap(({ file, name }) => {
    const found = run.cells.find((cell) => cell.scenario === scenario && cell.solution === file);
    return found === undefined ? [] : [{ solution: file, name, ...summarize(found.rounds) }];
  });
}

function unique(values) {
  return [...new Set(values)];
}
