import { RequestMethod } from '@nestjs/common';
import { AbstractHttpAdapter } from '@nestjs/core';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

type Next = (error?: unknown) => void;
type Handler = (request: PlainRequest, response: ServerResponse, next: Next) => unknown;
type PlainRequest = IncomingMessage & { originalUrl?: string };

interface Layer {
  readonly method?: string;
  readonly path?: string;
  readonly handler: Handler;
}

/** As much of a framework as Nest needs, over whatever Node has for a server. */
class PlainRouter {
  readonly #layers: Layer[] = [];

  use(handler: Handler): void {
    this.#layers.push({ handler });
  }

  route(method: string, path: string, handler: Handler): void {
    this.#layers.push({ method, path, handler });
  }

  get(path: string, handler: Handler): void {
    this.route('GET', path, handler);
  }

  serve(request: PlainRequest, response: ServerResponse): void {
    const [path] = (request.url ?? '').split('?');
    const layers = this.#layers.filter(
      (layer) =>
        layer.method === undefined || (layer.method === request.method && layer.path === path),
    );
    const next: Next = (error) => {
      if (error === undefined) layers.shift()?.handler(request, response, next);
      else response.writeHead(500).end();
    };
    next();
  }
}

/** An adapter that nobody knows but this test, with one of Node's servers behind it. */
export class PlainAdapter extends AbstractHttpAdapter<Server> {
  declare protected instance: PlainRouter;

  constructor(private readonly createServer: (listener: RequestListener) => Server) {
    super(new PlainRouter());
  }

  initHttpServer(): void {
    this.httpServer = this.createServer((request, response) =>
      this.instance.serve(request, response),
    );
  }

  override listen(port: number | string, ...rest: unknown[]): void {
    const server: { listen(...args: any[]): unknown } = this.httpServer;
    server.listen(port, ...rest);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.httpServer.close(() => resolve()));
  }

  reply(response: ServerResponse, body: unknown, statusCode?: number): void {
    if (statusCode !== undefined) response.statusCode = statusCode;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  status(response: ServerResponse, statusCode: number): void {
    response.statusCode = statusCode;
  }

  end(response: ServerResponse, message?: string): void {
    response.end(message);
  }

  redirect(response: ServerResponse, statusCode: number, url: string): void {
    response.writeHead(statusCode, { location: url }).end();
  }

  isHeadersSent(response: ServerResponse): boolean {
    return response.headersSent;
  }

  getHeader(response: ServerResponse, name: string): unknown {
    return response.getHeader(name);
  }

  setHeader(response: ServerResponse, name: string, value: string): void {
    response.setHeader(name, value);
  }

  appendHeader(response: ServerResponse, name: string, value: string): void {
    response.appendHeader(name, value);
  }

  getRequestHostname(request: IncomingMessage): string {
    return request.headers.host ?? '';
  }

  getRequestMethod(request: IncomingMessage): string {
    return request.method ?? '';
  }

  getRequestUrl(request: IncomingMessage): string {
    return request.url ?? '';
  }

  setNotFoundHandler(handler: Handler): void {
    this.instance.use(handler);
  }

  createMiddlewareFactory(method: RequestMethod): (path: string, callback: Function) => void {
    return (path, middleware) => {
      const callback = middleware as Handler;
      if (method === RequestMethod.ALL) this.instance.use(callback);
      else this.instance.route(RequestMethod[method], path, callback);
    };
  }

  getType(): string {
    return 'plain';
  }

  applyVersionFilter(handler: Handler): () => Handler {
    return () => handler;
  }

  setErrorHandler(): void {}

  registerParserMiddleware(): void {}

  enableCors(): void {}

  useStaticAssets(): void {}

  setViewEngine(): void {}

  render(): void {}
}
