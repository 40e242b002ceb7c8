import { expect, it } from 'vitest';

import { EXAMPLES, exampleReport, hostileReport } from '../../../test/support/example-reports.js';
import { markupProblems, textOf } from '../../../test/support/markup.js';
import { htmlPicture } from './html-picture.js';
import { svgPicture } from './svg-picture.js';

it.each(EXAMPLES)('the page of the report %s has the picture and loads nothing', (name) => {
  const report = exampleReport(name);
  const html = htmlPicture(report);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain(svgPicture(report));
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/<script|<link|href=|src=|url\(/);
});

it('the page of a report has the figures as tables', () => {
  const text = textOf(htmlPicture(exampleReport('forced'))).replace(/\s+/g, ' ');
  for (const row of [
    'Trigger SIGTERM',
    'Budget grace + drain + close: 5.0 s + 20.0 s + 4.0 s = 29.0 s',
    'grace: from 0 ms, for 5.0 s, time elapsed',
    'Late requests 146 came after the grace period',
    'New connections 57 new, 19 late, last at 17.8 s',
    'POST VideoTranscodingController.transcodeWithEveryKnownCodec -4.1 s 29.1 s cut',
    'QueueModule.onModuleDestroy 25.0 s 201 ms completed',
  ]) {
    expect(text).toContain(row);
  }
});

it('the page of a report contains the report itself', () => {
  const report = exampleReport('forced');
  const [, json] = /<pre [^>]*>(.*)<\/pre>/s.exec(htmlPicture(report))!;
  expect(JSON.parse(json!.replaceAll('&quot;', '"'))).toEqual(report);
});

it('the page of a report has no empty tables', () => {
  expect(htmlPicture(exampleReport('close'))).not.toMatch(/Slowest requests|Hooks/);
});

it('the page of a hostile report shows its contents as text only', () => {
  const html = htmlPicture(hostileReport());
  // A report is shown whole, so there is no bound but that of the report.
  expect(markupProblems(html.replace(/ charset="utf-8"/, ''))).toEqual([]);
  expect(html).not.toMatch(/<script|<img|<!--|]]>|\u202e/);
  expect(html).toContain('\\u202e');
});
