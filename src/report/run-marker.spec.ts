import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { RunMarker } from './run-marker.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'run-marker-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('the marker of a run exists while the run lasts, and has its state', () => {
  const marker = new RunMarker(join(folder, 'marker'));
  expect(marker.begin()).toBeUndefined();
  marker.update('draining');
  expect(JSON.parse(readFileSync(marker.path, 'utf8'))).toMatchObject({ state: 'draining' });
  marker.remove();
  expect(existsSync(marker.path)).toBe(false);
});

it('a run does not remove the marker of the next run in a graceful restart', () => {
  const marker = new RunMarker(join(folder, 'marker'));
  marker.begin();
  const next = JSON.stringify({ pid: process.ppid, startedAt: '2026-01-01', state: 'running' });
  writeFileSync(marker.path, next);
  marker.update('draining');
  marker.remove();
  expect(readFileSync(marker.path, 'utf8')).toBe(next);
});
