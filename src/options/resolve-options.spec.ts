import { describe, expect, it } from 'vitest';

import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
import { isGraceAdaptive, resolveOptions } from './resolve-options.js';

const NOWHERE: NodeJS.ProcessEnv = {};
const KUBERNETES: NodeJS.ProcessEnv = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
const DURATIONS = [
  'gracePeriodMs',
  'minGracePeriodMs',
  'maxGracePeriodMs',
  'drainTimeoutMs',
  'closeTimeoutMs',
  'idleLingerMs',
];

const NUMBER = 'a whole number of milliseconds from 0 to 86400000';
const SIGNALS = 'an array of signal names such as SIGTERM, without SIGKILL and SIGSTOP';

const ROWS = 'an array of { name, metadata, methods? }';

function errorFor(given: unknown, env = NOWHERE): GracefulShutdownError {
  try {
    resolveOptions(given, env);
  } catch (error) {
    if (error instanceof GracefulShutdownError) return error;
    throw error;
  }
  throw new Error('the options were accepted');
}

describe('options', () => {
  it('have defaults that fit the 30 s of Kubernetes', () => {
    expect(resolveOptions({}, KUBERNETES)).toEqual({
      // By the terminal that the tests may run at.
      reportLog: expect.stringMatching(/^(none|compact)$/) as unknown,
      signals: ['SIGTERM', 'SIGINT'],
      gracePeriodMs: 5000,
      minGracePeriodMs: 5000,
      maxGracePeriodMs: 5000,
      drainTimeoutMs: 20_000,
      closeTimeoutMs: 4000,
      idleLingerMs: 1000,
      websocketCloseCode: 1012,
      stopConsumers: 'auto',
      drainOnCrash: false,
      terminationLog: '/dev/termination-log',
      reportClients: false,
      random: Math.random,
      trackHandlers: [],
    });
  });

  it.each([
    { where: 'in Kubernetes', env: KUBERNETES, gracePeriodMs: 5000 },
    { where: 'elsewhere', env: NOWHERE, gracePeriodMs: 0 },
    {
      where: 'where the variable is empty',
      env: { KUBERNETES_SERVICE_HOST: '' },
      gracePeriodMs: 0,
    },
  ])('wait $gracePeriodMs ms for a balancer $where', ({ env, gracePeriodMs }) => {
    expect(resolveOptions({}, env)).toMatchObject({ gracePeriodMs });
  });

  it('override the defaults, including those from the environment', () => {
    const given = {
      signals: ['SIGUSR2'],
      gracePeriodMs: 0,
      drainTimeoutMs: 1,
      closeTimeoutMs: 2,
      idleLingerMs: 86_400_000,
      websocketCloseCode: 4000,
      stopConsumers: 'after-requests',
      drainOnCrash: true,
      minGracePeriodMs: 0,
      maxGracePeriodMs: 1,
      reportFile: '/tmp/report.json',
      terminationLog: '/tmp/log',
      reportClients: true,
      platformTimeoutSeconds: 30,
      reportLog: 'full',
      random: Math.cos,
      trackHandlers: [{ name: 'mail', metadata: Symbol('mail'), methods: ['send'] }],
    };
    expect(resolveOptions(given, KUBERNETES)).toEqual(given);
  });

  it('accept the older name of platformTimeoutSeconds', () => {
    const older = { terminationGracePeriodSeconds: 30 };
    expect(resolveOptions(older, NOWHERE)).toMatchObject({ platformTimeoutSeconds: 30 });
    const both = { ...older, platformTimeoutSeconds: 60 };
    expect(resolveOptions(both, NOWHERE)).toMatchObject({ platformTimeoutSeconds: 60 });
    expect(resolveOptions(both, NOWHERE)).not.toHaveProperty('terminationGracePeriodSeconds');
  });

  it.each<[string, object, NodeJS.ProcessEnv]>([
    ['the platform gives', {}, { K_SERVICE: 'orders' }],
    ['an option says', { platformTimeoutSeconds: 10 }, NOWHERE],
    ['a variable says', {}, { PLATFORM_TIMEOUT_SECONDS: '10' }],
  ])('have defaults that fit the 10 s that %s', (_, given, env) => {
    expect(resolveOptions(given, env)).toMatchObject({
      gracePeriodMs: 0,
      drainTimeoutMs: 7200,
      closeTimeoutMs: 1800,
    });
  });

  it('have defaults where they are undefined', () => {
    const given = { signals: undefined, drainTimeoutMs: undefined, random: undefined };
    expect(resolveOptions(given, NOWHERE)).toEqual(resolveOptions({}, NOWHERE));
  });

  it('may listen to no signal at all', () => {
    expect(resolveOptions({ signals: [] }, NOWHERE)).toMatchObject({ signals: [] });
  });
});

