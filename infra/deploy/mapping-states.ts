/** A mapping of the template that was deployed. */
export interface ExpectedMapping {
  readonly logicalId: string;
  /** In Lambda. */
  readonly functionName: string;
  readonly topic: string;
  readonly enabled: boolean;
}

/** A mapping as Lambda lists it. https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export interface ListedMapping {
  readonly topics: readonly string[];
  readonly state: string;
  readonly lastProcessingResult: string | undefined;
}

/** `pending`: Lambda has not finished. `failing`: Lambda has finished, and says why it cannot read. */
export interface MappingState {
  readonly logicalId: string;
  readonly kind: 'reading' | 'paused' | 'pending' | 'failing';
  /** As Lambda says it: `Enabled, PROBLEM: Connection error`. */
  readonly answer: string;
}

/** Lambda's words for a mapping that works. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-troubleshoot.html */
const GOOD_RESULTS: ReadonlySet<string> = new Set(['OK', 'No records processed']);

/** Pure. */
export function mappingStateOf(
  { logicalId, topic, enabled }: ExpectedMapping,
  listed: readonly ListedMapping[],
): MappingState {
  const mapping = listed.find(({ topics }) => topics.includes(topic));
  if (mapping === undefined) return { logicalId, kind: 'pending', answer: 'not listed yet' };
  const { state, lastProcessingResult: result } = mapping;
  const answer = result === undefined ? state : `${state}, ${result}`;
  if (!enabled) return { logicalId, kind: state === 'Disabled' ? 'paused' : 'pending', answer };
  if (state !== 'Enabled' || result === undefined) return { logicalId, kind: 'pending', answer };
  return { logicalId, kind: GOOD_RESULTS.has(result) ? 'reading' : 'failing', answer };
}

/** The mappings of a template. @param functionNames the names in Lambda, by the logical ids of the functions */
export function expectedMappings(
  template: { readonly Resources?: Readonly<Record<string, unknown>> },
  functionNames: ReadonlyMap<string, string>,
): readonly ExpectedMapping[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, resource]) => {
    const { Type, Properties } = resource as MappingResource;
    if (Type !== 'AWS::Lambda::EventSourceMapping') return [];
    const functionName = functionNames.get(Properties.FunctionName['Fn::GetAtt'][0]);
    const [topic] = Properties.Topics;
    return functionName === undefined ? [] : [{ logicalId, functionName, topic, enabled: Properties.Enabled }];
  });
}

/** As infra/template/mappings.ts writes it. */
interface MappingResource {
  readonly Type: string;
  readonly Properties: {
    readonly FunctionName: { readonly 'Fn::GetAtt': readonly [string, string] };
    readonly Topics: readonly [string];
    readonly Enabled: boolean;
  };
}
