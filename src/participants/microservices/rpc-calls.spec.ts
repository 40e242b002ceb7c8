import { NEVER, Observable, Subject } from 'rxjs';
import { beforeEach, expect, it } from 'vitest';

import { Broker } from '../../consumers/broker.js';
import { FakeClock } from '../../testing/fake-clock.js';
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

it('messages in flight are counted and named, the oldest first', async () => {
  const call = calls.begin('rpc A.a', {});
  await clock.advance(100);
  calls.begin('rpc B.b', {});
  expect(calls.active).toBe(2);
  expect(calls.tasks()).toEqual([
    { label: 'rpc A.a', ageMs: 100 },
    { label: 'rpc B.b', ageMs: 0 },
  ]);
  call.end();
  call.end();
  expect(calls.tasks()).toEqual([{ label: 'rpc B.b', ageMs: 0 }]);
  expect(calls.begun).toBe(2);
});

it('the message intake is idle only some turns after the last handler has ended', async () => {
  const first = calls.begin('first', {});
  const seen = whenIdle();
  await turns(5);
  expect(seen.isIdle).toBe(false);

  first.end();
  await turns(1);
  const second = calls.begin('second', {});
  await turns(5);
  expect(seen.isIdle).toBe(false);

  second.end();
  await turns(3);
  expect(seen.isIdle).toBe(true);
});

it('replies that are being sent are awaited, no longer than a broker is', async () => {
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
  expect(outcome).toBe('the broker accepts no data');
});

/** Subscribes as Nest does. @returns what the caller is told */
function follow(stream: Observable<unknown>, context: unknown = {}): string[] {
  const told: string[] = [];
  const call = calls.begin('rpc A.a', context);
  call.endWith(stream).subscribe({
    next: (value) => told.push(String(value)),
    complete: () => told.push('end'),
    error: ({ message }: { message: string }) => told.push(message),
  });
  return told;
}

it('a stream that has replied and is silent is ended if its caller is unknown', async () => {
  const lively = new Subject<string>();
  const silent = new Subject<string>();
  const tolds = [lively, silent, NEVER].map((stream) => follow(stream));
  lively.next('a');
  silent.next('a');
  const stop = calls.endIdleStreams();
  await clock.advance(600);
  lively.next('b');
  await clock.advance(600);
  expect(tolds).toEqual([['a', 'b'], ['a', 'end'], []]);
  expect(silent.observed).toBe(false);
  expect([calls.active, calls.endedStreams]).toEqual([2, 1]);
  stop();
  await clock.advance(60_000);
  expect(calls.active).toBe(2);
});

it('a silent stream whose caller is still there is awaited', async () => {
  const silent = new Subject<string>();
  const told = follow(silent);
  silent.next('a');
  const stop = calls.endIdleStreams(() => false);
  await clock.advance(60_000);
  silent.next('b');
  expect(told).toEqual(['a', 'b']);
  stop();
});

it('a stream whose caller has gone is ended', async () => {
  let isSubscribed = false;
  const stream = new Observable<never>(() => {
    isSubscribed = true;
    return () => (isSubscribed = false);
  });
  const told = follow(stream, 'gone');
  expect(isSubscribed).toBe(true);
  calls.endIdleStreams((context) => context === 'gone')();
  expect(told).toEqual(['end']);
  expect(isSubscribed).toBe(false);
  expect(calls.active).toBe(0);
});

it('what is left at the deadline is cut so that the caller notices', () => {
  const told = follow(NEVER);
  calls.cutStreams();
  expect(told).toEqual(['The service is shutting down']);
  expect(calls.active).toBe(0);
});
