import { spawn } from 'node:child_process';

const openers = { darwin: 'open', win32: 'explorer' };

/** Opens the page where somebody sits in front of it. That there is no browser is no error. */
export function openBrowser(url) {
  if (!process.stdout.isTTY) return;
  const opener = openers[process.platform] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
