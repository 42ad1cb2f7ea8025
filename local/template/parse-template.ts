import { type CollectionTag, isMap, isSeq, parse, type ScalarTag } from 'yaml';

const SHORT_FORMS = ['And', 'Equals', 'GetAtt', 'If', 'ImportValue', 'Join', 'Not', 'Or', 'Select', 'Split', 'Sub'];
const TAGS = [
  ...SHORT_FORMS.map((name) => ({ tag: `!${name}`, name: `Fn::${name}` })),
  { tag: '!Ref', name: 'Ref' },
  { tag: '!Condition', name: 'Condition' },
];

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const customTags = TAGS.flatMap(({ tag, name }): (ScalarTag | CollectionTag)[] => [
  { tag, resolve: (text) => ({ [name]: text }) },
  {
    tag,
    collection: 'seq',
    resolve: (node, onError) => (isSeq(node) ? { [name]: node.toJSON() } : onError(`${tag} takes a list`)),
  },
  {
    tag,
    collection: 'map',
    resolve: (node, onError) => (isMap(node) ? { [name]: node.toJSON() } : onError(`${tag} takes a mapping`)),
  },
]);

/**
 * A CloudFormation template in JSON or YAML, with `!Ref` and the like written out: `{ Ref: .. }`, `{ 'Fn::Sub': .. }`.
 * @throws YAMLParseError for a tag that is none of these, or any other mistake
 */
export function parseTemplate(text: string): unknown {
  return parse(text, (_key, value: unknown) => value, { customTags, merge: false });
}
