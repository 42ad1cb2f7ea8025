// `npm run judge:kinesis`: Amazon's own consumers say whether they get what the sink meant to send.
import { parseArgs } from 'node:util';
import { INSTALL_ROOT } from '../../../local/engines/engines.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import { type Judge, startJudges } from './judges.ts';
import { MISTAKES } from './mistakes.ts';
import { readerCharges } from './reader.ts';
import { MODES, type Sent, sendBatch, someBatch } from './sent.ts';
import { chargesOf, type Verdict, verdictOf } from './trial.ts';

const USAGE = `npm run judge:kinesis -- [options]

  --seed S      the same batches again (default: a new seed, which is printed)
  --batches N   so many batches through the sink, in every mode in turn (default 140)
  --mistakes    send each mistake of test/parity/kinesis/mistakes.ts in place of what the sink sent: each must be noticed

Exit codes: 0 the consumers read what they should, 1 they do not, 2 the command could not work.
`;

const BROKEN_MESSAGES = 20_000;
const DISAGREEMENTS_TOLD = 5;

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      batches: { type: 'string', default: '140' },
      mistakes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    write(USAGE);
    return true;
  }
  const seed = wholeNumber('--seed', values.seed);
  const random = seededRandom(seed);
  write(`seed ${seed}`);
  const judges = await startJudges(INSTALL_ROOT, write);
  const sent = await sendBatches(wholeNumber('--batches', values.batches), random);
  const isGood = values.mistakes ? await judgeMistakes(judges, sent, random) : await judgeSent(judges, sent, random);
  if (!isGood) write(`again: npm run judge:kinesis -- --seed ${seed} --batches ${values.batches}`);
  return isGood;
}

async function sendBatches(count: number, random: () => number): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let batch = 0; batch < count; batch += 1) {
    const mode = MODES[batch % MODES.length];
    if (mode !== undefined) sent.push(...(await sendBatch(mode, someBatch(random))));
  }
  const aggregates = sent.filter(({ contents }) => contents.length > 1);
  const countOf = (entries: readonly Sent[]) => entries.reduce((sum, { contents }) => sum + contents.length, 0);
  write(
    `${count} batches: ${countOf(sent)} records in ${sent.length} Kinesis records, ${aggregates.length} of them aggregates of ${countOf(aggregates)}`,
  );
  return sent;
}

async function judgeSent(judges: readonly Judge[], sent: readonly Sent[], random: () => number): Promise<boolean> {
  const charges = sent.flatMap((each) => chargesOf(each, random));
  const verdicts: Verdict[] = [];
  for (const judge of judges) verdicts.push(tell('what the sink sent', await verdictOf(judge, charges)));
  const [kcl] = judges.filter(({ minds }) => minds === 'shards');
  if (kcl !== undefined) {
    verdicts.push(tell('our own reader', await verdictOf(kcl, readerCharges(BROKEN_MESSAGES, random))));
  }
  return verdicts.every(({ disagreements }) => disagreements.length === 0);
}

function tell(what: string, verdict: Verdict): Verdict {
  const { judge, questionCount, userRecordCount, disagreements, elapsedMs } = verdict;
  write(
    `${judge} on ${what}: ${questionCount} questions, ${userRecordCount} user records, ${disagreements.length} disagreements (${(elapsedMs / 1_000).toFixed(1)} s)`,
  );
  for (const disagreement of disagreements.slice(0, DISAGREEMENTS_TOLD)) write(`  ${disagreement}`);
  return verdict;
}

/** Each mistake in one entry, chosen by chance among those it can be made in. */
async function judgeMistakes(judges: readonly Judge[], sent: readonly Sent[], random: () => number): Promise<boolean> {
  const planted = MISTAKES.map(({ name, sendInstead }) => {
    const entries = sent.flatMap((each) => {
      const stored = sendInstead(each);
      return stored === undefined ? [] : [{ ...each, stored }];
    });
    return { name, entry: entries[Math.floor(random() * entries.length)] };
  });
  let count = 0;
  for (const { name, entry } of planted) {
    const charges = entry === undefined ? [] : chargesOf(entry, random);
    const verdicts = await Promise.all(judges.map((judge) => verdictOf(judge, charges)));
    const by = verdicts.filter(({ disagreements }) => disagreements.length > 0).map(({ judge }) => judge);
    write(by.length > 0 ? `noticed ${name}: ${by.join(', ')}` : `NOT NOTICED ${name}`);
    if (by.length > 0) count += 1;
  }
  write(`${count} of ${MISTAKES.length} mistakes noticed`);
  return count === MISTAKES.length;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

process.exitCode = await main().then(
  (isGood) => (isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n(npm run judge:kinesis -- --help)\n`);
    return 2;
  },
);
