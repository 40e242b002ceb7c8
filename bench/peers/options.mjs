import { parseArgs } from 'node:util';

export const ADAPTERS = ['express', 'fastify'];

/** What is asked for on the command line; each filter can be given several times. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      solution: { type: 'string', multiple: true },
      scenario: { type: 'string', multiple: true },
      adapter: { type: 'string', multiple: true, default: ADAPTERS },
      rounds: { type: 'string', default: '1' },
      parallel: { type: 'string', default: '3' },
      minutes: { type: 'string' },
      resume: { type: 'boolean', default: false },
      draw: { type: 'boolean', default: false },
    },
  });
  for (const adapter of values.adapter) {
    if (!ADAPTERS.includes(adapter)) throw new Error(`--adapter is ${ADAPTERS.join(' or ')}`);
  }
  const isWhole = values.solution === undefined && values.scenario === undefined;
  return {
    ...values,
    rounds: count('rounds', values.rounds),
    parallel: count('parallel', values.parallel),
    minutes: values.minutes === undefined ? Infinity : count('minutes', values.minutes),
    /** A part alone would take the place of the whole. */
    isKept: isWhole || values.resume,
  };
}

function count(name, text) {
  const number = Number(text);
  if (!(Number.isInteger(number) && number > 0)) throw new Error(`--${name} takes a number from 1`);
  return number;
}
