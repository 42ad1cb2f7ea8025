import { CDC_HANDLERS, className, classNames, POST_PROCESSORS } from '../class-names.ts';
import { anyText, choice, flag, orEmpty, wholeNumber } from '../forms.ts';
import { meaningless, ofTopics, type Property, perTopic } from '../property.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const PROJECTION = choice('none', 'allowlist', 'blocklist', 'whitelist', 'blacklist');
const NO_TIME_SERIES =
  'DocumentDB has no time series collections; the function inserts documents into an ordinary collection';

/** The connector's default of timeseries.timefield.auto.convert.date.format. */
export const DATE_FORMAT =
  "yyyy-MM-dd[['T'][ ]][HH:mm:ss[[.][SSSSSS][SSS]][ ]VV[ ]'['VV']'][HH:mm:ss[[.][SSSSSS][SSS]][ ]X][HH:mm:ss[[.][SSSSSS][SSS]]]";

/** Properties of the steps between conversion and write. */
export const PROCESSING_PROPERTIES: readonly Property[] = ofTopics([
  perTopic('post.processor.chain', {
    form: classNames('post processor', POST_PROCESSORS),
    default: `${SINK}.processor.DocumentIdAdder`,
    description:
      'Post processors, in the order in which they are applied. DocumentIdAdder is applied first if it is not listed.',
  }),
  perTopic('key.projection.type', { form: PROJECTION, default: 'none', description: 'Mode of the key projection.' }),
  perTopic('key.projection.list', { form: anyText, description: 'Fields of the key projection, separated by commas.' }),
  perTopic('value.projection.type', {
    form: PROJECTION,
    default: 'none',
    description: 'Mode of the value projection.',
  }),
  perTopic('value.projection.list', {
    form: anyText,
    description: 'Fields of the value projection, separated by commas.',
  }),
  perTopic('field.renamer.mapping', {
    form: anyText,
    default: '[]',
    description: 'RenameByMapping: JSON, `[{"oldName": "value.a", "newName": "b"}]`.',
  }),
  perTopic('field.renamer.regexp', {
    form: anyText,
    default: '[]',
    description: 'RenameByRegExp: JSON, `[{"regexp": "^value\\..*$", "pattern": "a", "replace": "b"}]`.',
  }),
  perTopic('field.value.transformer', {
    form: orEmpty(className('field value transformer', [])),
    description: 'Field value transformer of this project.',
  }),
  perTopic('field.value.transformer.fields', {
    form: anyText,
    description: 'Fields to transform, separated by commas.',
  }),
  perTopic('change.data.capture.handler', {
    form: orEmpty(className('CDC handler', CDC_HANDLERS)),
    description:
      'Handler for change events. With a handler, post processors, id strategies and write model strategies have no effect.',
  }),
  perTopic('change.data.capture.handler.remove.null.values', {
    form: flag,
    default: 'false',
    description: 'Whether the CDC handler omits null fields.',
  }),
  perTopic('timeseries.timefield', {
    form: anyText,
    description:
      'Time field. DocumentDB has no time series collections: the function inserts documents into an ordinary collection.',
    remark: NO_TIME_SERIES,
  }),
  perTopic('timeseries.timefield.auto.convert', {
    form: flag,
    default: 'false',
    description: 'Whether the time field is converted to a date.',
  }),
  perTopic('timeseries.timefield.auto.convert.date.format', {
    form: anyText,
    default: DATE_FORMAT,
    description: "Pattern of the time field's text, in the syntax of Java's DateTimeFormatter.",
  }),
  perTopic('timeseries.timefield.auto.convert.locale.language.tag', {
    form: anyText,
    description: 'Language of the names of months and days in the time field.',
  }),
  meaningless('timeseries.metafield', NO_TIME_SERIES, {
    form: anyText,
    description: 'Field that identifies the series.',
  }),
  meaningless('timeseries.expire.after.seconds', 'the function creates no TTL index; create one on the time field', {
    form: wholeNumber('seconds', 0, Number.MAX_SAFE_INTEGER),
    default: '0',
    description: 'Lifetime of documents.',
  }),
  meaningless('timeseries.granularity', NO_TIME_SERIES, {
    form: orEmpty(choice('seconds', 'minutes', 'hours')),
    description: 'Interval between measurements.',
  }),
]);
