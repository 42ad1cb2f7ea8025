import { useRef } from 'preact/hooks';
import { AnswersInOrder } from './answers-in-order.ts';
import { read } from './api.ts';

/** Reads for one place of the page, which may overlap. Without `onProblem`, a failed read changes nothing. */
export function useRead<Answer>(
  onAnswer: (answer: Answer) => void,
  onProblem: (error: Error) => void = () => undefined,
): (path: string, query?: Readonly<Record<string, string>>) => void {
  const answers = useRef(new AnswersInOrder()).current;
  return (path, query) => {
    const isNewest = answers.ask();
    void read<Answer>(path, query).then(
      (answer) => isNewest() && onAnswer(answer),
      (error: Error) => isNewest() && onProblem(error),
    );
  };
}
