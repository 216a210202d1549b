import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { fileBatches } from './batches.ts'
import { listFiles } from './files.ts'
import { type ReadOptions, readEvents, readMembers } from './read-events.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-archive-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${files++}-${name}`)
  await Bun.write(path, content)
  return path
}
const texts = async (path: string) => (await Array.fromAsync(readEvents(path))).map((e) => e.text)

const membersOf = async (path: string, options: ReadOptions = {}) =>
  readMembers((await listFiles([path]))[0]!, options)

interface Part {
  readonly name: string
  readonly content: Uint8Array | string
  readonly type?: string
}

/** A tar archive, as POSIX describes it; those before it had no mark. */
function tar(parts: readonly Part[], mark = 'ustar\u000000'): Uint8Array {
  const blocks: Uint8Array[] = []
  for (const { name, content, type = '0' } of parts) {
    const body = Buffer.from(content)
    const head = Buffer.alloc(512)
    head.write(name.slice(0, 100), 0)
    head.write(`${body.length.toString(8).padStart(11, '0')} `, 124)
    head.write('        ', 148)
    head.write(type, 156)
    head.write('0000644\0', 100)
    head.write(mark, 257)
    const sum = head.reduce((a, b) => a + b, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    blocks.push(head, body, Buffer.alloc((512 - (body.length % 512)) % 512))
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** A zip archive of deflated (or stored) members. */
function zip(parts: readonly Part[], method: 0 | 8 = 8, flags = 0): Uint8Array {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content } of parts) {
    const body = Buffer.from(content)
    const packed = method === 8 ? deflateRawSync(body) : body
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x0403_4b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x0201_4b50, 0)
    entry.writeUInt16LE(flags, 8)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(crc32(body), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(body.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    locals.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, ...directory, end])
}

const PARTS: readonly Part[] = [
  { name: 'a.log', content: 'one\ntwo' },
  { name: 'b/c.ndjson', content: '{"x":1}\n' },
]
const EXPECTED = ['one', 'two', '{"x":1}']

describe('archives', () => {
  test.each([
    ['a.tar', tar(PARTS)],
    ['a.tar.gz', gzipSync(tar(PARTS))],
    ['a.tar.zst', Bun.zstdCompressSync(tar(PARTS))],
    ['a.zip', zip(PARTS)],
    ['stored.zip', zip(PARTS, 0)],
    ['zip in tar.gz', gzipSync(tar([{ name: 'in.zip', content: zip(PARTS) }]))],
    ['gz in zip', zip([{ name: 'a.log.gz', content: gzipSync(EXPECTED.join('\n')) }])],
    ['twice.gz', gzipSync(gzipSync(EXPECTED.join('\n')))],
    ['members.log.gz', Buffer.concat([gzipSync('one\ntw'), gzipSync('o\n{"x":1}\n')])],
    ['padded.log.gz', Buffer.concat([gzipSync(EXPECTED.join('\n')), Buffer.alloc(512)])],
    [
      'skipped.log.zst',
      Buffer.concat([
        Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]),
        Bun.zstdCompressSync(EXPECTED.join('\n')),
      ]),
    ],
    ['old.tar', tar(PARTS, '\0'.repeat(8))],
    [
      'long.tar',
      tar([
        { name: '././@LongLink', content: `${'d/'.repeat(80)}a.log\0`, type: 'L' },
        ...PARTS,
        { name: 'dir/', content: '', type: '5' },
      ]),
    ],
  ])('%s', async (name, content) => {
    expect(await texts(await write(name, content))).toEqual(EXPECTED)
  })

  test('members have names, and what is no log is passed over by name', async () => {
    const path = await write(
      'a.zip',
      zip([...PARTS, { name: 'x.exe', content: new Uint8Array(600) }]),
    )
    const notices: string[] = []
    const names: string[] = []
    for await (const member of await membersOf(path, { onNotice: (m) => notices.push(m) })) {
      names.push(member.name.slice(path.length))
      await Array.fromAsync(member.events)
    }
    expect(names).toEqual(['/a.log', '/b/c.ndjson'])
    expect(notices).toEqual([`${path}/x.exe: no log (binary), passed over`])
  })

  test('a member that cannot be read does not keep the others from being read', async () => {
    const broken = gzipSync(EXPECTED.join('\n')).subarray(0, 20)
    const parts = [
      { name: 'a.log.gz', content: broken },
      { name: 'b.log.bz2', content: `BZh9${'x'.repeat(40)}` },
      { name: 'in.zip', content: zip(PARTS, 99 as 8) },
      { name: 'z.log', content: 'three' },
    ]
    for (const content of [tar(parts), zip(parts)]) {
      const path = await write('a', content)
      const failures: string[] = []
      const found: string[] = []
      const onFailure = (error: Error) => void failures.push(error.message.slice(path.length))
      for await (const { batch } of fileBatches(path, { onFailure })) {
        found.push(...batch.events.map(({ text }) => text))
      }
      expect(found.at(-1)).toBe('three')
      expect(failures).toEqual([
        '/a.log.gz: truncated gzip: only its beginning was read',
        '/b.log.bz2: bzip2 is not read here: unpack it first',
        '/in.zip/a.log: compressed by method 99, which is not known here',
        '/in.zip/b/c.ndjson: compressed by method 99, which is not known here',
      ])
    }
  })

  test('of a truncated gzip the beginning is read', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => `line ${n * 7919}`)
    const packed = gzipSync(lines.join('\n'))
    const path = await write('cut.log.gz', packed.subarray(0, packed.length - 100))
    const found: string[] = []
    const read = async () => {
      for await (const { text } of readEvents(path)) found.push(text)
    }
    await expect(read()).rejects.toThrow('truncated gzip: only its beginning was read')
    expect(found.length).toBeGreaterThan(300)
    expect(found).toEqual(lines.slice(0, found.length))
    const sent: string[] = []
    const failures: string[] = []
    const options = { onFailure: (error: Error) => void failures.push(error.message) }
    for await (const { batch } of fileBatches(path, options)) {
      sent.push(...batch.events.map(({ text }) => text))
    }
    expect(sent).toEqual(found)
    expect(failures).toHaveLength(1)
  })

  test.each([
    ['bzip2', 'BZh91AY'],
    ['xz', '\u00fd7zXZ\0'],
    ['lz4', '\u0004"M\u0018'],
    ['7z', "7z\u00bc\u00af'\u001c"],
    ['rar', 'Rar!\u001a\u0007\u0001\0'],
    ['compress', '\u001f\u009d\u0090'],
  ])('%s is refused by name', async (name, start) => {
    const path = await write(
      'x.log',
      Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(600, 0xa9)]),
    )
    await expect(texts(path)).rejects.toThrow(`${path}: ${name} is not read here: unpack it first`)
  })

  test('a binary that is named is refused, one that begins with NULs alone is read', async () => {
    const noise = Buffer.from(Array.from({ length: 600 }, (_, n) => (n * 7919 + n * n) % 256))
    await expect(texts(await write('x.png', noise))).rejects.toThrow('is no log (binary)')
    const emptied = await write('x.log', `${'\0'.repeat(2 ** 21)}first\nnext`)
    expect(await texts(emptied)).toEqual(['first', 'next'])
  })

  test('a member that is not read is passed over', async () => {
    const names: string[] = []
    for await (const member of await membersOf(await write('a.tar', tar(PARTS)))) {
      names.push(member.name.split('/').at(-1)!)
    }
    expect(names).toEqual(['a.log', 'c.ndjson'])
  })

  const nested = Array(5)
    .fill(0)
    .reduce<Uint8Array>((inner) => gzipSync(inner), Buffer.from('x'))
  const damaged = Buffer.from(zip([{ name: 'a', content: 'x'.repeat(500) }]))
  damaged[34] = damaged[34]! ^ 0xff
  test.each([
    ['nested too deep', nested, 'archives nested deeper than 4'],
    ['truncated tar', tar(PARTS).subarray(0, 700), 'truncated tar'],
    ['truncated zip', zip(PARTS).subarray(0, 60), 'truncated zip'],
    ['encrypted', zip(PARTS, 8, 1), 'is encrypted'],
    ['damaged', damaged, 'damaged'],
    ['unknown method', zip(PARTS, 99 as 8), 'method 99'],
    ['a workbook', zip([{ name: '[Content_Types].xml', content: '<Types/>' }]), 'export it as CSV'],
  ])('%s is an error that says so', async (_, content, message) => {
    await expect(texts(await write('a', content))).rejects.toThrow(message)
  })

  test('a bomb is not read to its end', async () => {
    const path = await write('bomb.zst', Bun.zstdCompressSync(Buffer.alloc(300 * 1024 * 1024, 120)))
    await expect(texts(path)).rejects.toThrow('bytes out of each compressed one')
    const part = Buffer.alloc(100 * 1024 * 1024, 120)
    const parts = ['a', 'b', 'c', 'd'].map((name) => ({ name: `${name}.log`, content: part }))
    const many = await write('many.zip.gz', gzipSync(zip(parts)))
    await expect(texts(many)).rejects.toThrow('bytes out of each byte of the file')
  }, 60_000)
})

