import { parseArgs } from 'node:util';

const ADAPTERS = ['express', 'fastify'];

/** What is asked for on the command line. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      solution: { type: 'string' },
      scenario: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      adapter: { type: 'string', default: 'express' },
      draw: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds takes a number from 1');
  if (!ADAPTERS.includes(values.adapter)) throw new Error(`--adapter is ${ADAPTERS.join(' or ')}`);
  return { ...values, rounds };
}
