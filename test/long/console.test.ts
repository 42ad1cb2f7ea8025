// The console of npm start in a browser: records flow, DocumentDB fails and comes back, a dead letter is sent again.
// CONSOLE_IMAGES=1 writes docs/images/ again.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRecorder, type LiveConsole, startConsole } from '../../local/console/console.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import { type Session, startSession } from '../../local/session.ts';
import { chromiumPath, openBrowser } from '../support/a-browser.ts';

const isSkipped = chromiumPath() === undefined && process.env['CI'] !== 'true';
const title = isSkipped
  ? 'the console in a browser: SKIPPED, because this machine has no Chromium (`bash .ci/install-browser`)'
  : 'the console in a browser';

const WRITES_IMAGES = process.env['CONSOLE_IMAGES'] === '1';
const IMAGE_BYTES_MAX = 150 * 1024;
const IMAGE_HEIGHT = 740;
const ORDERS_PER_SECOND = 20;
const LONG = { timeout: 60_000, interval: 100 };

describe.skipIf(isSkipped)(title, () => {
  let folder: string;
  let session: Session;
  let live: LiveConsole;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  const ending = new AbortController();
  let working: Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    const recorder = createRecorder();
    browser = await openBrowser();
    session = await startSession({
      folder: join(folder, 'run'),
      endpointsFile: join(folder, 'endpoints.json'),
      partialFailureRetry: 'fromLowest',
      seed: 20_261_129,
      valueBytes: 1024,
      observer: recorder.observer,
      progress: () => undefined,
    });
    live = await startConsole({ session, recorder, partialFailureRetry: 'fromLowest', isSigned: true });
    working = everySecond();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (said) => said.type() === 'error' && problems.push(said.text()));
    await page.goto(live.address);
    await page.getByRole('heading', { name: 'kinesisSink' }).waitFor();
  });
  afterAll(async () => {
    ending.abort();
    await working;
    await browser?.close();
    await live?.stop();
    await session?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As npm start does. */
  async function everySecond(): Promise<void> {
    const { signal } = ending;
    while (!signal.aborted) {
      await session.produce(ORDERS_PER_SECOND, signal);
      live.sampled(await session.status());
      await pause(1_000, undefined, { signal }).catch(() => undefined);
    }
  }

  const verdict = () => page.locator('[data-verdict]').getAttribute('data-verdict');
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const figure = async (locator: string) => Number((await page.locator(locator).textContent())?.replaceAll(',', ''));
  const waiting = () => figure('[data-waiting="documentdbSink"]');
  const open = (tab: string) => page.getByRole('tab', { name: tab }).click();

  it('shows records that flow into both targets, and that nothing is lost', async () => {
    await vi.waitUntil(
      async () => (await verdict()) === 'holds' && (await figure('[data-settled="documentdbSink"]')) > 40,
      LONG,
    );
    expect(await page.locator('[data-sink="kinesisSink"]').textContent()).toContain('settling');
    expect(await page.getByRole('row').count()).toBeGreaterThan(3);
    expect(await page.getByLabel('Kinesis refuses').isDisabled()).toBe(true);
    expect(await page.locator('#refused-why').textContent()).toContain('npm start -- --unsigned');
  });

  it('sends a record that a rule of the collection refuses: it becomes a dead letter', async () => {
    await page.getByLabel('Poison record', { exact: true }).selectOption('refused');
    await press('Send the poison record');
    await open('Dead letters');
    await page.getByText('DocumentValidationFailure').waitFor();
  });

  it('stops DocumentDB: its records wait, and the others flow', async () => {
    await press('Stop DocumentDB');
    await vi.waitUntil(async () => (await waiting()) > 60, LONG);
    await page.locator('[data-sink="documentdbSink"]').getByText('retrying').waitFor();
    expect(await page.locator('[data-sink="kinesisSink"]').textContent()).toContain('settling');
    await vi.waitUntil(async () => (await verdict()) === 'waits', LONG);
  });

  it("finds a record's way: in the stream, and waiting for DocumentDB", async () => {
    const waits = session.feed.produced.findLast(({ key, poison }) => key !== null && poison === undefined);
    await vi.waitUntil(() => session.stored.some(({ partitionKey }) => partitionKey === waits?.key), LONG);
    await open('Find a record');
    await page.getByLabel('Key or partition@offset').fill(`${waits?.partition}@${waits?.offset}`);
    await press('Find');
    const way = page.getByRole('list', { name: `The way of orders-${waits?.partition}@${waits?.offset}` });
    await way.getByText(/^shard \d/).waitFor();
    expect(await way.textContent()).toContain('DocumentDB is stopped: the document cannot be read now.');
  });

  it.each([
    [1440, 'light', 'Invocations'],
    [1440, 'dark', 'Dead letters'],
    [360, 'dark', 'Shards'],
    [360, 'light', 'Partitions'],
  ] as const)(
    'has no serious finding of axe and no sideways scrolling at %i px, %s, with %s',
    async (width, colorScheme, tab) => {
      await open(tab);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: width === 360 ? 800 : IMAGE_HEIGHT });
      await vi.waitUntil(async () => (await page.evaluate('document.documentElement.scrollWidth')) === width, LONG);
      expect(await seriousFindings(page)).toEqual([]);
      if (!WRITES_IMAGES) return;
      await page.evaluate('scrollTo(0, 0)');
      const path = join(PROJECT_ROOT, 'docs', 'images', `console-${width}-${colorScheme}.png`);
      expect((await page.screenshot({ path })).length).toBeLessThan(IMAGE_BYTES_MAX);
    },
  );

  it('starts DocumentDB: everything settles, and nothing is lost', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await press('Start DocumentDB');
    await vi.waitUntil(async () => (await verdict()) === 'holds' && (await waiting()) <= 2 * ORDERS_PER_SECOND, LONG);
    expect(await page.locator('[data-verdict]').textContent()).toContain('Nothing is lost');
  });

  it('sends the dead letter again when the rule is gone: its document is there', async () => {
    await press('off');
    await page.getByText('The collection takes every document').waitFor();
    await open('Dead letters');
    const letter = page.getByRole('listitem').filter({ hasText: 'DocumentValidationFailure' });
    await letter.getByRole('button', { name: /^Redrive/ }).click();
    await letter.getByText('settled', { exact: true }).waitFor();
    await open('Documents');
    await page.getByLabel('Ids that begin with').fill('sent-refused');
    await page.getByText('review refused').waitFor();
    expect(await verdict()).toBe('holds');
  });

  it('had no error in the page', () => {
    expect(problems).toEqual([]);
  });
});

/** https://github.com/dequelabs/axe-core/blob/develop/doc/API.md */
async function seriousFindings(page: Page): Promise<readonly unknown[]> {
  await page.evaluate(readFileSync(join(PROJECT_ROOT, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'));
  return await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))`);
}
