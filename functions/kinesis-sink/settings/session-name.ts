/** Letters, digits and =,.@+-, and the placeholders `{stage}`, `{id}` (8 hexadecimal digits), `{uuid}`. */
export const SESSION_NAME_TEMPLATE = /^(?:[\w+=,.@-]|\{(?:stage|id|uuid)\}){1,80}$/;
export const SESSION_NAME_DEFAULT = 'msk-sinks-{stage}-{id}';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const CHARACTERS_MIN = 2;
const CHARACTERS_MAX = 64;

export interface SessionNameParts {
  readonly stage: string;
  /** In the format of `randomUUID`; the id is its first eight digits. */
  readonly uuid: string;
}

/** The session name of the assumed role, as the other account's CloudTrail shows it. */
export const sessionNameOf = (template: string, { stage, uuid }: SessionNameParts): string =>
  template.replaceAll('{stage}', stage).replaceAll('{id}', uuid.slice(0, 8)).replaceAll('{uuid}', uuid);

const SOME_UUID = '00000000-0000-4000-8000-000000000000';

/** The problem with the length of the resulting name; undefined if there is none. */
export function sessionNameProblem(template: string, stage: string): string | undefined {
  const { length } = sessionNameOf(template, { stage, uuid: SOME_UUID });
  if (length >= CHARACTERS_MIN && length <= CHARACTERS_MAX) return undefined;
  return `gives a name of ${length} characters on stage ${stage}, and STS accepts ${CHARACTERS_MIN} to ${CHARACTERS_MAX}`;
}
