import { expect, it } from 'vitest';

import { messageOf, plain } from './plain-text.js';

it.each([
  ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
  ['8-bit colours', '\u009b31mred', 'red'],
  ['a title of the window', '\u001b]0;owned\u0007GET a', 'GET a'],
  ['a link', '\u001b]8;;http://a\u001b\\GET a', 'GET a'],
  ['a reset of the terminal', 'GET \u001bca', 'GET a'],
  ['an escape without an end', 'GET a\u001b', 'GET a'],
  ['line ends', 'one\r\ntwo\u2028three\u0000four', 'one two three four'],
  ['a turned direction of writing', 'GET \u202egpj.exe', 'GET gpj.exe'],
  ['what is no character', 'a\ud800b\uffffc', 'a\ufffdb\ufffdc'],
  ['other scripts', 'GET 注文 🚀 é', 'GET 注文 🚀 é'],
])('plain text is safe to print: %s', (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});

it('plain text keeps the start of a very long text', () => {
  expect(plain('x'.repeat(1_000_000))).toBe(`${'x'.repeat(300)}…`);
  expect(plain('x'.repeat(1_000_000), 20)).toBe(`${'x'.repeat(20)}…`);
  expect(plain('x'.repeat(20), 20)).toBe('x'.repeat(20));
});

it('plain text does not cut a letter of two code units in half', () => {
  expect(plain('🚀'.repeat(200), 21)).toBe(`${'🚀'.repeat(10)}…`);
});

it.each([
  ['an error', new Error('no\ntable'), 'no table'],
  ['a text', 'gone\u001b[2J', 'gone'],
  ['nothing', undefined, 'undefined'],
  ['what has no text', Object.create(null), 'a value that cannot be shown'],
])('messageOf() returns plain text for %s', (_, error, message) => {
  expect(messageOf(error)).toBe(message);
});
