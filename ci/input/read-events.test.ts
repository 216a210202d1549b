import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { documentSplitter } from './documents.ts'
import { EVENT_UNITS_MAX } from './event.ts'
import { lineSplitter } from './lines.ts'
import { readEvents } from './read-events.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-input-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
async function events(name: string, content: string | Uint8Array) {
  const path = join(folder, `${files++}-${name}`)
  await Bun.write(path, content)
  return await Array.fromAsync(readEvents(path))
}
const texts = async (name: string, content: string | Uint8Array) =>
  (await events(name, content)).map((event) => event.text)

const A = '{"a":1}'
const B = '{"b":"x } ] , \\" {"}'

describe('formats', () => {
  test.each([
    ['a.ndjson', `${A}\n${B}\n`, [A, B]],
    ['a.json', `${A}\n${B}\n`, [A, B]],
    ['a.json', A, [A]],
    ['a.json', `[${A},\n ${B}]\n`, [A, B]],
    ['a.json', '[]', []],
    ['a.json', `[1, "two,]", [3, {"x": [4]}], null]`, ['1', '"two,]"', '[3, {"x": [4]}]', 'null']],
    [
      'a.json',
      '{\n  "a": 1\n}\n{\n  "b": [\n{"c":2},\n{"d":3}\n]\n}',
      ['{\n  "a": 1\n}', '{\n  "b": [\n{"c":2},\n{"d":3}\n]\n}'],
    ],
    ['a.json', `{\n"a":1}${A}${B}`, ['{\n"a":1}', A, B]],
    ['a', `${A}\n${B}`, [A, B]],
    ['a.log', '[Tue] one\r\n\r\n[Wed] two\r\n', ['[Tue] one', '[Wed] two']],
    [
      'a',
      '[Tue Jul 28 11:28:00 2026] [core:error] x\ny',
      ['[Tue Jul 28 11:28:00 2026] [core:error] x', 'y'],
    ],
    ['a', 'plain\n{"not":"json first"}\n', ['plain', '{"not":"json first"}']],
    [
      'a.csv',
      '#TYPE Selected.EventLogRecord\r\n"Id","Message"\r\n"7","x\r\ny"\r\n',
      ['{"Id":"7","Message":"x\\r\\ny"}'],
    ],
    ['a', '', []],
    ['a', ' \n\n', []],
  ])('%s %j', async (name, content, expected) => {
    expect(await texts(name, content)).toEqual(expected)
    expect(await texts(name, gzipSync(content))).toEqual(expected)
    expect(await texts(name, Bun.zstdCompressSync(content))).toEqual(expected)
  })

  test('lines are numbered as in the file, blank ones counted', async () => {
    const got = await events('a.log', 'one\n\n\nfour\n')
    expect(got.map((event) => event.index)).toEqual([0, 3])
  })

  test('byte order marks and UTF-16 are read', async () => {
    expect(await texts('a.json', `\ufeff${A}`)).toEqual([A])
    expect(await texts('a.log', Buffer.from('\ufeffé1\né2', 'utf16le'))).toEqual(['é1', 'é2'])
  })

  test('invalid UTF-8 and NUL become harmless text', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a\0b'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('\nc'),
    ])
    expect(await texts('a.log', bytes)).toEqual(['a\0b\ufffd\ufffd', 'c'])
  })
})

describe('damage', () => {
  const LINES = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i * 7919}`).join('\n'))
  const zipped = gzipSync(LINES)

  test.each([
    [
      'truncated gzip',
      'a.gz',
      zipped.subarray(0, zipped.length / 2),
      /0?\d+-a\.gz: truncated gzip/,
    ],
    [
      'gzip with garbage',
      'a.gz',
      Buffer.concat([zipped, Buffer.from('garbage')]),
      /a\.gz: damaged gzip/,
    ],
    [
      'truncated zstd',
      'a.zst',
      Bun.zstdCompressSync(LINES).subarray(0, 500),
      /a\.zst: truncated zstd/,
    ],
  ])('%s is an error that names the file', async (_, name, content, message) => {
    await expect(events(name, content)).rejects.toThrow(message)
  })

  test('several gzip members one after another are one file', async () => {
    expect(await texts('a.gz', Buffer.concat([gzipSync('a\nb\n'), gzipSync('c')]))).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  test('a missing file is an error', async () => {
    await expect(Array.fromAsync(readEvents(join(folder, 'none')))).rejects.toThrow('no such file')
  })

  test('a document that is never closed is kept, and the next ones too', () => {
    const splitter = documentSplitter(false)
    const out = [...splitter.push(`{\n"a": [1\n${A}\n"stray\n${B}\n{"c":`), ...splitter.end()]
    expect(out.map((event) => event.text)).toEqual(['{\n"a": [1', A, '"stray', B, '{"c":'])
  })
})

describe('any chunking gives the same events', () => {
  const text = `${A}\n{\n "x": "\\\\"\n}\n${B}\ntail`
  test.each([1, 2, 3, 7])('documents by %d', (size) => {
    const run = (step: number) => {
      const splitter = documentSplitter(false)
      const out = []
      for (let at = 0; at < text.length; at += step)
        out.push(...splitter.push(text.slice(at, at + step)))
      return [...out, ...splitter.end()]
    }
    expect(run(size)).toEqual(run(text.length))
  })
})

describe('an event over the limit', () => {
  test.each([
    ['lines', () => lineSplitter(), 'x', '\nnext\n'],
    ['documents', () => documentSplitter(false), '{"a":[', '\n{"a":1}\n'],
  ])('is cut with a reason, and memory stays bounded: %s', (_, make, unit, after) => {
    const splitter = make()
    const chunk = unit.repeat(65_536 / unit.length)
    const out = []
    for (let chunks = 0; chunks < 400; chunks++) out.push(...splitter.push(chunk))
    out.push(...splitter.push(after), ...splitter.end())
    expect(out[0]?.text).toHaveLength(EVENT_UNITS_MAX)
    expect(out[0]?.error?.code).toBe('event-too-long')
    if (unit === 'x') expect(out[1]).toEqual({ text: 'next', index: 1 })
  })
})

test('documents of lists a line are the events in them, with the number of their line', async () => {
  const list = (...names: string[]) =>
    JSON.stringify({ Records: names.map((eventName) => ({ eventName })) })
  const data = gzipSync(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      logGroup: 'g',
      logEvents: [{ id: '1', timestamp: 1, message: '{"eventName":"d"}' }],
    }),
  ).toString('base64')
  const packed = JSON.stringify({ awslogs: { data } })
  const found = await events('a.ndjson', `${list('a', 'b')}\n${A}\n${list('c')}\n${packed}\n`)
  expect(found.map(({ text, index }) => [text, index])).toEqual([
    ['{"eventName":"a"}', 0],
    ['{"eventName":"b"}', 0],
    [A, 1],
    ['{"eventName":"c"}', 2],
    ['{"eventName":"d"}', 3],
  ])
})
