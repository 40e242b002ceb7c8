import { describe, expect, it } from 'vitest';

import { PLATFORMS } from '../../src/platforms/platforms.js';
import { read } from './pages.js';

const [, section = ''] =
  /^## What each platform gives\n(.*?)^## /ms.exec(read('docs/recipes.md')) ?? [];
const rows = section.split('\n').filter((line) => line.startsWith('| ['));

describe('the table of platforms in the recipes matches the code', () => {
  it('with a row for each platform, and no others', () => {
    const names = rows.map((row) => /^\| \[(.*?)\]/.exec(row)?.[1]);
    expect(names).toEqual(PLATFORMS.map(({ name }) => name));
  });

  it.each(PLATFORMS.map((platform) => [platform.name, platform] as const))(
    'with the right values: %s',
    (name, platform) => {
      const [, link, known, patience, signal, setting] = rows
        .find((row) => row.startsWith(`| [${name}]`))!
        .split('|')
        .map((cell) => cell.trim());
      expect(link).toBe(`[${name}](${platform.source})`);
      for (const variable of platform.variables) expect(known).toContain(`\`${variable}\``);
      expect(patience).toBe(`${platform.patienceSeconds} s`);
      expect(signal).toBe(platform.signal);
      const settings = platform.setting?.split(', ').map((one) => `\`${one}\``);
      const most = platform.mostSeconds === undefined ? '' : `, at most ${platform.mostSeconds} s`;
      expect(setting).toBe(
        settings === undefined ? 'cannot be changed' : settings.join(', ') + most,
      );
    },
  );
});

it('the page of the rehearsal has each platform of --as', () => {
  const page = read('docs/rehearse.md');
  expect(PLATFORMS.filter(({ id }) => !page.includes(`\`${id}\``))).toEqual([]);
});
