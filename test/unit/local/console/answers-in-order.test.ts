import { describe, expect, it } from 'vitest';
import { AnswersInOrder } from '../../../../local/console/page/answers-in-order.ts';

describe('answers to questions that overlap', () => {
  it('are shown as they come, each newer than the one before', () => {
    const answers = new AnswersInOrder();
    const [first, second] = [answers.ask(), answers.ask()];
    expect([first(), second()]).toEqual([true, true]);
  });

  it('are dropped when the answer to a later question was there first', () => {
    const answers = new AnswersInOrder();
    const [first, second, third] = [answers.ask(), answers.ask(), answers.ask()];
    expect([second(), first(), third()]).toEqual([true, false, true]);
  });
});
