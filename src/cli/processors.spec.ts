import { expect, it } from 'vitest';

import { processors } from './processors.js';

const files = (all: Record<string, string>) => (file: string) => all[file];

it.each([
  ['no quota', 'max 100000', 8],
  ['two processors', '200000 100000', 2],
  ['one and a half', '150000 100000', 1],
  ['less than one', '50000 100000', 1],
  ['more than there are', '1600000 100000', 8],
])(
  'the available CPUs are those of the machine, within the quota of the container: %s',
  (_, max, wanted) => {
    const read = files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': max });
    expect(processors(8, read)).toBe(wanted);
  },
);

it('the available CPUs are within the smallest quota of the parent groups', () => {
  const read = files({
    '/proc/self/cgroup': '0::/system.slice/orders.service\n',
    '/sys/fs/cgroup/system.slice/cpu.max': '300000 100000\n',
    '/sys/fs/cgroup/system.slice/orders.service/cpu.max': 'max 100000\n',
  });
  expect(processors(8, read)).toBe(3);
});

it('the available CPUs are those of the machine if there is no cgroup', () => {
  expect(processors(4, files({}))).toBe(4);
});
