import { seededRandom } from '../../../local/seeded-random.ts';
import type { ParityCase } from './case.ts';

const TOKENS = [
  'null',
  '-0',
  '1e5',
  '9223372036854775808',
  '""',
  '[]',
  '{}',
  '{"$oid":"5f8f8c44b54764421b7156c9"}',
  '"\\u0000"',
  ',',
  '}',
  'é',
];
const TOKEN = /-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*"|true|false|null|[{}[\],:]/g;

/** The case with some of its values changed, as a seed decides. Keys stay, so that the records of a document share a partition. */
export function mutated(each: ParityCase, seed: number): ParityCase {
  const random = seededRandom(seed);
  const pick = <T>(options: readonly T[]): T | undefined => options[Math.floor(random() * options.length)];
  const records = each.records.map((record) => {
    const text = record.value?.toString();
    if (text === undefined || !Buffer.from(text).equals(record.value ?? Buffer.alloc(0)) || random() < 0.5)
      return record;
    const token = pick([...text.matchAll(TOKEN)]);
    if (token === undefined) return record;
    const changed = text.slice(0, token.index) + (pick(TOKENS) ?? '') + text.slice(token.index + token[0].length);
    return { ...record, value: Buffer.from(changed) };
  });
  return { ...each, name: `${each.name} (--fuzz 1 --seed ${seed})`, records, isMutated: true };
}
