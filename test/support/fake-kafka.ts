import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** By API key, the one version of each request that is understood. */
const API = {
  produce: { key: 0, version: 3 },
  fetch: { key: 1, version: 4 },
  listOffsets: { key: 2, version: 0 },
  metadata: { key: 3, version: 0 },
  offsetCommit: { key: 8, version: 2 },
  offsetFetch: { key: 9, version: 1 },
  findCoordinator: { key: 10, version: 0 },
  joinGroup: { key: 11, version: 0 },
  heartbeat: { key: 12, version: 0 },
  leaveGroup: { key: 13, version: 0 },
  syncGroup: { key: 14, version: 0 },
  apiVersions: { key: 18, version: 2 },
} as const;
type Api = keyof typeof API;
const apis = new Map(Object.entries(API).map(([name, { key }]) => [key as number, name as Api]));

const OK = 0;
const REBALANCE_IN_PROGRESS = 27;
const NODE = 0;
/** Where a record batch has the offset of its last record, counted from its first. */
const LAST_OFFSET_DELTA = 23;

type Handler = (request: Reader, answer: Writer) => void | Promise<void>;

interface Group {
  member: string | undefined;
  generation: number;
  assignment: Buffer;
  readonly committed: Map<string, number>;
}

interface Batch {
  readonly first: number;
  readonly last: number;
  readonly bytes: Buffer;
}

/**
 * As much of a Kafka broker as kafkajs needs, in memory: each topic exists and has one partition,
 * and each group has one member that consumes; a second one waits until the first has left.
 */
export class FakeKafka {
  /** Whether offsets are refused, as while the group is rebalanced. */
  refusesOffsets = false;
  /** What was asked for, in order. */
  readonly requests: Api[] = [];
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  readonly #topics = new Map<string, Batch[]>();
  readonly #groups = new Map<string, Group>();
  #changed = deferred();
  #members = 0;

  readonly #handlers: Record<Api, Handler> = {
    apiVersions: (_, answer) => {
      answer.int16(OK).array(Object.values(API), ({ key, version }) => {
        answer.int16(key).int16(0).int16(version);
      });
      answer.int32(0);
    },

    metadata: (request, answer) => {
      const topics = request.array(() => request.string());
      answer.array([NODE], () => answer.int32(NODE).string('127.0.0.1').int32(this.port));
      answer.array(topics, (topic) => {
        answer.int16(OK).string(topic);
        answer.array([0], (partition) => {
          answer.int16(OK).int32(partition).int32(NODE);
          for (const nodes of [[NODE], [NODE]]) answer.array(nodes, (node) => answer.int32(node));
        });
      });
    },

    findCoordinator: (_, answer) => {
      answer.int16(OK).int32(NODE).string('127.0.0.1').int32(this.port);
    },

    produce: (request, answer) => {
      request.string();
      request.int16();
      request.int32();
      eachPartition(request, answer, (topic) => {
        const batches = this.#batches(topic);
        const first = endOf(batches);
        const bytes = Buffer.from(request.bytes());
        bytes.writeBigInt64BE(BigInt(first));
        batches.push({ first, last: first + bytes.readInt32BE(LAST_OFFSET_DELTA), bytes });
        answer.int16(OK).int64(first).int64(-1);
      });
      answer.int32(0);
      this.#notify();
    },

