import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const app = join(import.meta.dirname, '..', '.out', 'test', 'fixtures', 'app.js');
const hasScript = spawnSync('script', ['--version']).status === 0;

it.skipIf(!hasScript)(
  'Ctrl-C at a terminal skips the grace period (needs script(1) to create a terminal)',
  async () => {
    // Without exec the shell would get the Ctrl-C, too, and answer for its child.
    const command = `exec ${process.execPath} ${app}`;
    const terminal = spawn('script', ['-qefc', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        FIXTURE: JSON.stringify({ options: { gracePeriodMs: 20_000 } }),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let screen = '';
    for await (const chunk of terminal.stdout) {
      screen += String(chunk);
      if (screen.includes('successfully started') && !screen.includes('^C')) {
        terminal.stdin.write('\x03');
      }
    }
    terminal.stdin.end();
    if (terminal.exitCode === null) await once(terminal, 'exit');
    expect(screen).toContain('SIGINT received from the terminal');
    expect(screen).toMatch(/Closed in 0\.\d s/);
    expect(screen).not.toContain('Shutdown report');
    expect(terminal.exitCode).toBe(0);
  },
);
