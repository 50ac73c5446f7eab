import type { IncomingMessage } from 'node:http';

export interface PostRequest {
  /** Never logged: Telegram's holds the token. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
}

export type PostResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | undefined;
      /** The first bytes of it. */
      readonly body: string;
    }
  /** No whole answer came. `why` is a code of the system (`ECONNREFUSED`), never an address. `wasSent`: the server may have it. */
  | { readonly kind: 'failed'; readonly why: string; readonly wasSent: boolean };

/** Telegram's answers have some hundred bytes; a page of an intercepting proxy is of no use. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One HTTP POST with a hard deadline, on a connection of its own; follows no redirect, never rejects.
 * Plain `node:http`, loaded with the first message: the watchdog has to stay small.
 */
export async function post(request: PostRequest): Promise<PostResult> {
  let url: URL;
  try {
    url = new URL(request.url);
  } catch {
    // Out of a variable: the manifest's own is checked. The text itself may be a secret.
    return { kind: 'failed', why: 'the address is not valid', wasSent: false };
  }
  const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) };
  return new Promise((resolve) => {
    let wasSent = false;
    const fail = (why: string): void => end({ kind: 'failed', why, wasSent });
    const timer = setTimeout(() => fail(`no answer within ${request.timeoutMs / 1000} s`), request.timeoutMs);
    let outgoing: ReturnType<typeof open> | undefined;
    const end = (result: PostResult): void => {
      clearTimeout(timer);
      resolve(result);
      outgoing?.destroy();
    };
    try {
      outgoing = open(url, { method: 'POST', headers, agent: false });
    } catch (error) {
      // A header that HTTP does not allow, out of a variable.
      return fail(codeOf(error));
    }
    outgoing.on('finish', () => {
      wasSent = true;
    });
    outgoing.on('error', (error) => fail(codeOf(error)));
    outgoing.on('response', (answer) => readAnswer(answer, end, fail));
    outgoing.end(request.body);
  });
}

function readAnswer(answer: IncomingMessage, end: (result: PostResult) => void, fail: (why: string) => void): void {
  let body = '';
  const done = (): void =>
    end({ kind: 'answer', status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], body });
  answer.setEncoding('utf8');
  answer.on('data', (chunk: string) => {
    body += chunk;
    if (body.length > MAX_ANSWER_BYTES) done();
  });
  answer.on('end', done);
  answer.on('error', (error) => fail(codeOf(error)));
}

/** The message may hold the address, so only the code is told. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}

/** `Retry-After` in milliseconds: seconds, or a date. `undefined` when it is neither. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