test('folders are read in order of name, without links and hidden files', async () => {
  const root = join(folder, 'logs')
  mkdirSync(join(root, 'b'), { recursive: true })
  await Bun.write(join(root, 'b', 'x.log'), 'three')
  await Bun.write(join(root, 'a.log'), 'one\ntwo')
  await Bun.write(join(root, '.hidden'), 'no')
  symlinkSync(root, join(root, 'c'))
  expect(await texts(root)).toEqual(['one', 'two', 'three'])
})

test('what below a folder cannot be looked at is named, and so are links', async () => {
  const root = join(folder, 'half')
  mkdirSync(root)
  await Bun.write(join(root, 'a.log'), 'one')
  symlinkSync(join(root, 'gone'), join(root, 'b'))
  const notices: string[] = []
  const files = await listFiles([root], { onNotice: (message) => notices.push(message) })
  expect(files.map(({ path }) => path)).toEqual([join(root, 'a.log')])
  expect(notices).toEqual([`${join(root, 'b')}: a link, passed over`])
})

test.each(['utf-16le', 'utf-16be'] as const)('%s without a mark', async (encoding) => {
  const bytes = Buffer.from('first line, ü\nsecond', 'utf16le')
  if (encoding === 'utf-16be') bytes.swap16()
  expect(await texts(await write('x.log', bytes))).toEqual(['first line, ü', 'second'])
})

