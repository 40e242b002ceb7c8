#!/usr/bin/env node
import { consoleLog } from '../restart/primary/restart-log.js';
import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
import { version } from '../version.js';
import { parseArguments, type RunInvocation } from './arguments.js';
import { reload, status } from './ask.js';
import { unsupportedPlatform } from './command.errors.js';
import { exitStatusOf } from './exit-status.js';
import { kubernetes } from './kubernetes.js';
import { rehearse } from './rehearse/rehearse.js';
import { report } from './report.js';
import { runInPlace, whyNotFork } from './run-in-place.js';
import { run } from './run.js';
import { USAGE } from './usage.js';

async function command(argv: readonly string[]): Promise<void> {
  const invocation = parseArguments(argv);
  if (invocation.action === 'help') return console.log(USAGE.trimEnd());
  if (invocation.action === 'version') return console.log(version());
  if (invocation.action === 'kubernetes') return console.log(kubernetes(invocation));
  if (invocation.action === 'report') {
    process.exitCode = await report(invocation);
    return;
  }
  if (process.platform === 'win32') throw unsupportedPlatform(process.platform);
  if (invocation.action === 'run') return runHere(invocation);
  if (invocation.action === 'rehearse') {
    process.exitCode = await rehearse(invocation);
    return;
  }
  process.exitCode =
    invocation.action === 'reload' ? await reload(invocation) : await status(invocation);
}

async function runHere(invocation: RunInvocation): Promise<void> {
  const why = whyNotFork();
  if (why !== undefined) return runInPlace(invocation, why, consoleLog);
  // Hooks may have left something open, which would hold the process.
  process.exit(await run(invocation));
}

// EPIPE (pipe) and EIO (terminal) mean that the reader has gone. The exit status still counts.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
});
command(process.argv.slice(2)).catch((error: unknown) => {
  // Our own errors say what to do. Others need their stack.
  console.error('nestjs-drain:', error instanceof GracefulShutdownError ? error.message : error);
  process.exit(exitStatusOf(error));
});