    fetch: async (request, answer) => {
      request.int32();
      const end = Date.now() + request.int32();
      request.int32();
      request.int32();
      request.int8();
      const wanted = request.rest();
      while (!this.#hasAny(wanted) && Date.now() < end) {
        await Promise.race([this.#changed.promise, sleep(end - Date.now())]);
      }
      answer.int32(0);
      eachPartition(new Reader(wanted), answer, (topic, partition) => {
        const batches = this.#batches(topic);
        const offset = partition.int64();
        partition.int32();
        answer
          .int16(OK)
          .int64(endOf(batches))
          .int64(endOf(batches))
          .array([], () => {});
        answer.bytes(
          Buffer.concat(batches.filter(({ last }) => last >= offset).map(({ bytes }) => bytes)),
        );
      });
    },

    listOffsets: (request, answer) => {
      const earliest = -2;
      request.int32();
      eachPartition(request, answer, (topic) => {
        const offset = request.int64() === earliest ? 0 : endOf(this.#batches(topic));
        request.int32();
        answer.int16(OK).array([offset], (one) => answer.int64(one));
      });
    },

    joinGroup: async (request, answer) => {
      const group = this.#group(request.string());
      request.int32();
      const member = request.string() || `member-${(this.#members += 1)}`;
      request.string();
      const [protocol] = request.array(() => ({ name: request.string(), topics: request.bytes() }));
      while (group.member !== undefined && group.member !== member) await this.#changed.promise;
      group.member = member;
      group.generation += 1;
      answer.int16(OK).int32(group.generation).string(protocol!.name).string(member).string(member);
      answer.array([member], (id) => answer.string(id).bytes(protocol!.topics));
    },

    syncGroup: (request, answer) => {
      const group = this.#group(request.string());
      request.int32();
      request.string();
      request.array(() => {
        request.string();
        group.assignment = request.bytes();
      });
      answer.int16(OK).bytes(group.assignment);
    },

    heartbeat: (_, answer) => {
      answer.int16(OK);
    },

    leaveGroup: (request, answer) => {
      this.#group(request.string()).member = undefined;
      answer.int16(OK);
      this.#notify();
    },

    offsetCommit: (request, answer) => {
      const group = this.#group(request.string());
      request.int32();
      request.string();
      request.int64();
      eachPartition(request, answer, (topic) => {
        const offset = request.int64();
        request.string();
        if (!this.refusesOffsets) group.committed.set(topic, offset);
        answer.int16(this.refusesOffsets ? REBALANCE_IN_PROGRESS : OK);
      });
    },

    offsetFetch: (request, answer) => {
      const group = this.#group(request.string());
      eachPartition(request, answer, (topic) => {
        answer
          .int64(group.committed.get(topic) ?? -1)
          .string('')
          .int16(OK);
      });
    },
  };

  static async start(): Promise<FakeKafka> {
    const broker = new FakeKafka();
    broker.#server.listen(0, '127.0.0.1');
    await once(broker.#server, 'listening');
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where a group will go on. */
  committed(group: string, topic: string): number | undefined {
    return this.#groups.get(group)?.committed.get(topic);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    let received = Buffer.alloc(0);
    // Like Kafka, one request of a connection after the other.
    let last: Promise<unknown> = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE()) {
        const end = 4 + received.readInt32BE();
        const request = received.subarray(4, end);
        received = received.subarray(end);
        last = last.then(async () => socket.write(await this.#answer(request)));
      }
    });
  }

  async #answer(bytes: Buffer): Promise<Buffer> {
    const request = new Reader(bytes);
    const key = request.int16();
    request.int16();
    const correlationId = request.int32();
    request.string();
    const api = apis.get(key)!;
    this.requests.push(api);
    const answer = new Writer().int32(correlationId);
    await this.#handlers[api](request, answer);
    return answer.framed();
  }

  #batches(topic: string): Batch[] {
    const batches = this.#topics.get(topic) ?? [];
    this.#topics.set(topic, batches);
    return batches;
  }

  #group(id: string): Group {
    const fresh = { member: undefined, generation: 0, assignment: Buffer.alloc(0) };
    const group = this.#groups.get(id) ?? { ...fresh, committed: new Map() };
    this.#groups.set(id, group);
    return group;
  }

  #hasAny(wanted: Buffer): boolean {
    let isThere = false;
    eachPartition(new Reader(wanted), new Writer(), (topic, partition) => {
      if (partition.int64() < endOf(this.#batches(topic))) isThere = true;
      partition.int32();
    });
    return isThere;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = deferred();
  }
}

/** Most requests and answers are lists of topics, each with a list of partitions. */
function eachPartition(
  request: Reader,
  answer: Writer,
  handle: (topic: string, request: Reader) => void,
): void {
  const copy = (number: number) => {
    answer.int32(number);
    return number;
  };
  for (let topics = copy(request.int32()); topics > 0; topics--) {
    const topic = request.string();
    answer.string(topic);
    for (let partitions = copy(request.int32()); partitions > 0; partitions--) {
      copy(request.int32());
      handle(topic, request);
    }
  }
}

function endOf(batches: readonly Batch[]): number {
  return (batches.at(-1)?.last ?? -1) + 1;
}

class Reader {
  #at = 0;

  constructor(private readonly buffer: Buffer) {}

  int8(): number {
    return this.#take(1).readInt8();
  }

  int16(): number {
    return this.#take(2).readInt16BE();
  }

  int32(): number {
    return this.#take(4).readInt32BE();
  }

  int64(): number {
    return Number(this.#take(8).readBigInt64BE());
  }

  /** Null is read as empty. */
  string(): string {
    return this.#take(Math.max(0, this.int16())).toString();
  }

  bytes(): Buffer {
    return this.#take(Math.max(0, this.int32()));
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  rest(): Buffer {
    return this.buffer.subarray(this.#at);
  }

  #take(length: number): Buffer {
    const begin = this.#at;
    this.#at += length;
    return this.buffer.subarray(begin, this.#at);
  }
}

class Writer {
  readonly #chunks: Buffer[] = [];

  int16(value: number): this {
    return this.#put(2, (chunk) => chunk.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#put(4, (chunk) => chunk.writeInt32BE(value));
  }

  int64(value: number): this {
    return this.#put(8, (chunk) => chunk.writeBigInt64BE(BigInt(value)));
  }

  string(value: string): this {
    this.int16(Buffer.byteLength(value)).#chunks.push(Buffer.from(value));
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length).#chunks.push(value);
    return this;
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  /** With its length before it. */
  framed(): Buffer {
    const body = Buffer.concat(this.#chunks);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }

  #put(length: number, write: (chunk: Buffer) => void): this {
    const chunk = Buffer.alloc(length);
    write(chunk);
    this.#chunks.push(chunk);
    return this;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