describe('CSV', () => {
  test.each([
    ['a,b\n1,2\n', ['{"a":"1","b":"2"}']],
    ['a;b c\r\n"x;y";"say ""hi"""\r\n', ['{"a":"x;y","b c":"say \\"hi\\""}']],
    ['a\tb\n1\t\n', ['{"a":"1"}']],
    ['a,b\n"line 1\nline 2",2\n3,4', ['{"a":"line 1\\nline 2","b":"2"}', '{"a":"3","b":"4"}']],
    ['a,b\n1,2,3\n', ['{"a":"1","b":"2","column_3":"3"}']],
    ['1,2\n3,4\n', ['1,2', '3,4']],
    ['a,a\n1,2\n', ['a,a', '1,2']],
    ['sep=;\r\na;b,c\r\n1;2\r\n', ['{"a":"1","b,c":"2"}']],
    ['\ufeffsep=,\na,b\n1,2\n', ['{"a":"1","b":"2"}']],
  ])('%j', async (content, expected) => {
    expect(await texts(await write('x.csv', content))).toEqual(expected)
  })

  test('spreadsheets write in the code page of Windows', async () => {
    const page = Buffer.from('name;ort\njörg;köln\n', 'latin1')
    expect(await texts(await write('x.csv', page))).toEqual(['{"name":"jörg","ort":"köln"}'])
    const utf8 = Buffer.concat([
      Buffer.from('name;ort\njörg;k'),
      Buffer.from([0xf6]),
      Buffer.from('ln'),
    ])
    expect(await texts(await write('x.csv', utf8))).toEqual(['{"name":"jörg","ort":"k\ufffdln"}'])
  })

  test('rows have the number of their first line', async () => {
    const path = await write('x.csv', 'a,b\n"1\n",2\n\n3,4\n')
    expect((await Array.fromAsync(readEvents(path))).map((e) => e.index)).toEqual([1, 4])
  })
})
