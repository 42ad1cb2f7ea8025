import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import { inTurn } from '../turn.ts';
import type { ConnectorStory, TransformStory } from './connector.ts';
import { changesOf } from './generate-changes.ts';
import { withConnector, withSchemas } from './generate-connector.ts';

/** The function has a file with transforms: rows that are taken out of Debezium's events, or fields that come, go and are renamed. */
export function withTransforms(scenario: Scenario, random: Random, round: number): Scenario {
  if (round % 2 === 0) {
    const unwraps = { name: 'unwraps', when: 'always' } as const;
    return withFile(changesOf(scenario, random, 'debeziumTable'), {
      converter: 'jsonWithSchema',
      transforms: [unwraps],
    });
  }
  const index = Math.floor(round / 2);
  const hasSchema = index % 2 === 0;
  const story = hasSchema ? withSchemas(scenario, random, round) : withConnector(scenario, random, round);
  return withFile(story, { converter: hasSchema ? 'jsonWithSchema' : 'json', transforms: chainOf(index) });
}

function withFile(story: Scenario, changes: Partial<ConnectorStory>): Scenario {
  const { connector } = story.documentdb;
  if (connector === undefined) throw new Error('the story of a file has a file');
  const { processor: _, ...rest } = connector;
  return { ...story, documentdb: { ...story.documentdb, connector: { ...rest, ...changes } } };
}

type Three<T> = readonly [T, T, T];

/** What a transform leaves is what the next one is given. */
const CHAINS: readonly Three<TransformStory['name']>[] = [
  ['inserts', 'renames', 'drops'],
  ['renames', 'drops', 'inserts'],
  ['drops', 'inserts', 'renames'],
];

const CONDITIONS: readonly Three<TransformStory['when']>[] = [
  ['otherTopics', 'firstTopic', 'noHeader'],
  ['always', 'noHeader', 'otherTopics'],
  ['firstTopic', 'value', 'header'],
  ['noHeader', 'otherTopics', 'always'],
  ['header', 'always', 'firstTopic'],
];

/** Every chain with every conditions in fifteen stories. */
function chainOf(index: number): readonly TransformStory[] {
  const conditions = inTurn(CONDITIONS, index);
  return inTurn(CHAINS, index).map((name, place) => ({ name, when: conditions[place] ?? 'always' }));
}
