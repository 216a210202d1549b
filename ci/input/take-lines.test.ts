import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { InputEvent } from './event.ts'
import { lineSplitter } from './lines.ts'
import { takeLines } from './take-lines.ts'

const AUDIT = 'type=SYSCALL msg=audit(1700000000.123:42): arch=c000003e'
const LINES = [
  ...[
    '{"a":"b"}',
    '{"a":"b"}',
    '{"c":1}',
    '{"d":"é"}',
    '{',
    '',
    ' ',
    'plain text',
    '\u{1f600} wide',
  ],
  ...[AUDIT, AUDIT.replace('SYSCALL', 'EOE'), '<Event xmlns="x">', '<System/>', '</Event>'],
  ...['#fields\tts\tuid', '#path\tconn', '\ufeff{"a":"b"}', '{"a":"b"}\r', 'x'.repeat(300), 'é'],
]

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** Events and taken lines in the order in which they come. */
async function readBoth(bytes: Uint8Array, sizes: readonly number[]) {
  const found: Pick<InputEvent, 'text' | 'index'>[] = []
  let taken = 0
  const batches = takeLines(chunksOf(bytes, sizes), (chunk, view, start, end, first) => {
    expect(view.byteLength).toBe(chunk.length)
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    let lines = 0
    let next = start
    while (next < end) {
      const behind = chunk.indexOf(0x0a, next) + 1
      const text = decoder.decode(chunk.subarray(next, behind)).replace(/\r?\n$/, '')
      if (!/^\{[ -~]*\}$/.test(text)) break
      found.push({ text, index: first + lines++ })
      next = behind
    }
    taken += lines
    return { lines, next }
  })
  for await (const batch of batches) {
    for (const { text, index } of batch) found.push({ text, index })
  }
  return { found, taken }
}

function readPlain(bytes: Uint8Array) {
  const splitter = lineSplitter()
  const events = [...splitter.push(new TextDecoder().decode(bytes)), ...splitter.end()]
  return events.map(({ text, index }) => ({ text, index }))
}

describe('lines offered as bytes', () => {
  test.each([1, 2, 3, 4])('begin behind a mark that is cut after %p bytes', async (size) => {
    const bytes = new TextEncoder().encode('\ufeff{"a":"b"}\n{"c":1}')
    expect((await readBoth(bytes, [size])).found).toEqual(readPlain(bytes))
  })

  test('come in the order and with the numbers of a plain reading, however they are cut', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 })
    const lines = fc.array(fc.constantFrom(...LINES), { maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(lines, sizes, fc.boolean(), async (some, cut, hasEnd) => {
        const bytes = new TextEncoder().encode(some.join('\n') + (hasEnd ? '\n' : ''))
        expect((await readBoth(bytes, cut)).found).toEqual(readPlain(bytes))
      }),
      { numRuns: 300 },
    )
  })

  test('are offered again in the next chunk after many that were not taken', async () => {
    const lines = [...Array<string>(100).fill('plain'), ...Array<string>(100).fill('{"a":1}')]
    const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`)
    const { found, taken } = await readBoth(bytes, [640])
    expect(found).toHaveLength(200)
    expect(taken).toBeGreaterThan(50)
  })

  test('are not held as bytes when they do not end', async () => {
    const bytes = new TextEncoder().encode(`{"a":"${'x'.repeat(600_000)}"}\n{"a":1}\n`)
    const { found } = await readBoth(bytes, [65_536])
    expect(found.map(({ text }) => text.length)).toEqual([600_008, 7])
  })
})
