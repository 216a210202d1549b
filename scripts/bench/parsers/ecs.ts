// Elastic Common Schema documents, dotted or nested, to what the scoreboard compares.
import type { Expected, Scored } from './case.ts'

type Document = { readonly [name: string]: unknown }

/** Names of each value. Any of them is right, as one product may name an account in two ways. */
const NAMES: { readonly [name in Scored]: readonly string[] } = {
  timestamp: ['@timestamp'],
  src_ip: ['source.ip', 'client.ip'],
  src_port: ['source.port', 'client.port'],
  dst_ip: ['destination.ip', 'server.ip'],
  dst_port: ['destination.port', 'server.port'],
  user: ['user.name', 'source.user.name', 'client.user.name', 'user.email', 'user.id'],
  host: ['host.hostname', 'host.name', 'observer.name', 'observer.hostname'],
  process: ['process.executable', 'process.name'],
  outcome: ['event.outcome'],
  url: ['url.original', 'url.full', 'url.path'],
  status: ['http.response.status_code'],
}

/** A name that must be there for the value to be asked for at all. */
const REQUIRED: Partial<Record<Scored, readonly string[]>> = {
  user: ['user.name', 'source.user.name', 'client.user.name', 'user.email'],
}

/** What old versions of Filebeat left as the kernel has it, and later ones do not. */
const RESULTS: ReadonlyMap<string, string> = new Map([
  ['1', 'success'],
  ['0', 'failure'],
])

/** Filebeat takes macOS' `program[1] (label[2])` for a program's name. */
function withoutPid(name: string): string {
  return name.replace(/\[\d{1,10}\] \(\S{1,255}\)$/, '')
}

/** What an ECS document says of the values that are compared. */
export function expectedOfEcs(document: Document): Expected {
  const out: { -readonly [name in Scored]?: readonly string[] } = {}
  for (const name of Object.keys(NAMES) as Scored[]) {
    const needed = REQUIRED[name] ?? NAMES[name]
    if (needed.every((path) => valueAt(document, path) === undefined)) continue
    const values = NAMES[name].flatMap((path) => textsOf(valueAt(document, path)))
    if (values.length === 0 || (name === 'outcome' && values[0] === 'unknown')) continue
    if (name === 'process') values.push(...values.map(withoutPid))
    out[name] = name === 'outcome' ? values.map((value) => RESULTS.get(value) ?? value) : values
  }
  const domain = valueAt(document, 'user.domain')
  if (typeof domain === 'string' && out.user !== undefined) {
    out.user = [
      ...out.user,
      ...out.user.flatMap((user) => [`${domain}\\${user}`, `${user}@${domain}`]),
    ]
  }
  return out
}

/** The value of a dotted key or of that path. */
export function valueAt(document: Document, path: string): unknown {
  if (path in document) return document[path]
  let node: unknown = document
  for (const step of path.split('.')) {
    if (typeof node !== 'object' || node === null) return undefined
    node = (node as Document)[step]
  }
  return node
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  // One pattern of Filebeat's leaves sudo's padding in front of a name.
  const text = typeof value === 'string' ? value.trim() : ''
  return text !== '' && text !== '-' ? [text] : []
}

/** The zone of an ECS document's `event.timezone` as an IANA name. */
export function zoneOf(document: Document): string {
  const zone = valueAt(document, 'event.timezone')
  if (typeof zone !== 'string') return 'UTC'
  const offset = /^([+-])(\d\d):00$/.exec(zone)
  if (offset === null) return 'UTC'
  const hours = Number(offset[2])
  return hours === 0 ? 'UTC' : `Etc/GMT${offset[1] === '+' ? '-' : '+'}${hours}`
}