describe('bad options', () => {
  const durations = DURATIONS.flatMap((name) =>
    [
      { value: -1, shown: '-1' },
      { value: NaN, shown: 'NaN' },
      { value: Infinity, shown: 'Infinity' },
      { value: 0.5, shown: '0.5' },
      { value: 86_400_001, shown: '86400001' },
      { value: '5000', shown: "'5000'" },
      { value: 5n, shown: '5n' },
      { value: null, shown: 'null' },
    ].map(({ value, shown }) => ({ name, value, shown, allowed: NUMBER })),
  );

  it.each([
    ...durations,
    { name: 'signals', value: ['SIGTERMINATE'], shown: "[ 'SIGTERMINATE' ]", allowed: SIGNALS },
    {
      name: 'signals',
      value: ['SIGTERM', 'SIGKILL'],
      shown: "[ 'SIGTERM', 'SIGKILL' ]",
      allowed: SIGNALS,
    },
    { name: 'signals', value: ['SIGSTOP'], shown: "[ 'SIGSTOP' ]", allowed: SIGNALS },
    { name: 'signals', value: [15], shown: '[ 15 ]', allowed: SIGNALS },
    { name: 'signals', value: 'SIGTERM', shown: "'SIGTERM'", allowed: SIGNALS },
    { name: 'signals', value: null, shown: 'null', allowed: SIGNALS },
    { name: 'drainOnCrash', value: 'yes', shown: "'yes'", allowed: 'true or false' },
    { name: 'drainOnCrash', value: 1, shown: '1', allowed: 'true or false' },
    {
      name: 'random',
      value: 0.5,
      shown: '0.5',
      allowed: 'a function that returns a number in [0, 1)',
    },
    { name: 'trackHandlers', value: 'event', shown: "'event'", allowed: ROWS },
    {
      name: 'trackHandlers',
      value: [{ name: 'event' }],
      shown: "[ { name: 'event' } ]",
      allowed: ROWS,
    },
    {
      name: 'trackHandlers',
      value: [{ name: 'event', metadata: 'event', methods: 'handle' }],
      shown: "[ { name: 'event', metadata: 'event', methods: 'handle' } ]",
      allowed: ROWS,
    },
  ])('stop the start: $name $shown', ({ name, value, shown, allowed }) => {
    const { code, message } = errorFor({ [name]: value });
    expect(code).toBe('ERR_SHUTDOWN_INVALID_OPTIONS');
    expect(message).toContain(`${name} is ${shown}`);
    expect(message).toContain(`expected ${allowed}`);
  });

  it('are named together with those that exist, if they are unknown', () => {
    const { code, message } = errorFor({ timeout: 5000 });
    expect(code).toBe('ERR_SHUTDOWN_INVALID_OPTIONS');
    expect(message).toContain('unknown option timeout');
    for (const name of [...DURATIONS, 'signals', 'drainOnCrash', 'random']) {
      expect(message).toContain(name);
    }
  });

  it.each(['toString', '__proto__', 'constructor'])('cannot hide behind %s', (name) => {
    const given: unknown = JSON.parse(`{ "${name}": 1 }`);
    expect(errorFor(given).message).toContain(`unknown option ${name}`);
  });

  it.each<[unknown]>([
    [{}],
    [{ port: 0 }],
    [{ port: 65_536 }],
    [{ port: '9000' }],
    [{ host: '127.0.0.1' }],
    [{ file: '' }],
    [{ grpc: false }],
    [{ grpc: 'yes' }],
    [{ port: 9000, path: '/ready' }],
    [[9000]],
    [9000],
  ])('include probes without a valid place: %j', (probes) => {
    expect(errorFor({ probes }).message).toContain(
      'expected an object with a port from 1 to 65535 (and a host), the path of a file, grpc: true, or several',
    );
  });

  it.each([{ port: 9000 }, { port: 9000, host: '::1' }, { file: '/tmp/ready' }, { grpc: true }])(
    'do not include probes with a valid place: %j',
    (probes) => {
      expect(resolveOptions({ probes }, NOWHERE)).toMatchObject({ probes });
    },
  );

  it('are all named in one error', () => {
    const { message } = errorFor({ gracePeriodMs: -1, timeout: 1, signals: 'SIGTERM' });
    expect(message).toContain('gracePeriodMs is -1');
    expect(message).toContain('unknown option timeout');
    expect(message).toContain("signals is 'SIGTERM'");
    expect(message.split('; ')).toHaveLength(3);
  });

  it.each([undefined, null, 'defaults', 5000])('include what is no object: %s', (given) => {
    const { code, message } = errorFor(given);
    expect(code).toBe('ERR_SHUTDOWN_MISSING_OPTIONS');
    expect(message).toContain(String(given));
  });

  it('include a promise, which has no options of its own', () => {
    const { code, message } = errorFor(Promise.resolve({ gracePeriodMs: 1 }));
    expect(code).toBe('ERR_SHUTDOWN_MISSING_OPTIONS');
    expect(message).toContain('got a promise as its options');
  });
});

