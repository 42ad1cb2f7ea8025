import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../local/engines/process/engine.ts';
import { createTargets } from '../../../../local/pipeline/targets.ts';

/** Writes down what is asked of it. */
function aSite() {
  const calls: string[] = [];
  const call = (name: string) => async () => {
    calls.push(name);
  };
  const documentdb: Engine = {
    name: 'DocumentDB',
    logFile: '',
    pid: () => 1,
    stop: call('stop'),
    kill: call('kill'),
    restart: call('restart'),
  };
  return { calls, targets: createTargets({ refuse: call('refuse'), accept: call('accept') }, documentdb) };
}

describe('a target', () => {
  it('is stopped by refusing connections (Kinesis), or by killing it (DocumentDB)', async () => {
    const { calls, targets } = aSite();
    for (const target of [targets.kinesis, targets.documentdb]) {
      await target.takeAway();
      await target.bringBack();
    }
    expect(calls).toEqual(['refuse', 'accept', 'kill', 'restart']);
  });

  it('is away from the beginning of its stop until it is back, whatever the other does', async () => {
    const { targets } = aSite();
    const { kinesis, documentdb } = targets;
    expect([kinesis.isAway(), documentdb.isAway()]).toEqual([false, false]);
    const going = documentdb.takeAway();
    expect([kinesis.isAway(), documentdb.isAway()]).toEqual([false, true]);
    await going;
    const coming = documentdb.bringBack();
    expect(documentdb.isAway()).toBe(true);
    await coming;
    expect(documentdb.isAway()).toBe(false);
  });
});
