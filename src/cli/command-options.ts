import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';

import { PLATFORMS } from '../platforms/platforms.js';
import { LONGEST_SOCKET_PATH } from '../sockets/bind.js';
import { DURATION_EXAMPLES, parseDuration } from './duration.js';
import { processors } from './processors.js';

const PLATFORM_IDS = PLATFORMS.map(({ id }) => id);

/** The commands of `nestjs-drain`. @internal */
export type Action = 'run' | 'reload' | 'status' | 'report' | 'kubernetes' | 'rehearse';

/** An option of the command line. @internal */
export interface OptionRule {
  /** The property that holds its value. */
  readonly key: string;
  readonly actions: readonly Action[];
  /** Undefined if the option takes no value. */
  readonly value?: OptionValue;
  /** Whether the option may be given several times, each with another value. */
  readonly isRepeated?: true;
}

/** @internal */
export interface OptionValue {
  readonly allowed: string;
  /** Whether the option may be given without a value. The next word is its value only if allowed. */
  readonly isOptional?: true;
  /** @returns undefined if the text is not allowed */
  read(text: string): unknown;
}

const MOST_WORKERS = 1024;
/** A day. */
const MOST_SECONDS = 86_400;
const MOST_FAILURES = 1000;
const MOST_PORT = 65_535;
const MOST_CLIENTS = 500;
const MOST_RATE = 10_000;

const path: OptionValue = { allowed: 'a path', read: (text) => (text ? resolve(text) : undefined) };
const svgFile = outputFile('svg');
const htmlFile = outputFile('html');
const time: OptionValue = { allowed: DURATION_EXAMPLES, read: parseDuration };
const route: OptionValue = {
  allowed: 'a path that begins with /, such as /health/ready',
  read: (text) => (/^\/\S*$/.test(text) ? text : undefined),
};
const port: OptionValue = {
  allowed: `a port from 1 to ${MOST_PORT}`,
  read: (text) => wholeNumber(text, 1, MOST_PORT),
};
const pid: OptionValue = { allowed: 'the PID of a service', read: (text) => wholeNumber(text, 1) };

