import { describe, expect, it } from 'vitest';
import { newTopics } from '../../../../infra/deploy/new-topics.ts';
import { aProject } from '../../../support/a-connector.ts';

const STAGE_FILE = `
region: eu-west-1
cluster: { arn: arn:aws:kafka:eu-west-1:111111111111:cluster/shop/1 }
documentdbSink: { connector: sink.properties }
`;
const LOCK = { regex: String.raw`shop\..*`, cluster: 'C', readAt: '2026-11-29T00:00:00.000Z', topics: ['shop.a'] };
const FILES = { 'config/dev.yml': STAGE_FILE, 'sink.properties.topics.json': JSON.stringify(LOCK) };

const said = (names: readonly string[], files: Readonly<Record<string, string>> = FILES) =>
  newTopics('dev', () => () => Promise.resolve(names), aProject(files));

describe('a deployment whose connector has topics.regex', () => {
  it('names the topics that match and are not in the list, and how they come to be read', async () => {
    const notice = await said(['shop.b', 'shop.a', 'other', 'shop.c']);
    expect(notice).toMatch(
      /^2 topics of the cluster match .* sink\.properties\.topics\.json lacks them: shop\.b, shop\.c\./,
    );
    expect(notice).toContain('npm run topics -- --stage dev');
    expect(await said(Array.from({ length: 12 }, (_, index) => `shop.n${index}`))).toContain('and 2 more');
    expect(await said(Array.from({ length: 10 }, (_, index) => `shop.n${index}`))).toContain('shop.n8, shop.n9.');
  });

  it('says nothing where the list holds all, and where there is no list', async () => {
    expect(await said(['shop.a', 'other'])).toBeUndefined();
    expect(await said(['shop.b'], { 'config/dev.yml': STAGE_FILE })).toBeUndefined();
    expect(await said(['shop.b'], { ...FILES, 'config/dev.yml': 'region: eu-west-1' })).toBeUndefined();
  });

  it('asks no cluster where the stage file names none, or no connector', async () => {
    const asked = () => () => Promise.reject(new Error('asked'));
    const parts = { cluster: /^cluster.*$/m, connector: /^documentdbSink.*$/m };
    for (const part of Object.values(parts)) {
      const files = { ...FILES, 'config/dev.yml': STAGE_FILE.replace(part, '') };
      expect(await newTopics('dev', asked, aProject(files))).toBeUndefined();
    }
    await expect(newTopics('prod', asked, aProject(FILES))).rejects.toThrow('config/prod.yml does not exist');
  });

  it('goes on where the topics cannot be listed, and says why', async () => {
    const refused = () => Promise.reject(new Error('AWS did not list the topics'));
    expect(await newTopics('dev', () => refused, aProject(FILES))).toBe(
      'The topics of the cluster were not compared with sink.properties.topics.json: AWS did not list the topics',
    );
  });
});
