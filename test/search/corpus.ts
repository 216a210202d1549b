// Events from the corpus, through the real parsers, and searches made from their own values.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '../../parsers/event.ts'
import { normalise } from '../../parsers/normalise.ts'
import { eachLeaf } from '../../sigma/eval/values.ts'
import type { Expr, Target, Test } from '../../sigma/ir/expr.ts'
import { words } from '../../sigma/text/words.ts'
import { random } from './events.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url).pathname
const SYSLOG = ['OpenSSH', 'Linux', 'Apache']

/** True where the corpus lies beside the project. */
export const hasCorpus = existsSync(join(CORPUS, 'lanes'))

function linesOf(path: string, count: number): string[] {
  const bytes = readFileSync(path)
  const text = path.endsWith('.gz') ? Buffer.from(Bun.gunzipSync(bytes)) : bytes
  return text.toString('utf8').split('\n').filter(Boolean).slice(0, count)
}

/** Some events of every lane and of a few text logs, received one after another from `start`. */
export function corpusEvents(perFile: number, start: number): Event[] {
  const lanes = readdirSync(join(CORPUS, 'lanes')).filter((name) => name.endsWith('.ndjson.gz'))
  const lines = [
    ...lanes.flatMap((name) => linesOf(join(CORPUS, 'lanes', name), perFile)),
    ...SYSLOG.flatMap((name) =>
      readdirSync(join(CORPUS, 'loghub', name))
        .filter((file) => file.endsWith('.log'))
        .flatMap((file) => linesOf(join(CORPUS, 'loghub', name, file), perFile)),
    ),
  ]
  return lines.map((line, n) => {
    const received = start + n * 10
    return { ...normalise(line, { now: received, received, timeZone: 'UTC' }), id: '' }
  })
}

/** `count` searches for parts of values that the events have, on every kind of target. */
export function searchesFor(events: readonly Event[], count: number, seed: number): Expr[] {
  const next = random(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!
  const found: Expr[] = []
  while (found.length < count) {
    const event = pick(events)
    const leaves: [string, string][] = [['', event.message]]
    eachLeaf(event.fields, (path, text) => leaves.push([path, text]))
    const [path, text] = pick(leaves)
    if (text === '') continue
    const target = targetOf(path, pick)
    const test = testOf(text, pick, next)
    if (test === undefined) continue
    const match: Expr = { kind: 'match', target, test }
    const shape = next()
    if (shape < 0.7 || found.length === 0) found.push(match)
    else if (shape < 0.8) found.push({ kind: 'not', arg: match })
    else found.push({ kind: pick(['and', 'or'] as const), args: [match, pick(found)] })
  }
  return found
}

type Pick = <T>(values: readonly T[]) => T

function targetOf(path: string, pick: Pick): Target {
  const wide: Target[] = [
    { scope: 'any' },
    { scope: 'any' },
    { scope: 'raw' },
    { scope: 'keyword' },
    { scope: 'message' },
  ]
  if (path === '') return pick(wide)
  return pick([...wide, { scope: 'field', name: path }, { scope: 'auto', name: path }])
}

function testOf(text: string, pick: Pick, next: () => number): Test | undefined {
  const units = [...text]
  const from = Math.floor(next() * units.length)
  const part = units.slice(from, from + 1 + Math.floor(next() * 24)).join('')
  const swap = (value: string) => (next() < 0.5 ? value : value.toUpperCase())
  const cased = next() < 0.2
  const head = units.slice(0, 1 + Math.floor(next() * 20)).join('')
  const tail = units.slice(-1 - Math.floor(next() * 20)).join('')
  const some = words(text)
  const at = Math.floor(next() * some.length)
  const tests: (Test | undefined)[] = [
    { kind: 'contains', value: swap(part), cased },
    { kind: 'contains', value: swap(part), cased },
    { kind: 'startswith', value: swap(head), cased },
    { kind: 'endswith', value: swap(tail), cased },
    { kind: 'equals', value: swap(text), cased },
    { kind: 'wildcard', parts: ['*', { literal: part }, '?', '*'], cased: false },
    { kind: 'wildcard', parts: [{ literal: head }, '*', { literal: tail }], cased: false },
    { kind: 'regex', pattern: RegExp.escape(part), flags: pick(['', 'i']) },
    { kind: 'regex', pattern: `(?:${RegExp.escape(head)}|nothing).*$`, flags: 'is' },
    some.length === 0 ? undefined : { kind: 'words', words: some.slice(at, at + 1) },
    some.length === 0 ? undefined : { kind: 'words', words: some.slice(at, at + 2) },
  ]
  return pick(tests)
}
