import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unzip } from './unzip.ts';

/** A ZIP archive of one file, written by hand. */
function zip(name: string, text: string, method: 0 | 8 | 99): Buffer {
  const data = method === 8 ? deflateRawSync(text) : Buffer.from(text);
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 'latin1');
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.write('PK\x01\x02', 'latin1');
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, central, Buffer.from(name), end]);
}

test('stored and deflated files come out', () => {
  expect(unzip(zip('a/b', 'hello', 0), 'a/b').toString()).toBe('hello');
  expect(unzip(zip('a/b', 'hello '.repeat(100), 8), 'a/b').toString()).toBe('hello '.repeat(100));
});

test('what cannot be had is named', () => {
  expect(() => unzip(zip('a', 'x', 0), 'b')).toThrow('The archive has no b.');
  expect(() => unzip(zip('a', 'x', 99), 'a')).toThrow('a is packed by method 99');
  expect(() => unzip(Buffer.from('text'), 'a')).toThrow('no ZIP archive');
});
