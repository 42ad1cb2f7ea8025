import { describe, expect, it } from 'vitest';
import { createTasks } from '../../../../shared/delivery/tasks.ts';

const stateOf = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => 'ended'), new Promise((resolve) => setImmediate(resolve, 'open'))]);

describe('tasks', () => {
  it('counts those that are open', async () => {
    const tasks = createTasks();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    tasks.start(first.promise);
    tasks.start(second.promise);
    expect(tasks.openCount()).toBe(2);
    const end = tasks.nextEnd();
    first.resolve();
    await end;
    expect(tasks.openCount()).toBe(1);
  });

  it('says when the next one ends, and only then', async () => {
    const tasks = createTasks();
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    tasks.start(first.promise);
    tasks.start(second.promise);
    const end = tasks.nextEnd();
    expect(await stateOf(end)).toBe('open');
    first.resolve();
    expect(await stateOf(end)).toBe('ended');
    expect(await stateOf(tasks.nextEnd())).toBe('open');
  });

  it('reports a bug to who waits, and to everybody who waits later', async () => {
    const tasks = createTasks();
    const task = Promise.withResolvers<void>();
    tasks.start(task.promise);
    const reported = expect(tasks.nextEnd()).rejects.toThrow('a bug');
    task.reject(new TypeError('a bug'));
    await reported;
    await expect(tasks.nextEnd()).rejects.toThrow('a bug');
    expect(tasks.openCount()).toBe(0);
  });

  it('reports the first bug of several, which may have caused the others', async () => {
    const tasks = createTasks();
    tasks.start(Promise.reject(new TypeError('the first')));
    tasks.start(Promise.reject(new TypeError('the second')));
    await new Promise(setImmediate);
    await expect(tasks.nextEnd()).rejects.toThrow('the first');
  });
});
