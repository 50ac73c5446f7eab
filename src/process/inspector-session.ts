import { randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import type { CodeFrame } from '../core/code-stack.js';
import { isPaused, parseFrames, parseHeapUsed, parseScript } from './inspector-messages.js';
import { closeFrame, createFrameReader, textFrame } from './websocket-frames.js';

/** What an opened inspector listens at: `ws://127.0.0.1:<port>/<id>`. */
export interface InspectorAddress {
  readonly port: number;
  readonly id: string;
}

export interface PausedCode {
  readonly frames: readonly CodeFrame[];
  readonly heapUsedBytes: number | null;
}

const MAX_FRAMES = 20;
/** Twenty frames with all that stands between them are some 30 KB. */
const KEEP_BYTES = 256 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const HEAP = 'Runtime.getHeapUsage';

/**
 * Pauses a node process for as long as it takes to read where it is, and lets it go on. Nothing is evaluated in it, and no variable is
 * read. `undefined`: it did not pause in time. Whatever happens the connection is closed at the end, with which V8 lets it go on, or
 * forgets that it was to pause.
 */
export function readPausedCode(
  address: InspectorAddress,
  { root, withinMs }: { readonly root: string; readonly withinMs: number },
): Promise<PausedCode | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port: address.port });
    const end = (answer: PausedCode | undefined): void => {
      clearTimeout(timer);
      if (socket.writable) socket.end(Buffer.concat([command(9, 'Debugger.resume'), closeFrame()]));
      // What is unread would keep the connection half open.
      socket.resume();
      socket.setTimeout(CLOSE_MS, () => socket.destroy());
      resolve(answer);
    };
    const timer = setTimeout(() => end(undefined), withinMs);
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
    socket.write(upgradeRequest(address));
    converse(socket, root, end);
  });
}

/** The inspector closes its side at once. */
const CLOSE_MS = 500;

function converse(socket: Socket, root: string, end: (answer: PausedCode | undefined) => void): void {
  const scripts = new Map<string, string>();
  let heapUsedBytes: number | null = null;
  let head = '';
  let isOpen = false;
  const read = createFrameReader((text) => {
    const script = parseScript(text);
    if (script !== undefined) scripts.set(script.id, script.url);
    heapUsedBytes = parseHeapUsed(text) ?? heapUsedBytes;
    if (isPaused(text)) end({ frames: parseFrames(text, { scripts, root, maxFrames: MAX_FRAMES }), heapUsedBytes });
  }, KEEP_BYTES);
  socket.on('data', (chunk) => {
    if (isOpen) return read(chunk);
    head += chunk.toString('latin1');
    const at = head.indexOf(END_OF_HEAD);
    if (at === -1) return;
    if (!head.startsWith('HTTP/1.1 101 ')) return end(undefined);
    isOpen = true;
    ['Debugger.enable', HEAP, 'Debugger.pause'].forEach((method, index) => {
      socket.write(command(index + 1, method));
    });
    read(Buffer.from(head.slice(at + END_OF_HEAD.length), 'latin1'));
  });
}

function upgradeRequest({ port, id }: InspectorAddress): string {
  const lines = [
    `GET /${id} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
  ];
  return `${lines.join('\r\n')}${END_OF_HEAD}`;
}

function command(id: number, method: string): Buffer {
  return textFrame(JSON.stringify({ id, method }));
}
