import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { EXAMPLES, exampleReport, hostileReport } from '../../../test/support/example-reports.js';
import { terminalPicture } from './terminal-picture.js';
import { cellWidth } from './text-cells.js';

function widest(picture: string): number {
  return Math.max(...picture.split('\n').map((line) => cellWidth(line)));
}

it('the terminal picture is a timeline made of characters', () => {
  expect(terminalPicture(exampleReport('failed')).split('\n').slice(0, 20)).toEqual([
    'shutdown(): the licence server said no  ✗ failed, 5.5 s of 24.0 s, exit code 1',
    'process 208, 2026-05-04T12:41:50.300Z',
    '3 requests in flight, 11 received since, 14 completed, 0 aborted, 0 cut, 0',
    'connections left, 2 failures',
    '',
    '                           0     1 s   2 s   3 s   4 s   5 s budget: 24.0 s',
    '                           ┴─────┴─────┴─────┴─────┴─────┴──',
    'states                     ▒▒▒▒▒▒▒▒████████ closing ████████',
    '                           ▒▒ draining 1.3 s, done',
    '                           ██ closing 4.2 s, timed out',
    'in flight                  ███▃▃▃▃▃▃                         at most 3',
    'connections                █████▄▄▄▄                         at most 5',
    'requests received          ██████                            at most 2',
    '',
    'slowest requests',
    'POST Invoice…roller.create ████████                          1.4 s, completed',
    'GET Invoices…ntroller.list  █                                120 ms, completed',
    '',
    'hooks',
    'KafkaConsume…ModuleDestroy         ▓▓▓▓▓▓✗                   1.0 s, failed',
  ]);
});

describe('the width of the terminal picture', () => {
  it.each(EXAMPLES)('fits the terminal: %s', (name) => {
    for (const columns of [60, 80, 100, 120]) {
      expect(widest(terminalPicture(exampleReport(name), { columns }))).toBeLessThanOrEqual(
        columns,
      );
    }
  });

  it.each([
    ['a very narrow one', 10, 60],
    ['a very wide one', 500, 120],
  ])('has bounds: %s', (_, columns, width) => {
    const picture = terminalPicture(exampleReport('forced'), { columns });
    expect(picture).toBe(terminalPicture(exampleReport('forced'), { columns: width }));
  });

  it('is 80 by default', () => {
    expect(terminalPicture(exampleReport('forced'))).toBe(
      terminalPicture(exampleReport('forced'), { columns: 80 }),
    );
  });
});

it('the terminal picture keeps its columns aligned beside wide letters', () => {
  const lines = terminalPicture(exampleReport('forced'), { columns: 110 }).split('\n');
  const places = lines
    .filter((line) => line.includes('✗') && line.includes(' s, cut'))
    .map((line) => cellWidth(line.slice(0, line.indexOf('✗'))));
  expect(places.length).toBe(6);
  expect(new Set(places).size).toBe(1);
});

it('the terminal picture shows outcomes without relying on colours', () => {
  const picture = terminalPicture(exampleReport('forced'));
  expect(picture).toContain('░░ grace 5.0 s, time elapsed');
  expect(picture).toMatch(/^GET EventsCo….*◂▓+✗ +1 min 26 s, cut$/m);
  expect(picture).toMatch(/^POST Uploads….* ░+ +9\.1 s, aborted$/m);
  expect(picture).toMatch(/^GET OrdersCo….* █+ +12\.2 s, completed$/m);
  expect(picture).toMatch(/┃ its end$/m);
  expect(picture).not.toContain('\u001b');
});

it('the terminal picture has the same characters with colours', () => {
  const report = exampleReport('forced');
  const coloured = terminalPicture(report, { colours: true });
  expect(coloured).toContain('\u001b[33m! forced\u001b[0m');
  const letters = stripVTControlCharacters(coloured).replace(/ +$/gm, '');
  expect(letters).toBe(terminalPicture(report));
});

it('the terminal picture lets no report move the cursor', () => {
  const picture = terminalPicture(hostileReport(), { columns: 120 });
  expect(picture).not.toMatch(/[^\P{C}\n]/u);
  expect(widest(picture)).toBeLessThanOrEqual(120);
  expect(picture.split('\n').length).toBeLessThan(400);
  expect(picture).toContain('and 40 more');
});
