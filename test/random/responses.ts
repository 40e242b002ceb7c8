/** A response that has come whole. */
export interface WholeResponse {
  readonly status: number;
  readonly body: string;
  /** Whether the server says that it is the last one of its connection. */
  readonly isLast: boolean;
}

const HEAD_END = '\r\n\r\n';

/** @returns the whole responses in what came over a connection, and what came of the next one */
export function readResponses(received: string): [WholeResponse[], rest: string] {
  const responses: WholeResponse[] = [];
  let rest = received;
  for (;;) {
    const response = readResponse(rest);
    if (response === undefined) return [responses, rest];
    responses.push(response.whole);
    rest = rest.slice(response.length);
  }
}

function readResponse(text: string): { whole: WholeResponse; length: number } | undefined {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = text.slice(0, headEnd);
  const begin = headEnd + HEAD_END.length;
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const body =
    length === undefined ? readChunks(text, begin) : readBytes(text, begin, Number(length));
  if (body === undefined) return undefined;
  const status = Number(head.split(' ')[1]);
  const isLast = /^connection: close/im.test(head);
  return { whole: { status, body: body.text, isLast }, length: body.end };
}

interface Body {
  readonly text: string;
  readonly end: number;
}

function readBytes(text: string, begin: number, length: number): Body | undefined {
  const end = begin + length;
  return end > text.length ? undefined : { text: text.slice(begin, end), end };
}

function readChunks(text: string, begin: number): Body | undefined {
  let body = '';
  for (let at = begin; ;) {
    const sizeEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, sizeEnd), 16);
    const end = sizeEnd + 2 + size + 2;
    if (sizeEnd === -1 || end > text.length) return undefined;
    if (size === 0) return { text: body, end };
    body += text.slice(sizeEnd + 2, end - 2);
    at = end;
  }
}
