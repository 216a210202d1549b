// The ingest worker's inside: rules, writer and committer together, without the messages between threads.
import type { Event } from '../../parsers/event.ts'
import { createLineReader } from '../../parsers/line-event.ts'
import { blockLines } from '../stores/events/block.ts'
import { TEXT_FIELDS } from '../stores/events/columns.ts'
import type { RuleHits, SourceCount } from '../stores/events/counts.ts'
import type { StoredDeadLetter } from '../stores/events/dead-letter.ts'
import { openIntakeReadonly, readChunks, readSequence } from '../stores/events/intake-read.ts'
import { decodeLine } from '../stores/events/line.ts'
import type { RuleText } from '../stores/events/rule-refs.ts'
import { WorkerError } from '../workers/rpc.ts'
import { bodyLines } from './body-lines.ts'
import { decodeBody } from './decode.ts'
import { type Notify, type OpenStore, openStore, type StoreOptions } from './open-store.ts'
import { readParserContent } from './parser-content.ts'
import { prepareBatch } from './pipeline.ts'
import { openRules, type RuleFolder, type RuleSet, type RulesReport } from './rules.ts'
import type { BatchInput, PipelineSettings } from './take.ts'

/** Chunks of stored events that a new matcher is warmed with. */
const WARM_CHUNKS = 8

export interface IngestOptions extends PipelineSettings, StoreOptions {
  readonly ruleFolders: readonly RuleFolder[]
}

/** One request as it crosses to the worker. `body` is moved where it is the whole of its buffer. */
export interface IngestCall {
  readonly body: Uint8Array
  readonly source?: string
  readonly host?: string
  readonly key?: string
  readonly import?: boolean
  readonly importId?: string
}

export interface LinesCall {
  readonly lines: readonly string[]
  readonly source: string
  readonly host?: string
}

export interface SourceStats extends SourceCount {
  readonly eventsPerSecond: number
}

export interface IngestStats {
  readonly sequence: number
  /** In the intake, not sealed. */
  readonly unsealed: number
  readonly eventsPerSecond: number
  /** Since the data folder was made, all sources. */
  readonly events: number
  readonly unparsed: number
  /** Since the data folder was made, all rules. */
  readonly matches: number
  readonly rules: number
  readonly refused: number
  readonly sources: readonly SourceStats[]
  /** Matches by rule id. */
  readonly hits: Readonly<Record<string, RuleHits>>
  /** Why nothing can be stored, while that is so. */
  readonly problem?: string
}

export interface Ingester {
  activate(): { readonly sequence: number }
  ingest(call: IngestCall): Promise<string>
  lines(call: LinesCall): Promise<string>
  /** Commits and seals everything. */
  flush(): Promise<void>
  stats(): IngestStats
  deadLetters(limit: number, source?: string): readonly StoredDeadLetter[]
  acknowledgeMatches(sequence: number): void
  addRunMatches(rule: RuleText, eventIds: readonly string[]): void
  /** Commits, seals and lets go of the files. */
  close(): Promise<void>
}

/** Loads the rules and warms the matcher; `activate` opens the store. */
export function createIngester(
  options: IngestOptions,
  notify: Notify,
): { readonly ingester: Ingester; readonly rules: RulesReport } {
  const rules = openRules(options.ruleFolders)
  warm(rules, options.dataFolder)
  return { ingester: ingesterOf(options, rules, notify), rules: rules.report }
}

function ingesterOf(options: IngestOptions, rules: RuleSet, notify: Notify): Ingester {
  const settings: PipelineSettings = { ...options, ...readParserContent(options.ruleFolders) }
  const reader = createLineReader(TEXT_FIELDS)
  let open: OpenStore | undefined
  const current = () => {
    if (open === undefined) throw new WorkerError('unavailable', 'the event store is not open')
    return open
  }
  const submit = (
    call: Omit<IngestCall, 'body'>,
    content: Pick<BatchInput, 'texts' | 'lines'>,
    bytes: number,
    bodyHash?: string,
  ) => {
    const { committer } = current()
    const input = { ...call, ...content, bodyHash, received: Date.now() }
    return committer.submit(prepareBatch(input, rules, settings, reader), bytes)
  }
  return {
    activate: () => {
      open = openStore(options, notify)
      return { sequence: open.writer.sequence() }
    },
    ingest: async ({ body, ...call }) => {
      await current().room()
      const lines = bodyLines(body)
      const texts = lines === undefined ? decodeBody(body) : []
      if (lines === undefined && texts.length === 0 && body.every(isSpace)) {
        throw new WorkerError('invalid', 'the body holds no events')
      }
      const bodyHash = call.key === undefined ? undefined : sha256(body)
      return submit(call, { texts, lines }, body.length, bodyHash)
    },
    lines: async ({ lines, ...call }) => {
      await current().room()
      const bytes = lines.reduce((sum, line) => sum + line.length, 0)
      return submit(call, { texts: lines }, bytes)
    },
    flush: () => current().flush(),
    stats: () => statsOf(current(), rules),
    deadLetters: (limit, source) => current().writer.deadLetters(limit, source),
    acknowledgeMatches: (sequence) => current().writer.acknowledgeMatches(sequence),
    addRunMatches: (rule, eventIds) => current().writer.addRunMatches(rule, eventIds),
    close: async () => {
      const closing = open
      open = undefined
      await closing?.close()
    },
  }
}

function sha256(body: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(body as Uint8Array<ArrayBuffer>).digest('hex')
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}

function statsOf({ writer, rates, problem }: OpenStore, rules: RuleSet): IngestStats {
  const rateOf = rates()
  const sources = writer.counts
    .sources()
    .map((source) => ({ ...source, eventsPerSecond: rateOf.get(source.name) ?? 0 }))
  const hits = writer.counts.hits()
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const why = problem()
  return {
    sequence: writer.sequence(),
    unsealed: writer.unsealed(),
    eventsPerSecond: sum(sources.map((s) => s.eventsPerSecond)),
    events: sum(sources.map((s) => s.events)),
    unparsed: sum(sources.map((s) => s.unparsed)),
    matches: sum(Object.values(hits).map((hit) => hit.total)),
    rules: rules.report.rules.length,
    refused: rules.report.refused.length,
    sources,
    hits,
    ...(why === undefined ? {} : { problem: why }),
  }
}

/** Runs the matcher over the newest stored events, so that its first real ones find it compiled. */
function warm(rules: RuleSet, dataFolder: string): void {
  for (const event of newestEvents(dataFolder)) rules.matcher.match(event)
}

function newestEvents(dataFolder: string): Event[] {
  const intake = openIntakeReadonly(dataFolder)
  if (intake === undefined) return []
  try {
    const chunks = readChunks(intake, readSequence(intake) - WARM_CHUNKS)
    return chunks.flatMap((chunk) => blockLines(chunk.data).map(decodeLine))
  } finally {
    intake.close()
  }
}
