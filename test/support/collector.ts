import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RawSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceId: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number; readonly message?: string };
}

interface RawPoint {
  readonly attributes: readonly Attribute[];
  readonly asInt?: number | string;
  readonly asDouble?: number;
  readonly count?: number | string;
  readonly sum?: number;
}

interface RawMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly RawPoint[] };
  readonly gauge?: { readonly dataPoints: readonly RawPoint[] };
  readonly histogram?: { readonly dataPoints: readonly RawPoint[] };
}

type Scopes<K extends string, T> = readonly { readonly [key in K]: readonly T[] }[];

interface Export {
  readonly resourceSpans?: readonly { readonly scopeSpans: Scopes<'spans', RawSpan> }[];
  readonly resourceMetrics?: readonly { readonly scopeMetrics: Scopes<'metrics', RawMetric> }[];
}

type Attributes = Readonly<Record<string, unknown>>;

export interface ReceivedSpan extends Omit<RawSpan, 'attributes'> {
  readonly attributes: Attributes;
}

export interface ReceivedPoint {
  readonly attributes: Attributes;
  /** Of a histogram: its sum. */
  readonly value: number;
  /** Of a histogram. */
  readonly count: number | undefined;
}

/** A collector that takes OTLP as JSON over HTTP. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** The last points of each metric, by name. */
  readonly metrics = new Map<string, { unit: string; points: ReceivedPoint[] }>();
  readonly #server: Server;

  /** @param answers - whether it answers, or only takes what comes */
  private constructor(private readonly answers: boolean) {
    this.#server = createServer((request, response) => {
      void this.#receive(request, response);
    });
  }

  static async start(answers = true): Promise<Collector> {
    const collector = new Collector(answers);
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  span(name: string): ReceivedSpan {
    const found = this.spans.find((span) => span.name === name);
    if (found === undefined) {
      throw new Error(`no span ${name} in ${this.spans.map((span) => span.name).join(', ')}`);
    }
    return found;
  }

  childrenOf({ spanId }: ReceivedSpan): ReceivedSpan[] {
    return this.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
  }

  points(metric: string): readonly ReceivedPoint[] {
    return this.metrics.get(metric)?.points ?? [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { resourceSpans = [], resourceMetrics = [] } = (await json(request)) as Export;
    for (const { scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ ...span, attributes: attributesOf(span) });
      }
    }
    for (const { scopeMetrics } of resourceMetrics) {
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
        const { dataPoints = [] } = metric.sum ?? metric.gauge ?? metric.histogram ?? {};
        this.metrics.set(metric.name, { unit: metric.unit, points: dataPoints.map(pointOf) });
      }
    }
    if (this.answers) response.setHeader('content-type', 'application/json').end('{}');
  }
}

function pointOf(raw: RawPoint): ReceivedPoint {
  return {
    attributes: attributesOf(raw),
    value: Number(raw.asInt ?? raw.asDouble ?? raw.sum),
    count: raw.count === undefined ? undefined : Number(raw.count),
  };
}

function attributesOf({ attributes }: { attributes: readonly Attribute[] }): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [given] = Object.values(value);
      return [key, 'intValue' in value ? Number(given) : given];
    }),
  );
}
