import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { root, run } from './packed-package.js';

const timeoutMs = 120_000;

describe('the public types', { timeout: timeoutMs }, () => {
  it('are those of docs/api.txt', async () => {
    const { stdout } = await api(root, '--check');
    expect(stdout).toBe('docs/api.txt has the public types.\n');
  });

  describe('that change', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-api-'));
    beforeAll(() => {
      for (const name of ['.ci', 'src', 'docs', 'package.json', 'CHANGELOG.md']) {
        cpSync(join(root, name), join(folder, name), { recursive: true });
      }
      for (const name of ['tsconfig.json', 'tsconfig.build.json']) {
        cpSync(join(root, name), join(folder, name));
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      edit('CHANGELOG.md', /DrainTask/g, 'that');
      edit(
        'src/shutdown/drain-participant.ts',
        'readonly label: string;',
        'readonly label: number;',
      );
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are refused until the changelog and docs/api.txt have them', async () => {
      const refusal = await api(folder).catch(({ stderr }: { stderr: string }) => stderr);
      expect(refusal).toMatch(/the changelog does not name them: DrainTask$/m);
      edit('CHANGELOG.md', '### Added', '### Added\n\n- `DrainTask` is another.');
      await expect(api(folder, '--check')).rejects.toThrow('npm run api');
      await api(folder);
      expect(readFileSync(join(folder, 'docs/api.txt'), 'utf8')).toContain('label: number;');
    });

    function edit(name: string, from: string | RegExp, to: string): void {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(from);
      writeFileSync(file, text.replace(from, to));
    }
  });
});

function api(cwd: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [join(cwd, '.ci', 'api', 'api.mjs'), ...args], { cwd });
}
