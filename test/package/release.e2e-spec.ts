import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { root } from './packed-package.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Manifest {
  readonly version: string;
  readonly packages?: Readonly<Record<string, { readonly version: string }>>;
}

const workflows = join(root, '.github', 'workflows');

function read(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, name), 'utf8')) as Manifest;
}

function workflow(name: string): Workflow {
  return parse(readFileSync(join(workflows, name), 'utf8')) as Workflow;
}

function commandsOf({ steps }: Job): string[] {
  return steps.flatMap(({ run }) => run ?? []);
}

it('the version is the same everywhere, and has its part of the changelog', () => {
  const { version } = read('package.json');
  const lock = read('package-lock.json');
  expect(lock.version).toBe(version);
  expect(lock.packages?.['']?.version).toBe(version);
  expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`\n## [${version}] - `);
});

describe('a release', () => {
  const { on, jobs } = workflow('release.yml');
  const publish = jobs['publish']!;

  it('begins with a tag, and with all checks', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(publish.needs).toBe('check');
    expect(commandsOf(jobs['check']!)).toContain('.ci/run');
  });

  it('is published with provenance, by an identity and not by a secret', () => {
    expect(publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    const published = commandsOf(publish).filter((command) => command.includes('npm publish'));
    expect(published).toEqual([expect.stringContaining('--provenance')]);
    expect(readFileSync(join(workflows, 'release.yml'), 'utf8')).not.toMatch(/secrets\.|_TOKEN/);
  });
});

it.each(readdirSync(workflows))('%s may read only, and pins its actions', (name) => {
  const { permissions, jobs } = workflow(name);
  expect(permissions).toEqual({ contents: 'read' });
  const actions = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ uses }) => uses ?? []),
  );
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((action) => !/@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
});
