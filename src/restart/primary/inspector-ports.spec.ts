import { expect, it } from 'vitest';

import { InspectorPorts } from './inspector-ports.js';

const optionsOf = (ports: InspectorPorts) => ports.take().options;

it.each([
  [['--inspect'], ''],
  [['--inspect=127.0.0.1:9229'], ''],
  [['--enable-source-maps', '--inspect-brk'], ''],
  [[], '--max-old-space-size=100 --inspect=9229'],
])('each worker has an inspector port of its own: %s %s', (execArgv, nodeOptions) => {
  const ports = new InspectorPorts(execArgv, nodeOptions, 9229, () => false);
  const first = ports.take();
  expect(first.options).toEqual(['--inspect-port=9229']);
  expect(optionsOf(ports)).toEqual(['--inspect-port=9230']);
  first.release();
  expect(optionsOf(ports)).toEqual(['--inspect-port=9229']);
});

it('inspector ports of workers leave that of this process alone', () => {
  const ports = new InspectorPorts(['--inspect'], '', 9229, () => true);
  expect(optionsOf(ports)).toEqual(['--inspect-port=9230']);
});

it.each([
  ['nobody debugs', [], 9229],
  ['each process chooses its own', ['--inspect=0'], 0],
])('inspector ports are left alone if %s', (_, execArgv, first) => {
  expect(optionsOf(new InspectorPorts(execArgv, '', first, () => false))).toEqual([]);
});
