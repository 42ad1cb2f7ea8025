import type { Deployment } from '../../infra/template/deployment.ts';
import type { Answer, Ask, AskOptions, Value } from './ask.ts';
import { type Finding, failed, warning } from './finding.ts';

/** What every check has. */
export interface Context {
  readonly deployment: Deployment;
  /** The functions' account. */
  readonly ask: Ask;
  /** The stream's account, if there are credentials of it. */
  readonly askStreamAccount: Ask | undefined;
  readonly nowMs: number;
}

/** Looks at one thing, or at a few that belong together. */
export type Check = (context: Context) => Promise<readonly Finding[]>;

export interface Question {
  readonly title: string;
  readonly command: string;
  readonly options?: AskOptions;
  /** Words of the command without a name. */
  readonly positional?: readonly string[];
  /** The IAM action that the question needs. */
  readonly right: string;
  /** What a missing thing means. */
  readonly missing: (title: string) => Finding | readonly Finding[];
}

/** What an answer means. It may ask more. */
type Judge = (value: Value) => Finding | readonly Finding[] | Promise<readonly Finding[]>;

/** Asks one question, and turns everything but a value into a finding: a missing right is a warning that names the right. */
export async function look(ask: Ask, question: Question, judge: Judge): Promise<readonly Finding[]> {
  const { title, command, options, positional = [], right, missing } = question;
  const answer = await ask(command, options, ...positional);
  try {
    return [await judged(answer, { title, right, missing }, judge)].flat();
  } catch {
    // An answer without what AWS documents ends this check alone.
    return [
      failed(title, 'AWS answered in a form that this check does not know', `look at what aws ${command} prints`),
    ];
  }
}

function judged(
  answer: Answer,
  { title, right, missing }: Pick<Question, 'title' | 'right' | 'missing'>,
  judge: Judge,
): ReturnType<Judge> {
  switch (answer.kind) {
    case 'value':
      return judge(answer.value);
    case 'denied':
      return warning(
        title,
        `not checked: these credentials lack ${right}`,
        `allow ${right}, or ask somebody who has it`,
      );
    case 'missing':
      return missing(title);
    case 'failed':
      return failed(title, `AWS did not answer: ${answer.code}`, 'try again, or run the command of this check by hand');
  }
}
