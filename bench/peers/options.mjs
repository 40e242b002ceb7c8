import { parseArgs } from 'node:util';

import { scenarioNames } from './scenarios/index.mjs';
import { files as solutionNames } from './solutions/index.mjs';

export const ADAPTERS = ['express', 'fastify'];

/**
 * What is asked for on the command line. Each filter can be given several times.
 *
 * @throws with one line for the user
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      solution: { type: 'string', multiple: true },
      scenario: { type: 'string', multiple: true },
      adapter: { type: 'string', multiple: true, default: ADAPTERS },
      rounds: { type: 'string', default: '1' },
      parallel: { type: 'string', default: '6' },
      minutes: { type: 'string' },
      resume: { type: 'boolean', default: false },
      draw: { type: 'boolean', default: false },
    },
  });
  names('adapter', values.adapter, ADAPTERS);
  names('scenario', values.scenario, scenarioNames);
  names('solution', values.solution, solutionNames);
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

function names(option, given = [], known) {
  const wrong = given.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new Error(`--${option} is '${wrong}', expected one of ${known.join(', ')}`);
}

function count(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option} is '${text}', expected a whole number from 1`);
}
