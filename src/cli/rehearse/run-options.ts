import { type Platform, PLATFORMS } from '../../platforms/platforms.js';
import { scriptFile } from '../script-file.js';
import type { RehearsalOptions } from './rehearsal.js';
import type { RehearseInvocation } from './rehearse-arguments.js';
import { startCommand } from './service/service-process.js';

const DEFAULT_PLATFORM = 'kubernetes';
const DEFAULTS = {
  lagMs: 1000,
  clients: 20,
  rate: 200,
  loadMs: 3000,
  startTimeoutMs: 60_000,
};

/** The options of a rehearsal, with defaults. @internal */
export function runOptions({ script, args, options }: RehearseInvocation): RehearsalOptions {
  const platform = PLATFORMS.find(({ id }) => id === (options.platform ?? DEFAULT_PLATFORM))!;
  const patienceMs = options.patienceMs ?? platform.patienceSeconds * 1000;
  const { port, readyPath, lagMs, clients, rate, loadMs, startTimeoutMs } = {
    ...DEFAULTS,
    ...options,
  };
  const { paths, posts = [], webSockets = [], eventStreams = [] } = options;
  const hasOther = posts.length + webSockets.length + eventStreams.length > 0;
  const chosen = paths ?? (hasOther ? [] : undefined);
  return {
    command: commandOf(script, args, options.command),
    env: environmentOf(platform, patienceMs),
    platform,
    patienceMs,
    lagMs,
    clients,
    rate,
    loadMs,
    startTimeoutMs,
    port,
    readyPath,
    headers: Object.fromEntries(options.headers ?? []),
    targets: {
      ...(chosen === undefined ? {} : { paths: chosen }),
      posts,
      webSockets,
      eventStreams,
    },
  };
}

function commandOf(
  script: string | undefined,
  args: readonly string[],
  command: string | undefined,
): RehearsalOptions['command'] {
  if (command !== undefined) return startCommand(command);
  const file = scriptFile(script!) ?? script!;
  return {
    words: [process.execPath, file, ...args],
    text: ['node', file, ...args].join(' '),
  };
}

/** The variables that the platform sets, without those of other platforms. */
function environmentOf(platform: Platform, patienceMs: number): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const { variables } of PLATFORMS) for (const name of variables) delete env[name];
  for (const name of platform.variables) env[name] = 'rehearsal';
  delete env['TERMINATION_GRACE_PERIOD_SECONDS'];
  delete env['PLATFORM_TIMEOUT_SECONDS'];
  const seconds = Math.floor(patienceMs / 1000);
  if (seconds > 0) env['PLATFORM_TIMEOUT_SECONDS'] = String(seconds);
  return env;
}