describe('the bounds of the grace period', () => {
  it('are the grace period itself by default', () => {
    const resolved = resolveOptions({ gracePeriodMs: 7000 }, NOWHERE);
    expect(resolved).toMatchObject({ minGracePeriodMs: 7000, maxGracePeriodMs: 7000 });
    expect(isGraceAdaptive(resolved)).toBe(false);
  });

  it.each([
    { gracePeriodMs: 5000, minGracePeriodMs: 0 },
    { gracePeriodMs: 5000, minGracePeriodMs: 4999 },
    { gracePeriodMs: 5000, maxGracePeriodMs: 5001 },
    { gracePeriodMs: 5000, maxGracePeriodMs: 25_000 },
    { gracePeriodMs: 5000, minGracePeriodMs: 2000, maxGracePeriodMs: 8000 },
  ])('may be around it: %o', (given) => {
    const resolved = resolveOptions(given, NOWHERE);
    expect(resolved).toMatchObject(given);
    expect(isGraceAdaptive(resolved)).toBe(true);
  });

  it('have no effect without a grace period', () => {
    const given = { minGracePeriodMs: 2000, maxGracePeriodMs: 9000 };
    expect(isGraceAdaptive(resolveOptions(given, NOWHERE))).toBe(false);
    expect(isGraceAdaptive(resolveOptions(given, KUBERNETES))).toBe(true);
  });

  it.each([
    {
      given: { minGracePeriodMs: 5001 },
      problem: 'minGracePeriodMs is 5001, expected a value from 0 to gracePeriodMs (5000)',
    },
    {
      given: { maxGracePeriodMs: 4999 },
      problem:
        'maxGracePeriodMs is 4999, expected a value from gracePeriodMs (5000) to gracePeriodMs and ' +
        'drainTimeoutMs together (25000)',
    },
    {
      given: { gracePeriodMs: 1000, drainTimeoutMs: 500, maxGracePeriodMs: 1501 },
      problem: 'maxGracePeriodMs is 1501, expected a value from gracePeriodMs (1000) to',
    },
  ])('stop the start if they are not: $problem', ({ given, problem }) => {
    const { code, message } = errorFor(given, KUBERNETES);
    expect(code).toBe('ERR_SHUTDOWN_INVALID_OPTIONS');
    expect(message).toContain(problem);
  });

  it('are named in one error', () => {
    const given = { gracePeriodMs: 5000, minGracePeriodMs: 6000, maxGracePeriodMs: 4000 };
    const { message } = errorFor(given);
    expect(message).toContain('minGracePeriodMs is 6000');
    expect(message).toContain('maxGracePeriodMs is 4000');
  });
});

describe('options on unusual objects', () => {
  class Fields {
    readonly drainTimeoutMs = 1;
    protected readonly source = new Map([['close', 2]]).get('close');
  }
  class Getters {
    get drainTimeoutMs(): number {
      return 1;
    }
    get closeTimeoutMs(): number {
      return 2;
    }
    createGracefulShutdownOptions(): this {
      return this;
    }
  }
  class Inherits extends Getters {
    override get closeTimeoutMs(): number {
      return 3;
    }
  }

  it.each([
    ['getters of a class', new Getters(), { drainTimeoutMs: 1, closeTimeoutMs: 2 }],
    ['getters of the class it extends', new Inherits(), { drainTimeoutMs: 1, closeTimeoutMs: 3 }],
    ['a prototype', Object.create({ drainTimeoutMs: 1 }) as object, { drainTimeoutMs: 1 }],
    [
      'no prototype',
      Object.assign(Object.create(null) as object, { drainTimeoutMs: 1 }),
      { drainTimeoutMs: 1 },
    ],
  ])('are read: %s', (_, given, expected) => {
    expect(resolveOptions(given, NOWHERE)).toEqual({ ...resolveOptions({}, NOWHERE), ...expected });
  });

  it.each([
    ['a field that is no option', new Fields(), 'unknown option source'],
    ['a wrong value on a prototype', Object.create({ idleLingerMs: -1 }), 'idleLingerMs is -1'],
    [
      'a hole in signals',
      { signals: Object.assign([], { 0: 'SIGTERM', 2: 'SIGINT' }) },
      'signals is',
    ],
    ['a list', [], 'got an array as its options'],
    ['a signal that every object has', { signals: ['toString'] }, 'signals is'],
  ])('are refused: %s', (_, given: unknown, text) => {
    expect(() => resolveOptions(given, NOWHERE)).toThrow(text);
  });
});
