import { randomBytes } from 'node:crypto';

const TEXT = 0x1;
const CLOSE = 0x8;
const FINAL = 0x80;
const MASKED = 0x80;
/** A longer payload has its length in bytes of its own, which no message of ours needs. */
const MAX_SHORT = 125;

/** A text message from a client, masked as RFC 6455 §5.3 demands. */
export function textFrame(text: string): Buffer {
  return clientFrame(TEXT, Buffer.from(text));
}

export function closeFrame(): Buffer {
  return clientFrame(CLOSE, Buffer.alloc(0));
}

function clientFrame(opcode: number, payload: Buffer): Buffer {
  if (payload.length > MAX_SHORT)
    throw new RangeError(`A message of ${payload.length} bytes is longer than ${MAX_SHORT}`);
  const key = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (key[index % key.length] ?? 0));
  return Buffer.concat([Buffer.from([FINAL | opcode, MASKED | payload.length]), key, masked]);
}

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly headerBytes: number;
  /** Of the payload, those still to come. */
  left: number;
}

/**
 * Reads a server's text messages from the bytes of a connection, however they are cut. Of each message only the first `keepBytes` are
 * kept and told: a debugger sends whole source maps, and stacks as deep as an endless recursion.
 */
export function createFrameReader(onText: (text: string) => void, keepBytes: number): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let frame: Frame | undefined;
  let kept: Buffer[] = [];
  let room = keepBytes;

  const take = (part: Buffer): void => {
    const own = part.subarray(0, room);
    room -= own.length;
    if (own.length > 0) kept.push(own);
  };

  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (frame === undefined) {
        frame = readHeader(pending);
        if (frame === undefined) return;
        pending = pending.subarray(frame.headerBytes);
      }
      const payload = pending.subarray(0, frame.left);
      pending = pending.subarray(payload.length);
      frame.left -= payload.length;
      const isText = frame.opcode <= TEXT;
      if (isText) take(payload);
      if (frame.left > 0) return;
      if (isText && frame.isFinal) {
        onText(Buffer.concat(kept).toString());
        kept = [];
        room = keepBytes;
      }
      frame = undefined;
    }
  };
}

/** RFC 6455 §5.2; what a server sends is not masked. `undefined`: not all of it is there yet. */
function readHeader(bytes: Buffer): Frame | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const base = { opcode: first & 0x0f, isFinal: (first & FINAL) !== 0 };
  const length = second & 0x7f;
  if (length <= MAX_SHORT) return { ...base, headerBytes: 2, left: length };
  const extra = length === 126 ? 2 : 8;
  if (bytes.length < 2 + extra) return undefined;
  const left = extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { ...base, headerBytes: 2 + extra, left };
}
