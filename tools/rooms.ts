import { posix } from 'node:path';
import type { Import } from './imports.ts';

/** A folder may hold so many files beside each other. */
export const FILES_BESIDE_EACH_OTHER_MAX = 12;

/**
 * The folders (and single files) of a sink, low to high: an import never goes up. `docs/architecture.md` explains them, and
 * `biome.json` refuses the imports in the editor. A part that is not named here is the lowest of its sink.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'functions/kinesis-sink': ['settings/', 'plan/', 'lanes/', 'target/', 'delivery/', 'sink.ts', 'handler.ts'],
  'functions/documentdb-sink': [
    'bson/',
    'java/',
    'json/',
    'transcode/',
    'update/',
    'plan/',
    'guard/',
    'target/',
    'lanes/',
    'delivery/',
    'sink.ts',
    'configuration.ts',
    'connector/',
    'load-configuration.ts',
    'handler.ts',
  ],
};

/** Imports from a room to one that stands above it. */
export const upwardImports = (imports: readonly Import[]): readonly Import[] =>
  imports.filter(({ from, to }) => {
    const [own, other] = [placeOf(from), placeOf(to)];
    return own !== undefined && own.sink === other?.sink && other.floor > own.floor;
  });

/** `shared/` stands below both sinks, and a sink knows nothing of the other. */
export const foreignImports = (imports: readonly Import[]): readonly Import[] =>
  imports.filter(({ from, to }) => {
    const [own, other] = [placeOf(from)?.sink, placeOf(to)?.sink];
    return other !== undefined && own !== other && (own !== undefined || from.startsWith('shared/'));
  });

/** These tell right from wrong: what they took from the product would stand on both sides. */
const JUDGES: readonly string[] = [
  'test/simulation/services/',
  'test/simulation/invariants/',
  'test/support/document-server/',
  'test/support/kpl/',
];

/** What they may know: the sinks under test, what a sink asks of its target or of a registry, and how a mapper (also a connector file's) and a client are made. */
const PORTS: ReadonlySet<string> = new Set([
  'functions/documentdb-sink/sink.ts',
  'functions/documentdb-sink/connector/file/read-connector.ts',
  'functions/documentdb-sink/connector/registry/confluent/client-settings.ts',
  'functions/documentdb-sink/connector/registry/confluent/confluent-source.ts',
  'functions/documentdb-sink/connector/registry/create-registry-mapper.ts',
  'functions/documentdb-sink/connector/registry/glue/glue-credentials.ts',
  'functions/documentdb-sink/connector/registry/glue/glue-source.ts',
  'functions/documentdb-sink/connector/registry/http-call.ts',
  'functions/documentdb-sink/connector/transforms/mapper-of-connector.ts',
  'functions/documentdb-sink/guard/indexes.ts',
  'functions/documentdb-sink/guard/standing.ts',
  'functions/documentdb-sink/plan/native-mapper.ts',
  'functions/documentdb-sink/plan/preparation.ts',
  'functions/documentdb-sink/plan/record-mapper.ts',
  'functions/documentdb-sink/plan/write-model.ts',
  'functions/documentdb-sink/target/document-store.ts',
  'functions/kinesis-sink/sink.ts',
  'functions/kinesis-sink/plan/entry.ts',
  'functions/kinesis-sink/target/classify.ts',
  'functions/kinesis-sink/target/credentials.ts',
  'functions/kinesis-sink/target/kinesis-port.ts',
  'functions/kinesis-sink/target/preflight.ts',
  'functions/kinesis-sink/target/session.ts',
]);

/** Imports of the product's code by what judges it. */
export const biasedImports = (imports: readonly Import[]): readonly Import[] =>
  imports.filter(
    ({ from, to }) => JUDGES.some((folder) => from.startsWith(folder)) && to.startsWith('functions/') && !PORTS.has(to),
  );

/** Folders with more files beside each other than may be. */
export const crowdedFolders = (files: readonly string[]): readonly string[] =>
  [...Map.groupBy(files, (file) => posix.dirname(file))]
    .filter(([, own]) => own.length > FILES_BESIDE_EACH_OTHER_MAX)
    .map(([folder, own]) => `${folder}/ holds ${own.length} files, and ${FILES_BESIDE_EACH_OTHER_MAX} are the most`);

const LANE_FILE = /^(?:shared\/delivery|functions\/[^/]+\/lanes)\/lane\.ts$/;
const CLASS_BODY = /^(?:export )?(?:abstract )?class .*\n([\s\S]*?)^}/gm;
const MODIFIERS = '(?:(?:public|protected|private|static|override|declare|accessor) )*';
const FIELD = `${MODIFIERS}(?!readonly\\b)([a-z_]\\w*)(?:[?!]?:| =)`;
const SETTER = `${MODIFIERS}set ([a-z_]\\w*)\\(`;
const WRITABLE_MEMBER = new RegExp(`^ {2}(?:${FIELD}|${SETTER})`, 'gim');

export const isLaneFile = (file: string): boolean => LANE_FILE.test(file);

/** The members of a file's classes that other files could write. A lane alone writes its state (G1, G2). */
export const writableMembers = (text: string): readonly string[] =>
  [...text.matchAll(CLASS_BODY)].flatMap(([, body = '']) =>
    [...body.matchAll(WRITABLE_MEMBER)].flatMap(([, field, setter]) => field ?? setter ?? []),
  );

function placeOf(file: string): { readonly sink: string; readonly floor: number } | undefined {
  for (const [sink, rooms] of Object.entries(ROOMS)) {
    if (!file.startsWith(`${sink}/`)) continue;
    const inside = file.slice(sink.length + 1);
    return { sink, floor: rooms.findIndex((room) => inside.startsWith(room)) };
  }
  return undefined;
}
