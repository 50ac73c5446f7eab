import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameReader, textFrame } from '../../src/process/websocket-frames.js';

function serverFrame(payload: Buffer, { opcode = 1, final = true } = {}): Buffer {
  const first = (final ? 0x80 : 0) | opcode;
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  const size = Buffer.alloc(payload.length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(payload.length);
  else size.writeBigUInt64BE(BigInt(payload.length));
  return Buffer.concat([Buffer.from([first, size.length === 2 ? 126 : 127]), size, payload]);
}

function readAll(bytes: Buffer, { chunk = bytes.length, keepBytes = 1_000_000 } = {}): string[] {
  const texts: string[] = [];
  const read = createFrameReader((text) => texts.push(text), keepBytes);
  for (let at = 0; at < bytes.length; at += chunk) read(bytes.subarray(at, at + chunk));
  return texts;
}

test('messages of every size come out whole, however the connection cuts them', () => {
  const texts = ['', 'short', 'é'.repeat(300), 'x'.repeat(70_000), 'last'];
  const bytes = Buffer.concat(texts.map((text) => serverFrame(Buffer.from(text))));
  for (const chunk of [1, 2, 7, 4_096, bytes.length]) assert.deepEqual(readAll(bytes, { chunk }), texts);
});

test('a message in several frames is one, also with a ping between them', () => {
  const bytes = Buffer.concat([
    serverFrame(Buffer.from('one '), { final: false }),
    serverFrame(Buffer.from('ping'), { opcode: 9 }),
    serverFrame(Buffer.from('message'), { opcode: 0 }),
  ]);
  assert.deepEqual(readAll(bytes, { chunk: 3 }), ['one message']);
});

test('of a large message only the beginning is kept, and the next one is not hurt', () => {
  const bytes = Buffer.concat([serverFrame(Buffer.alloc(200_000, 'm')), serverFrame(Buffer.from('next'))]);
  assert.deepEqual(readAll(bytes, { chunk: 5_000, keepBytes: 10 }), ['m'.repeat(10), 'next']);
});

test('what a client sends is masked, and reads the same without its mask', () => {
  const frame = textFrame('{"id":1}');
  assert.deepEqual([...frame.subarray(0, 2)], [0x81, 0x80 | 8]);
  const key = frame.subarray(2, 6);
  assert.equal(
    Buffer.from(frame.subarray(6).map((byte, index) => byte ^ (key[index % 4] ?? 0))).toString(),
    '{"id":1}',
  );
});
