import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createSocket } from 'node:dgram'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../../test/support/ingest-server.ts'
import { run as runHost } from './host.ts'
import { followOnce } from './journal.ts'
import { targetOf } from './options.ts'
import { readPosition } from './position.ts'
import { startForwarder } from './syslog.ts'
import { READ_BYTES, type TailOptions, tail } from './tailer.ts'

let server: TestServer
let folder: string
let stop: AbortController
const logged: string[] = []

beforeEach(() => {
  server = startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'trapline-ship-'))
  stop = new AbortController()
  logged.length = 0
})
afterEach(async () => {
  stop.abort()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const log = () => join(folder, 'app.log')
const options = (more: Partial<TailOptions> = {}): TailOptions => ({
  path: log(),
  statePath: join(folder, 'app.log.state'),
  target: { endpoint: server.endpoint },
  poll_ms: 5,
  signal: stop.signal,
  log: (text) => logged.push(text),
  ...more,
})

/** Waits until the receiver has so many texts. */
async function stored(count: number): Promise<readonly string[]> {
  for (let tries = 0; server.stored.length < count && tries < 2000; tries++) await Bun.sleep(5)
  return server.stored
}
const lines = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name} ${i}`)
const text = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')

describe('tail', () => {
  test('sends what is there and what comes, whole lines only', async () => {
    writeFileSync(log(), 'one\ntwo\nhal')
    const running = tail(options())
    expect(await stored(2)).toEqual(['one', 'two'])
    appendFileSync(log(), 'f\nlast\n')
    expect(await stored(4)).toEqual(['one', 'two', 'half', 'last'])
    stop.abort()
    await running
  })

  test('once: to the end, the last line without newline too; again: nothing twice', async () => {
    writeFileSync(log(), 'one\ntwo')
    await tail(options({ once: true }))
    await tail(options({ once: true }))
    expect(server.stored).toEqual(['one', 'two'])
  })

  test('a label goes along where the source names the parser', async () => {
    writeFileSync(log(), 'one\r\n\ntwo\n')
    const target = { endpoint: server.endpoint, source: 'linux_auth' }
    await tail(options({ once: true, target, label: 'edge' }))
    expect(server.stored.map((line) => JSON.parse(line))).toEqual([
      { source: 'edge', message: 'one' },
      { source: 'edge', message: 'two' },
    ])
    expect(server.requests[0]?.url.searchParams.get('source')).toBe('linux_auth')
  })

  test('follows renaming and creating, losing nothing that the old file still gets', async () => {
    writeFileSync(log(), text(lines('a', 100)))
    const running = tail(options())
    await stored(100)
    renameSync(log(), `${log()}.1`)
    appendFileSync(`${log()}.1`, text(lines('late', 5)))
    writeFileSync(log(), text(lines('b', 100)))
    expect(await stored(205)).toEqual([...lines('a', 100), ...lines('late', 5), ...lines('b', 100)])
    stop.abort()
    await running
  })

  test('follows truncation in place, also when the file is longer at once', async () => {
    writeFileSync(log(), text(lines('a', 50)))
    const running = tail(options())
    await stored(50)
    copyFileSync(log(), `${log()}.1`)
    truncateSync(log(), 0)
    writeFileSync(log(), text(lines('b', 80)))
    expect(await stored(130)).toEqual([...lines('a', 50), ...lines('b', 80)])
    stop.abort()
    await running
  })

  test('goes on where it stopped, through two rotations in between', async () => {
    writeFileSync(log(), text(lines('a', 10)))
    await tail(options({ once: true }))
    appendFileSync(log(), text(lines('a2', 10)))
    renameSync(log(), `${log()}.2`)
    writeFileSync(`${log()}.1`, text(lines('b', 10)))
    await Bun.sleep(20)
    writeFileSync(log(), text(lines('c', 10)))
    const running = tail(options())
    const expected = ['a', 'a2', 'b', 'c'].flatMap((name) => lines(name, 10))
    expect(await stored(40)).toEqual(expected)
    stop.abort()
    await running
  })

  test('a lost answer and a stop in between store every line once', async () => {
    writeFileSync(log(), text(lines('a', 20)))
    server.dropAnswers = Number.POSITIVE_INFINITY
    const first = tail(options({ log: () => stop.abort() }))
    await first
    expect(server.stored).toHaveLength(20)
    expect((await readPosition(options().statePath))?.pendingEnd).toBeGreaterThan(0)
    server.dropAnswers = 0
    appendFileSync(log(), text(lines('b', 5)))
    await tail(options({ once: true, signal: undefined }))
    expect(server.stored).toEqual([...lines('a', 20), ...lines('b', 5)])
  })

  test('waits while the server is busy, and stops when it refuses', async () => {
    writeFileSync(log(), 'one\n')
    server.refusals.push(new Response('', { status: 429, headers: { 'retry-after': '0' } }))
    await tail(options({ once: true }))
    expect(server.stored).toEqual(['one'])
    appendFileSync(log(), 'two\n')
    server.refusals.push(new Response('no', { status: 403 }))
    await expect(tail(options({ once: true }))).rejects.toThrow('403 no')
  })

  test('from the end: only what is new', async () => {
    writeFileSync(log(), 'old\n')
    const running = tail(options({ fromEnd: true }))
    await Bun.sleep(50)
    appendFileSync(log(), 'new\n')
    expect(await stored(1)).toEqual(['new'])
    stop.abort()
    await running
  })

  test('a line without end goes in pieces, memory stays bounded', async () => {
    writeFileSync(log(), `${'x'.repeat(READ_BYTES + 10)}\nnext\n`)
    await tail(options({ once: true }))
    expect(server.stored.map((line) => line.length)).toEqual([READ_BYTES, 10, 4])
    expect(logged.join()).toContain('in pieces')
  })

  test('a damaged state file is an error that says what to do', async () => {
    writeFileSync(log(), 'one\n')
    for (const content of ['{', '{}', '{"offset":"1"}']) {
      writeFileSync(options().statePath, content)
      await expect(tail(options({ once: true }))).rejects.toThrow('not a shipper')
    }
  })
})

describe('options', () => {
  const endpoint = 'http://127.0.0.1:1'
  test('log types are parser names, aliases and kinds; others are refused with a hint', () => {
    for (const type of [
      'linux_auth',
      'sudo',
      'web',
      'firewall',
      'dns',
      'dhcp',
      'windows_security',
      'powershell',
    ]) {
      expect(targetOf({ endpoint, 'log-type': type }).target.source).toBe(type)
    }
    expect(() => targetOf({ endpoint, 'log-type': 'ngnix' })).toThrow('did you mean nginx?')
  })

  test('a source beside a log type is the label', () => {
    expect(targetOf({ endpoint, source: 'edge', 'log-type': 'web' })).toMatchObject({
      target: { source: 'web' },
      label: 'edge',
    })
    expect(targetOf({ endpoint, source: 'edge' })).toMatchObject({ label: undefined })
  })
})

test('host: follows the files that are there, each with its parser', async () => {
  mkdirSync(join(folder, 'var/log/suricata'), { recursive: true })
  writeFileSync(join(folder, 'var/log/auth.log'), 'auth line\n')
  writeFileSync(join(folder, 'var/log/messages'), 'system line\n')
  writeFileSync(join(folder, 'var/log/suricata/eve.json'), '{"eve":1}\n')
  const args = [
    '--endpoint',
    server.endpoint,
    '--root',
    folder,
    '--state-dir',
    join(folder, 'state'),
  ]
  const running = runHost(args, stop.signal)
  expect((await stored(3)).toSorted()).toEqual(['auth line', 'system line', '{"eve":1}'])
  const sources = server.requests.map((request) => request.url.searchParams.get('source'))
  expect(sources.toSorted()).toEqual(['linux_auth', 'suricata', 'syslog'])
  stop.abort()
  await running
})

test('journal: sends entries and goes on after the last cursor stored', async () => {
  const script = join(folder, 'journal.ts')
  writeFileSync(
    script,
    `const from = process.argv.find((a) => a.startsWith('--after-cursor='))?.slice(15) ?? 'c0'
     const n = Number(from.slice(1))
     for (const i of [n + 1, n + 2]) console.log(JSON.stringify({ __CURSOR: 'c' + i, MESSAGE: 'm' + i }))`,
  )
  const journal = {
    command: [process.execPath, script],
    statePath: join(folder, 'journal.state'),
    target: { endpoint: server.endpoint },
    signal: stop.signal,
    log: (line: string) => void logged.push(line),
  }
  await followOnce(journal)
  await followOnce(journal)
  expect(server.stored.map((line) => JSON.parse(line).MESSAGE)).toEqual(['m1', 'm2', 'm3', 'm4'])
})

test('syslog: datagrams and both framings of streams are forwarded, line breaks kept', async () => {
  const args = ['--udp', '127.0.0.1:0', '--tcp', '127.0.0.1:0', '--endpoint', server.endpoint]
  const listeners = await startForwarder(args, stop.signal)
  const port = (kind: string) =>
    Number(
      listeners.addresses
        .find((at) => at.startsWith(kind))
        ?.split(':')
        .at(-1),
    )
  const datagram = createSocket('udp4')
  datagram.send('<13>by datagram\n', port('udp'), '127.0.0.1')
  const stream = connect(port('tcp'), '127.0.0.1')
  stream.end('<13>by line\n15 <13>by\ncounting')
  expect((await stored(3)).toSorted()).toEqual([
    '<13>by datagram',
    '<13>by line',
    JSON.stringify({ message: '<13>by\ncounting' }),
  ])
  expect(server.requests[0]?.url.searchParams.get('source')).toBe('syslog')
  datagram.close()
  await listeners.stop()
  await expect(startForwarder(['--udp', 'nowhere'], stop.signal)).rejects.toThrow('not HOST:PORT')
})
