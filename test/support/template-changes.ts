import { type CreateOnlyChanges, createOnlyChanges } from '../../infra/deploy/create-only-changes.ts';
import { templateParts } from '../../infra/template/template.ts';
import { aStageFile, type StageFileChanges } from './a-stage-file.ts';

/** The stage with one function: one mapping for each topic. */
export const ofKinesis = (changes: StageFileChanges = {}): unknown =>
  templateParts('msk-sinks', 'dev', withoutDocumentdb(aStageFile(changes))).resources;

export const ofBoth = (changes: StageFileChanges = {}): unknown =>
  templateParts('msk-sinks', 'dev', aStageFile(changes)).resources;

export const withoutDocumentdb = ({ documentdbSink, ...rest }: Readonly<Record<string, unknown>>) => rest;

export const between = (before: StageFileChanges, after: StageFileChanges): CreateOnlyChanges =>
  createOnlyChanges(ofKinesis(before), ofKinesis(after));
