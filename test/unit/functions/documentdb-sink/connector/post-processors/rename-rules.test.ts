import { describe, expect, it } from 'vitest';
import { createPostProcessors } from '../../../../../../functions/documentdb-sink/connector/post-processors/create-post-processors.ts';
import { PropertyError } from '../../../../../../functions/documentdb-sink/connector/property-error.ts';
import { UnwritableError } from '../../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import { aRecord } from '../../../../../support/builders.ts';
import { documentOf, inOrder, SINK, sinkDocument, topicProperties } from '../../../../../support/sink-documents.ts';

const KEY = '{fieldA: "my field value", f2: true, subDoc: {fieldX: 42}, my_field1: {my_field2: "testing rocks!"}}';
const VALUE = '{_id: 1, abc: "my field value", f2: false, subDoc: {"123": 0.0}, "foo.foo.foo": {".blah..blah.": 23}}';

function rename(processor: string, given: Readonly<Record<string, string>>, key: string | null, value: string) {
  const chain = `${SINK}.processor.field.renaming.${processor}`;
  const document = sinkDocument(key, value);
  const properties = topicProperties({ 'post.processor.chain': chain, ...given });
  for (const process of createPostProcessors(properties, () => 1)) process(document, aRecord());
  return document;
}

const byMapping = (mapping: string, key: string | null, value: string) =>
  rename('RenameByMapping', { 'field.renamer.mapping': mapping }, key, value);
const byRegExp = (rules: string, key: string | null, value: string) =>
  rename('RenameByRegExp', { 'field.renamer.regexp': rules }, key, value);

const expectInOrder = (actual: unknown, expected: string) =>
  expect(inOrder(actual)).toEqual(inOrder(documentOf(expected)));

describe('RenameByMapping', () => {
  it('renames by exact paths of key and value, to the end of the document', () => {
    const mapping = `[{'oldName':'key.fieldA','newName':'f1'}, {'oldName':'key.f2','newName':'fieldB'},
      {'oldName':'key.subDoc.fieldX','newName':'name_x'}, {'oldName':'value.abc','newName':'xyz'},
      {'oldName':'value.f2','newName':'f_two'}, {'oldName':'value.subDoc.123','newName':'789'}]`;
    const document = byMapping(mapping, KEY, VALUE);
    expectInOrder(
      document.key(),
      '{subDoc: {name_x: 42}, my_field1: {my_field2: "testing rocks!"}, f1: "my field value", fieldB: true}',
    );
    expectInOrder(
      document.value(),
      '{_id: 1, subDoc: {"789": 0.0}, "foo.foo.foo": {".blah..blah.": 23}, xyz: "my field value", f_two: false}',
    );
  });

  it('drops a field whose new name is taken', () => {
    const mapping = '[{"oldName": "value.a", "newName": "b"}]';
    expectInOrder(byMapping(mapping, null, '{_id: 1, a: 1, b: 2}').value(), '{_id: 1, b: 2}');
  });

  it('renames no more what a later rule names without a new name', () => {
    const mapping =
      '[{"oldName": "value.a", "newName": "x"}, {"oldName": "value.b", "newName": "y"}, {"oldName": "value.a"}]';
    expectInOrder(byMapping(mapping, null, '{_id: 1, a: 1, b: 2}').value(), '{_id: 1, a: 1, y: 2}');
  });

  it('refuses a record of which two fields get one name', () => {
    const mapping = '[{"oldName": "value.a", "newName": "c"}, {"oldName": "value.b", "newName": "c"}]';
    expect(() => byMapping(mapping, null, '{_id: 1, a: 1, b: 2}')).toThrow(UnwritableError);
  });

  it('has the renamed parents in the paths of what is within, and looks into no array', () => {
    const mapping = '[{"oldName": "value.a", "newName": "x"}, {"oldName": "value.x.b", "newName": "c"}]';
    expectInOrder(byMapping(mapping, null, '{_id: 1, a: {b: 1}}').value(), '{_id: 1, x: {c: 1}}');
    expectInOrder(byMapping(mapping, null, '{_id: 1, a: [{b: 1}]}').value(), '{_id: 1, x: [{b: 1}]}');
  });

  it.each(['[]', '', '[{"oldName": "value.abc"}]', '[{"newName": "abc"}]'])('of %j renames nothing', (mapping) => {
    expectInOrder(byMapping(mapping, KEY, VALUE).value(), VALUE);
  });

  it.each(['{}', '[1]', '[{', '[{"a": 1}]', '[{"oldName": 1, "newName": "a"}]'])('refuses %s', (mapping) => {
    expect(() => byMapping(mapping, null, '{}')).toThrow(PropertyError);
  });
});

describe('RenameByRegExp', () => {
  const expectedKey = '{f2: true, subDoc: {FX: 42}, FA: "my field value", _F1: {_F2: "testing rocks!"}}';
  const expectedValue =
    '{_id: 1, abc: "my field value", f2: false, subDoc: {"123": 0.0}, foo_foo_foo: {_blah__blah_: 23}}';

  it.each(['\\\\.', '\\.'])(
    'renames what matches, rule by rule, with backslashes as JSON or Java has them: %s',
    (dot) => {
      const rules = `[{'regexp': '^key${dot}.*my.*$', 'pattern': 'my', 'replace': ''},
      {'regexp': '^key${dot}.*field.$', 'pattern': 'field', 'replace': 'F'},
      {'regexp': '^value${dot}.*$', 'pattern': '${dot}', 'replace': '_'}]`;
      const document = byRegExp(rules, KEY, VALUE);
      expectInOrder(document.key(), expectedKey);
      expectInOrder(document.value(), expectedValue);
    },
  );

  it('matches the name the field had, and changes the name it has by then', () => {
    const rules =
      '[{"regexp": ".*a", "pattern": "a", "replace": "b"}, {"regexp": ".*a", "pattern": "b", "replace": "c$0"}]';
    expectInOrder(byRegExp(rules, null, '{_id: 1, a: 1}').value(), '{_id: 1, cb: 1}');
  });

  it.each([
    ['[{"regexp": "a"}]', 'pattern is missing'],
    ['[{"regexp": "(", "pattern": "a", "replace": "b"}]', 'the regexp is refused: '],
    ['[{"regexp": "a", "pattern": "\\\\X", "replace": "b"}]', 'the pattern is refused: '],
    ['[{"regexp": "a", "pattern": "a", "replace": "$1"}]', '$1'],
  ])('refuses %s when the configuration is read', (rules, problem) => {
    expect(() => byRegExp(rules, null, '{}')).toThrow(problem);
    expect(() => byRegExp(rules, null, '{}')).toThrow(PropertyError);
  });
});
