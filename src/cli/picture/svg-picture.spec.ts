import { describe, expect, it } from 'vitest';

import {
  EXAMPLES,
  exampleReport,
  HOSTILE,
  hostileReport,
} from '../../../test/support/example-reports.js';
import { markupProblems, textOf } from '../../../test/support/markup.js';
import { svgPicture } from './svg-picture.js';

it.each(EXAMPLES)('the SVG of the report %s is well-formed and loads nothing', (name) => {
  const svg = svgPicture(exampleReport(name));
  expect(markupProblems(svg)).toEqual([]);
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /https?:\/\/|url\(|href|<script|<foreignObject|NaN|undefined|Infinity/,
  );
});

it.each(EXAMPLES)('the SVG of the report %s draws nothing outside its box', (name) => {
  const svg = svgPicture(exampleReport(name));
  const [, width, height] = /viewBox="0 0 (\d+) ([\d.]+)"/.exec(svg)!.map(Number);
  const places = [...svg.matchAll(/ (x|y|x1|x2|y1|y2)="(-?[\d.]+)"/g)];
  expect(places.length).toBeGreaterThan(10);
  for (const [, axis, place] of places) {
    expect(Number(place)).toBeGreaterThanOrEqual(0);
    expect(Number(place)).toBeLessThanOrEqual(axis!.startsWith('x') ? width! : height!);
  }
});

it('the SVG shows every figure of a report', () => {
  const text = textOf(svgPicture(exampleReport('forced')));
  for (const part of [
    'SIGTERM',
    '! forced',
    '25.3 s of 29.0 s, exit code 1',
    'process 4711',
    'budget ends at 29.0 s',
    'draining 19.0 s',
    'timed out',
    'at most 140',
    'last at 17.8 s',
    '57 new, 19 late',
    'GET ReportsController.yearly',
    '1 min 26 s, cut',
    '9.1 s, aborted',
    'hooks, enlarged',
    'QueueModule.onModuleDestroy',
    'bullmq: 4 at the start; 4 jobs completed',
    '10.42.0.17 (2)',
    'raise gracePeriodMs to 20000',
  ]) {
    expect(text).toContain(part);
  }
});

it('the SVG has a title and a description for those who cannot see it', () => {
  const svg = svgPicture(exampleReport('rolling'));
  expect(svg).toMatch(
    /^<svg [^>]*role="img"[^>]*><title>Shutdown by SIGTERM: clean<\/title><desc>/,
  );
  expect(svg).toContain('grace 5.0 s (time elapsed); draining 2.0 s (done)');
});

it('the SVG shows outcomes without relying on colours', () => {
  const svg = svgPicture(exampleReport('forced'));
  expect(svg.match(/class="nd-cut"/g)).toHaveLength(6);
  expect(svg.match(/class="nd-cross"/g)).toHaveLength(6);
  expect(svg.match(/class="nd-broken"/g)).toHaveLength(2);
  expect(svg.match(/class="nd-whole"/g)).toHaveLength(7);
});

describe('the SVG of a hostile report', () => {
  const svg = svgPicture(hostileReport());

  it('shows its contents as text only', () => {
    expect(markupProblems(svg)).toEqual([]);
    expect(svg).not.toMatch(/<script|<img|<!--|]]>/);
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('is bounded in size', () => {
    expect(svg.length).toBeLessThan(150_000);
    expect(Number(/ height="([\d.]+)"/.exec(svg)![1])).toBeLessThan(6000);
  });

  it('would be detected if nothing were escaped', () => {
    expect(markupProblems(`<svg>${HOSTILE}</svg>`)).not.toEqual([]);
  });
});

describe('the colours of the SVG', () => {
  const svg = svgPicture(exampleReport('forced'));
  const [light, dark] = svg.split('@media (prefers-color-scheme:dark)');

  it.each([
    ['light', light!],
    ['dark', dark!],
  ])('have enough contrast in the %s scheme', (_, style) => {
    const paper = fill(style, 'paper');
    for (const name of ['ink', 'dim', 'bad']) {
      expect(contrast(fill(style, name), paper)).toBeGreaterThanOrEqual(4.5);
    }
    for (const name of ['grace', 'draining', 'forcing', 'closing', 'clean', 'forced', 'failed']) {
      expect(contrast(fill(style, name), fill(style, 'on'))).toBeGreaterThanOrEqual(4.5);
    }
    for (const name of ['whole', 'cut', 'mark']) {
      expect(contrast(fill(style, name), paper)).toBeGreaterThanOrEqual(3);
    }
  });
});

function fill(style: string, name: string): string {
  return new RegExp(`\\.nd-${name}\\{fill:#(\\w{6})\\}`).exec(style)![1]!;
}

/** As WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
