import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endProcesses } from '../support/logged-process.js';
import { LiveDemo } from './live-demo.js';
import { LivePage } from './live-page.js';

/** The page adds up times of two clocks, one of them in whole milliseconds. */
const clockErrorMs = 5;
const patience = { timeout: 20_000, interval: 50 };

describe('the live page', () => {
  let demo: LiveDemo;
  let live: LivePage;
  /** The process that took over. */
  let second: string;

  beforeAll(async () => {
    demo = await LiveDemo.onFreePort();
    live = await LivePage.open(demo.url);
  });

  afterAll(async () => {
    await live?.close();
    await endProcesses();
    demo?.removeFolder();
  });

  it('shows a running process', async () => {
    await expect.poll(() => live.running(), patience).toMatch(/^\d+$/);
    await expect.poll(() => live.status(), patience).toMatch(/^running at 127\.0\.0\.1:\d+$/);
    expect(await live.page.getByText('16 s promised').isVisible()).toBe(true);
  });

  it('answers only its own page', async () => {
    const { port } = new URL(demo.url);
    const post = { method: 'POST' };
    const foreign = { host: `attacker.example:${port}` };
    const answers = await Promise.all([
      request(Number(port), '/', { headers: foreign }),
      request(Number(port), '/events', { headers: foreign }),
      request(Number(port), '/actions/terminate', post),
      request(Number(port), '/actions/terminate', {
        ...post,
        headers: { origin: 'http://attacker.example' },
      }),
      request(Number(port), '/../live.mjs'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 404]);
  });

  it('shows requests, streams and websockets as bars', async () => {
    await live.press('Event stream');
    await live.press('Websocket');
    await live.press('Steady requests');
    await live.press('6 slow requests');
    // The event stream is a request, too.
    await expect.poll(() => live.bars('in-flight'), patience).toBeGreaterThanOrEqual(7);
    const websocket = live.page.locator('.lane[data-protocol="websocket"][data-closed-by="open"]');
    await expect.poll(() => websocket.count(), patience).toBe(1);
    await expect.poll(() => live.bars('completed'), patience).toBeGreaterThan(0);
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
    ['dark', 400],
  ] as const)('is accessible and fits, %s at %i px', async (colorScheme, width) => {
    await live.page.emulateMedia({ colorScheme });
    await live.page.setViewportSize({ width, height: 900 });
    expect(await live.isTooWide()).toBe(false);
    expect(await live.barriers()).toEqual([]);
  });

  it('shows both processes of a reload', async () => {
    await live.page.setViewportSize({ width: 1280, height: 900 });
    const first = await live.running();
    await live.press('6 slow requests');
    await live.press('Reload');
    await expect.poll(() => live.states(), patience).toMatchObject({ [first!]: 'draining' });
    second = (await live.running())!;
    expect(second).not.toBe(first);
    const lane = live.page.locator(`[data-pid="${second}"] .lane .bar.completed`);
    await expect.poll(() => lane.count(), patience).toBeGreaterThan(0);
    expect(await live.count('Lost')).toBe(0);
  });

  it('shows each state of a shutdown, and the budget running down', async () => {
    // On connections that are kept, some go to the first process. The others must open new ones.
    for (let n = 0; n < 3; n++) await live.press('6 slow requests');
    await live.watchBudget(second);
    await live.press('SIGTERM');
    await expect.poll(() => live.status(), patience).toBe('ended, exit code 0');

    const course = await live.course();
    const states = [...new Set(course.map(({ state }) => state))];
    expect(states.filter((state) => state !== 'closing')).toEqual([
      'running',
      'grace',
      'draining',
      'closed',
    ]);
    const left = course.map((one) => one.left);
    const rises = left.filter((ms, n) => ms > (left[n - 1] ?? Infinity) + clockErrorMs);
    expect(rises).toEqual([]);
    // Not in one step.
    expect(new Set(left).size).toBeGreaterThan(20);
    const step = (name: string) =>
      live.page.locator(`[data-pid="${second}"] .rail [data-state="${name}"]`);
    expect(await step('closing').getAttribute('data-step')).toBe('behind');
    expect(await step('forcing').getAttribute('data-step')).toBe('skipped');
    const spoken = live.page.locator('[aria-live="polite"]');
    expect(await spoken.textContent()).toMatch(/^Process \d+: closed$/);
  });

  it('shows that every request was answered', async () => {
    expect(await live.count('Lost')).toBe(0);
    expect(await live.count('Refused')).toBe(0);
    expect(await live.count('In flight')).toBe(0);
    expect(await live.count('Answered')).toBeGreaterThan(12);
    expect(await live.count('Answered')).toBe(await live.count('Sent'));
    expect(await live.bars('cut')).toBe(0);
  });

  it('shows the report of each process', async () => {
    const reports = live.page.getByRole('article');
    expect(await reports.count()).toBe(2);
    const report = live.page.getByRole('article', { name: `Process ${second}` });
    expect(await report.innerText()).toMatch(/clean[^]*SIGTERM: left in \d+\.\d s, \d+ answered/);
    const timeline = report.locator('img');
    const widthOf = () =>
      timeline.evaluate((image) => Reflect.get(image, 'naturalWidth') as number);
    await expect.poll(widthOf, patience).toBeGreaterThan(900);
    await live.page.setViewportSize({ width: 400, height: 900 });
    expect(await live.isTooWide()).toBe(false);
    expect(await live.barriers()).toEqual([]);
    await live.page.setViewportSize({ width: 1280, height: 900 });
  });

  it('starts again, and shows what a second signal cuts', async () => {
    await live.press('Start');
    await expect.poll(() => live.status(), patience).toMatch(/^running/);
    const pid = (await live.running())!;
    await live.press('A request that never ends');
    await expect.poll(() => live.bars('in-flight'), patience).toBeGreaterThan(0);
    await live.press('SIGTERM');
    await expect.poll(() => live.states(), patience).toMatchObject({ [pid]: 'grace' });
    await live.press('Second SIGTERM');
    await expect.poll(() => live.status(), patience).toBe('ended, exit code 1');
    expect(await live.bars('cut')).toBe(1);
    expect(await live.count('Lost')).toBe(1);
    const report = live.page.getByRole('article', { name: `Process ${pid}` });
    expect(await report.innerText()).toMatch(/forced[^]*1 cut, exit code 1/);
  });

  it('ends the application if the manager is killed', async () => {
    await live.press('Start');
    await expect.poll(() => live.status(), patience).toMatch(/^running/);
    const pid = (await live.running())!;
    expect(live.errors).toEqual([]);
    await demo.end('SIGKILL');
    await expect.poll(() => live.status(), patience).toBe('reconnecting');
    await expect.poll(() => isAlive(Number(pid)), patience).toBe(false);
    await demo.start();
    await expect.poll(() => live.status(), patience).toMatch(/^running/);
    expect(Object.keys(await live.states())).not.toContain(pid);
    // While nobody answered, the browser said so.
    expect(live.errors.filter((error) => !error.includes('ERR_'))).toEqual([]);
  });

  it('leaves nothing behind when it is ended', async () => {
    const pid = (await live.running())!;
    const before = demo.leftBehind.length;
    expect(await demo.end('SIGINT')).toBe(0);
    expect(isAlive(Number(pid))).toBe(false);
    expect(demo.leftBehind).toHaveLength(before - 1);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
