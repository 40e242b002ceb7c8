import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { root, run } from './packed-package.js';

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
  readonly scripts?: Readonly<Record<string, string>>;
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
  return steps.flatMap((step) => step.run ?? []);
}

it('the version is the same everywhere, and has a section in the changelog', () => {
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

  it('is published with provenance, by an identity instead of a secret', () => {
    expect(publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    const published = commandsOf(publish).filter((command) => command.includes('npm publish'));
    expect(published).toEqual([expect.stringContaining('--provenance')]);
    expect(readFileSync(join(workflows, 'release.yml'), 'utf8')).not.toMatch(/secrets\.|_TOKEN/);
  });
});

describe('the README on npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-release-'));
  const node = (script: string, ...args: string[]) =>
    run(process.execPath, [join(root, '.ci', 'release', script), ...args], { cwd: folder });

  beforeEach(() => {
    for (const file of ['package.json', 'README.md', 'CHANGELOG.md']) {
      cpSync(join(root, file), join(folder, file));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is refused while it has a placeholder or a relative link', async () => {
    const { scripts } = read('package.json');
    expect(scripts?.['prepublishOnly']).toBe('node .ci/release/check.mjs');
    const refusal = await node('check.mjs').then(
      () => '',
      (error: unknown) => (error as { stderr: string }).stderr,
    );
    for (const name of ['homepage', 'bugs', 'repository']) {
      expect(refusal).toMatch(new RegExp(`^${name} is still .*REPOSITORY`, 'm'));
    }
    expect(refusal).toMatch(/^README\.md has \d+ relative links/m);
  });

  it('names the repository, and links to the tag', async () => {
    await node('prepare.mjs', 'https://github.com/owner/name', 'v9.8.7');
    await node('check.mjs');
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(text).toContain('(https://github.com/owner/name/raw/v9.8.7/docs/images/timeline.svg)');
    expect(text).toContain('(https://github.com/owner/name/blob/v9.8.7/docs/options.md)');
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
      homepage: 'https://github.com/owner/name#readme',
      bugs: { url: 'https://github.com/owner/name/issues' },
      repository: { type: 'git', url: 'git+https://github.com/owner/name.git' },
    });
  });
});

it.each(readdirSync(workflows))(
  'the workflow %s has read-only rights and pins its actions',
  (name) => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).toEqual({ contents: 'read' });
    const actions = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ uses }) => uses ?? []),
    );
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
  },
);
