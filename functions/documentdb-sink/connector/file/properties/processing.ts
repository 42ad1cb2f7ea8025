import { CDC_HANDLERS, className, classNames, POST_PROCESSORS } from '../class-names.ts';
import { anyText, choice, flag, orEmpty, wholeNumber } from '../forms.ts';
import { meaningless, ofTopics, type Property, perTopic } from '../property.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const PROJECTION = choice('none', 'allowlist', 'blocklist', 'whitelist', 'blacklist');
const NO_TIME_SERIES = 'DocumentDB has no time series collections: documents go into an ordinary one';

/** The connector's default of timeseries.timefield.auto.convert.date.format. */
export const DATE_FORMAT =
  "yyyy-MM-dd[['T'][ ]][HH:mm:ss[[.][SSSSSS][SSS]][ ]VV[ ]'['VV']'][HH:mm:ss[[.][SSSSSS][SSS]][ ]X][HH:mm:ss[[.][SSSSSS][SSS]]]";

/** What happens to a document before it is written. */
export const PROCESSING_PROPERTIES: readonly Property[] = ofTopics([
  perTopic('post.processor.chain', {
    form: classNames('post processor', POST_PROCESSORS),
    default: `${SINK}.processor.DocumentIdAdder`,
    description: 'What is done to a document, in order. DocumentIdAdder comes first where it is not listed.',
  }),
  perTopic('key.projection.type', { form: PROJECTION, default: 'none', description: 'Of the key projectors.' }),
  perTopic('key.projection.list', { form: anyText, description: 'Fields, separated by commas.' }),
  perTopic('value.projection.type', { form: PROJECTION, default: 'none', description: 'Of the value projectors.' }),
  perTopic('value.projection.list', { form: anyText, description: 'Fields, separated by commas.' }),
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
    description: "A transformer of this project's own.",
  }),
  perTopic('field.value.transformer.fields', {
    form: anyText,
    description: 'Names of the fields that it transforms, separated by commas.',
  }),
  perTopic('change.data.capture.handler', {
    form: orEmpty(className('CDC handler', CDC_HANDLERS)),
    description: 'Reads change events. Post processors, id and write strategies are not asked then.',
  }),
  perTopic('change.data.capture.handler.remove.null.values', {
    form: flag,
    default: 'false',
    description: 'Whether null fields are left out of what a CDC handler writes.',
  }),
  perTopic('timeseries.timefield', {
    form: anyText,
    description:
      'The time field. DocumentDB has no time series collections: documents are inserted into an ordinary one.',
    remark: NO_TIME_SERIES,
  }),
  perTopic('timeseries.timefield.auto.convert', {
    form: flag,
    default: 'false',
    description: 'Whether the time field becomes a date.',
  }),
  perTopic('timeseries.timefield.auto.convert.date.format', {
    form: anyText,
    default: DATE_FORMAT,
    description: "Its text's form, a pattern of Java's DateTimeFormatter.",
  }),
  perTopic('timeseries.timefield.auto.convert.locale.language.tag', {
    form: anyText,
    description: "Of that form's names of months and days.",
  }),
  meaningless('timeseries.metafield', NO_TIME_SERIES, {
    form: anyText,
    description: 'The field that names the series.',
  }),
  meaningless('timeseries.expire.after.seconds', 'no document expires: make a TTL index on the time field yourself', {
    form: wholeNumber('seconds', 0, Number.MAX_SAFE_INTEGER),
    default: '0',
    description: 'When documents expire.',
  }),
  meaningless('timeseries.granularity', NO_TIME_SERIES, {
    form: orEmpty(choice('seconds', 'minutes', 'hours')),
    description: 'How close measurements are.',
  }),
]);