/** All options but `--help` and `--version`, by name without dashes. @internal */
export const OPTION_RULES: Readonly<Record<string, OptionRule>> = {
  workers: {
    key: 'workers',
    actions: ['run', 'reload'],
    value: {
      allowed: `a whole number from 1 to ${MOST_WORKERS}, or max for one per available CPU`,
      read: (text) => (text === 'max' ? processors() : wholeNumber(text, 1, MOST_WORKERS)),
    },
  },
  'ready-timeout': {
    key: 'readyTimeoutMs',
    actions: ['run'],
    value: {
      allowed: `more than 0, in ${DURATION_EXAMPLES}`,
      read: (text) => parseDuration(text) || undefined,
    },
  },
  'ready-path': {
    key: 'readyPath',
    actions: ['run'],
    value: route,
  },
  soak: { key: 'soakMs', actions: ['run'], value: time },
  hooks: {
    key: 'hooks',
    actions: ['run'],
    value: { allowed: 'a file that can be read', read: readableFile },
  },
  pid: { key: 'pid', actions: ['reload', 'status'], value: pid },
  'pid-file': { key: 'pidFile', actions: ['run', 'reload', 'status'], value: path },
  control: {
    key: 'control',
    actions: ['run', 'reload', 'status'],
    value: {
      allowed: `the path of a Unix socket, of at most ${LONGEST_SOCKET_PATH} bytes`,
      read: (text) => {
        const socket = path.read(text);
        return Buffer.byteLength(String(socket)) > LONGEST_SOCKET_PATH ? undefined : socket;
      },
    },
  },
  wait: { key: 'wait', actions: ['reload'] },
  json: { key: 'json', actions: ['status', 'rehearse', 'report'] },
  last: { key: 'last', actions: ['report'] },
  svg: { key: 'svg', actions: ['report', 'rehearse'], value: svgFile },
  html: { key: 'html', actions: ['report', 'rehearse'], value: htmlFile },
  junit: { key: 'junit', actions: ['rehearse'], value: outputFile('xml') },
  command: {
    key: 'command',
    actions: ['rehearse'],
    value: {
      allowed: "a command that starts the service, such as 'npm start'",
      read: (text) => text.trim() || undefined,
    },
  },
  port: {
    key: 'port',
    actions: ['rehearse'],
    value: {
      allowed: `a TCP port from 1 to ${MOST_PORT}`,
      read: (text) => wholeNumber(text, 1, MOST_PORT),
    },
  },
  path: { key: 'paths', actions: ['rehearse'], value: route, isRepeated: true },
  ready: { key: 'readyPath', actions: ['rehearse'], value: route },
  ws: { key: 'webSockets', actions: ['rehearse'], value: route, isRepeated: true },
  sse: { key: 'eventStreams', actions: ['rehearse'], value: route, isRepeated: true },
  post: {
    key: 'posts',
    actions: ['rehearse'],
    value: {
      allowed: 'a path and the file with the body, such as /orders=order.json',
      read: bodyOf,
    },
    isRepeated: true,
  },
  header: {
    key: 'headers',
    actions: ['rehearse'],
    value: { allowed: "a header, such as 'Authorization: Bearer ...'", read: headerOf },
    isRepeated: true,
  },
  as: {
    key: 'platform',
    actions: ['rehearse'],
    value: {
      allowed: `one of ${PLATFORM_IDS.join(', ')}`,
      read: (text) => PLATFORM_IDS.find((id) => id === text),
    },
  },
  patience: { key: 'patienceMs', actions: ['rehearse'], value: time },
  'balancer-lag': { key: 'lagMs', actions: ['rehearse'], value: time },
  clients: {
    key: 'clients',
    actions: ['rehearse'],
    value: {
      allowed: `a whole number from 1 to ${MOST_CLIENTS}`,
      read: (text) => wholeNumber(text, 1, MOST_CLIENTS),
    },
  },
  rate: {
    key: 'rate',
    actions: ['rehearse'],
    value: {
      allowed: `requests a second, from 1 to ${MOST_RATE}`,
      read: (text) => wholeNumber(text, 1, MOST_RATE),
    },
  },
  load: { key: 'loadMs', actions: ['rehearse'], value: time },
  'start-timeout': { key: 'startTimeoutMs', actions: ['rehearse'], value: time },
  against: {
    key: 'against',
    actions: ['rehearse'],
    value: { allowed: 'plain', read: (text) => (text === 'plain' ? text : undefined) },
  },
  'grace-period': { key: 'gracePeriodMs', actions: ['kubernetes'], value: time },
  'drain-timeout': { key: 'drainTimeoutMs', actions: ['kubernetes'], value: time },
  'close-timeout': { key: 'closeTimeoutMs', actions: ['kubernetes'], value: time },
  'pre-stop': { key: 'preStopSeconds', actions: ['kubernetes'], value: seconds(0) },
  'probe-period': { key: 'probePeriodSeconds', actions: ['kubernetes'], value: seconds(1) },
  'probe-port': { key: 'probePort', actions: ['kubernetes'], value: port },
  'grpc-port': { key: 'grpcPort', actions: ['kubernetes'], value: port },
  'failure-threshold': {
    key: 'failureThreshold',
    actions: ['kubernetes'],
    value: {
      allowed: `a whole number from 1 to ${MOST_FAILURES}`,
      read: (text) => wholeNumber(text, 1, MOST_FAILURES),
    },
  },
};

/** The names of the options of one action, with dashes. @internal */
export function optionsOf(action: Action): string[] {
  return Object.keys(OPTION_RULES)
    .filter((name) => OPTION_RULES[name]!.actions.includes(action))
    .map((name) => `--${name}`);
}

function wholeNumber(text: string, least: number, most = Infinity): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
}

/** Seconds are the only unit in a manifest. */
function seconds(least: number): OptionValue {
  return {
    allowed: `a whole number of seconds from ${least} to ${MOST_SECONDS}, such as 5 or 5s`,
    read: (text) => wholeNumber(text.replace(/s$/, ''), least, MOST_SECONDS),
  };
}

/** The extension is required, so that a picture cannot overwrite the report by mistake. */
function outputFile(extension: string): OptionValue {
  return {
    allowed: `a file that ends in .${extension}, or - for standard output`,
    isOptional: true,
    read: (text) => (text === '-' || text.endsWith(`.${extension}`) ? text : undefined),
  };
}

function bodyOf(text: string): { path: string; file: string } | undefined {
  const [, to, file] = /^(\/[^\s=]*)=(.+)$/.exec(text) ?? [];
  return to === undefined || file === undefined ? undefined : { path: to, file: resolve(file) };
}

function headerOf(text: string): [name: string, value: string] | undefined {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  return name === undefined || value === undefined ? undefined : [name, value];
}

function readableFile(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    accessSync(resolve(text), constants.R_OK);
    return resolve(text);
  } catch {
    return undefined;
  }
}
