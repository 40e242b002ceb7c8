import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BrowserContext, chromium, type Page } from 'playwright-core';

import { findProgram } from '../support/server-process.js';

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet];
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

export interface BudgetMoment {
  readonly state: string;
  /** In ms. */
  readonly left: number;
}

/** One browser, and the live page in it. */
export class LivePage {
  /** What the browser complained of. */
  readonly errors: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly folder: string,
  ) {
    page.on('pageerror', ({ message }) => this.errors.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** @throws Error where there is no Chromium */
  static async open(url: string): Promise<LivePage> {
    const executablePath = findProgram('chromium');
    if (executablePath === undefined) {
      throw new Error('Chromium is missing, which this test needs: apt-get install chromium');
    }
    const folder = mkdtempSync(join(tmpdir(), 'live-page-'));
    const viewport = { width: 1280, height: 900 };
    const options = { executablePath, args, headless: true, viewport };
    const context = await chromium.launchPersistentContext(folder, options);
    const live = new LivePage(await context.newPage(), context, folder);
    await live.page.goto(url);
    return live;
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Of each process, by its id, the state that is marked. */
  async states(): Promise<Record<string, string>> {
    const found = await this.page
      .locator('section.worker')
      .evaluateAll((cards) =>
        cards.map((card) => [
          card.getAttribute('data-pid') ?? '',
          card.querySelector('[aria-current="step"]')?.getAttribute('data-state') ?? 'starting',
        ]),
      );
    return Object.fromEntries(found) as Record<string, string>;
  }

  /** The process that serves. */
  async running(): Promise<string | undefined> {
    return Object.entries(await this.states()).find(([, state]) => state === 'running')?.[0];
  }

  status(): Promise<string> {
    return this.page.getByRole('status').innerText();
  }

  async count(name: string): Promise<number> {
    const term = this.page.getByRole('term').filter({ hasText: name });
    return Number(await term.locator('xpath=following-sibling::dd').innerText());
  }

  bars(kind: string): Promise<number> {
    return this.page.locator(`.lane .bar.${kind}`).count();
  }

  isTooWide(): Promise<boolean> {
    const root = 'document.documentElement';
    return this.page.evaluate<boolean>(`${root}.scrollWidth > ${root}.clientWidth`);
  }

  /** Notes each change of the budget of one process. */
  async watchBudget(pid: string): Promise<void> {
    await this.page.evaluate(`{
      const card = document.querySelector('[data-pid="${pid}"]');
      const budget = card.querySelector('.budget');
      globalThis.course = [];
      new MutationObserver(() => {
        course.push({ state: card.dataset.state, left: Number(budget.dataset.left) });
      }).observe(budget, { attributes: true, attributeFilter: ['data-left'] });
    }`);
  }

  /** What was noted. */
  course(): Promise<readonly BudgetMoment[]> {
    return this.page.evaluate<BudgetMoment[]>('globalThis.course');
  }

  /** What is wrong with it for those who do not see it, or not well. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`);
    });
  }
}

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}
