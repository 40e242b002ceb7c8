import { beforeEach, expect, it } from 'vitest';

import { FakeClock } from '../../testing/fake-clock.js';
import { Broker } from './broker.js';
import { RpcCalls } from './rpc-calls.js';

let clock: FakeClock;
let calls: RpcCalls;

beforeEach(() => {
  clock = new FakeClock();
  calls = new RpcCalls(clock, new Broker(clock));
});

function whenIdle(): { isIdle: boolean } {
  const seen = { isIdle: false };
  void calls.idle().then(() => (seen.isIdle = true));
  return seen;
}

async function turns(number: number): Promise<void> {
  for (let i = 0; i < number; i++) await clock.flush();
}

it('counts and names the messages in flight, the oldest first', async () => {
  const end = calls.begin('rpc A.a', {});
  await clock.advance(100);
  calls.begin('rpc B.b', {});
  expect(calls.active).toBe(2);
  expect(calls.tasks()).toEqual([
    { label: 'rpc A.a', ageMs: 100 },
    { label: 'rpc B.b', ageMs: 0 },
  ]);
  end();
  end();
  expect(calls.tasks()).toEqual([{ label: 'rpc B.b', ageMs: 0 }]);
  expect(calls.begun).toBe(2);
});

it('is idle when the last handler has ended, and the turns after it have begun no other', async () => {
  const endFirst = calls.begin('first', {});
  const seen = whenIdle();
  await turns(5);
  expect(seen.isIdle).toBe(false);

  endFirst();
  await turns(1);
  const endSecond = calls.begin('second', {});
  await turns(5);
  expect(seen.isIdle).toBe(false);

  endSecond();
  await turns(3);
  expect(seen.isIdle).toBe(true);
});

it('waits for replies on their way, and no longer than for a broker', async () => {
  const endReply = calls.beginReply();
  calls.beginReply();
  let outcome = 'waiting';
  calls.replied().then(
    () => (outcome = 'replied'),
    (error: Error) => (outcome = error.message),
  );
  endReply();
  await clock.advance(1990);
  expect(outcome).toBe('waiting');
  await clock.advance(10);
  expect(outcome).toBe('the broker does not accept what it is sent');
});
