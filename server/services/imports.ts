// Files dropped on a page: received onto the disk, read in a worker of their own, sent the way every batch
// goes. Progress is kept until the server ends.
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ImportBatch, ImportHandlers, Said } from '../workers/import.ts'
import { type Client, connect } from '../workers/rpc.ts'
import type { StateClient } from '../workers/state-client.ts'
import { ServiceError } from './service-error.ts'
import type { ImportRun, ImportService, IngestAnswer, IngestService } from './services.ts'

/** Largest file, bytes. */
const UPLOAD_MAX_BYTES = 8 * 1024 ** 3
/** Files that are received or read at once. */
const IMPORTS_TOGETHER = 4
const RUNS_KEPT = 50
const SAMPLES_KEPT = 5
const BUSY_WAIT_MS = 500
/** A full queue is waited for this long, milliseconds. */
const GIVE_UP_AFTER_MS = 10 * 60_000

type Running = { -readonly [name in keyof ImportRun]: ImportRun[name] }

export interface ImportParts {
  readonly ingest: Pick<IngestService, 'ingest'>
  readonly state: Pick<StateClient, 'audit'>
  /** Bytes free on the data disk beyond what must stay free. */
  spare_bytes(): number
}

/** The service; what an earlier server left in `folder` is removed. */
export function createImports(
  folder: string,
  parts: ImportParts,
): ImportService & { stop(): Promise<void> } {
  rmSync(folder, { recursive: true, force: true })
  const runs: Running[] = []
  const active = new Map<
    Running,
    { readonly done: Promise<void>; readonly stop: AbortController }
  >()
  return {
    runs: () => runs.map((run) => ({ ...run })),
    start: async (file, by) => {
      if (active.size >= IMPORTS_TOGETHER)
        throw new ServiceError('too-many', `${IMPORTS_TOGETHER} files are being read already`, 10)
      checkSize(file.bytes, parts.spare_bytes())
      const run = newRun(file)
      runs.unshift(run)
      runs.length = Math.min(runs.length, RUNS_KEPT)
      const place = join(folder, run.id)
      const stop = new AbortController()
      const received = receive(
        run,
        file.body,
        { place, spare_bytes: parts.spare_bytes },
        stop.signal,
      )
      const done = received
        .then((path) => read(run, path, parts.ingest, stop.signal))
        .catch((error: unknown) => {
          run.error =
            error instanceof Error ? error.message.replaceAll(`${place}/`, '') : String(error)
        })
        .finally(() => {
          run.finished = Date.now()
          rmSync(place, { recursive: true, force: true })
          active.delete(run)
        })
      active.set(run, { done, stop })
      const object = `file ${run.name}`
      await parts.state.audit({ action: 'sources.import', object }, by)
      await received
      return { ...run }
    },
    cancel: async (id, by) => {
      const [run, under] = [...active].find(([one]) => one.id === id) ?? []
      if (run === undefined || under === undefined)
        throw new ServiceError('not-found', 'this file is not being read')
      await parts.state.audit({ action: 'sources.import.cancel', object: `file ${run.name}` }, by)
      under.stop.abort(new ServiceError('invalid', 'cancelled'))
      await under.done
    },
    stop: async () => {
      const all = [...active.values()]
      for (const { stop } of all) stop.abort(new ServiceError('unavailable', 'the server stopped'))
      await Promise.all(all.map(({ done }) => done))
    },
  }
}

function newRun(file: Parameters<ImportService['start']>[0]): Running {
  return {
    id: crypto.randomUUID(),
    name: file.name,
    ...(file.source === undefined ? {} : { source: file.source }),
    started: Date.now(),
    ...(file.bytes === undefined ? {} : { bytes: file.bytes }),
    ...{ received: 0, read: 0, events: 0, before: 0, unparsed: 0 },
    ...{ samples: [], unread: [], unreadCount: 0 },
  }
}

function checkSize(bytes: number | undefined, spare_bytes: number): void {
  if (bytes !== undefined && bytes > UPLOAD_MAX_BYTES)
    throw new ServiceError('too-large', `a file may have ${UPLOAD_MAX_BYTES} bytes`)
  if ((bytes ?? 0) > spare_bytes)
    throw new ServiceError('disk-full', 'the file does not fit on the disk of the server')
}

/** Writes the file under its own name, which tells its format; resolves with the path. */
async function receive(
  run: Running,
  body: ReadableStream<Uint8Array>,
  { place, spare_bytes }: { readonly place: string; readonly spare_bytes: () => number },
  signal: AbortSignal,
): Promise<string> {
  const { bytes } = run
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const path = join(place, basename(run.name).replaceAll('\0', '') || 'file')
  const writer = Bun.file(path).writer()
  try {
    for await (const chunk of untilAborted(body, signal)) {
      run.received += chunk.length
      checkSize(run.received, spare_bytes() + run.received)
      writer.write(chunk)
      await writer.flush()
    }
  } finally {
    await writer.end()
  }
  if (bytes !== undefined && run.received !== bytes)
    throw new ServiceError('invalid', `only ${run.received} of ${bytes} bytes arrived`)
  run.bytes = run.received
  return path
}

/** The chunks of a body; rejects as soon as the signal says so, also while none comes. */
async function* untilAborted(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = body.getReader()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch((error: Error) => void error)
  const stop = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await Promise.race([reader.read(), aborted.promise])
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // What still comes is nobody's.
    if (signal.aborted) reader.cancel().catch((error: Error) => void error)
  }
}

async function read(
  run: Running,
  path: string,
  ingest: Pick<IngestService, 'ingest'>,
  signal: AbortSignal,
): Promise<void> {
  const crashed = Promise.withResolvers<never>()
  // Awaited in the race below; a crash after the end of the file is nobody's.
  crashed.promise.catch((error: Error) => void error)
  const script = new URL('../workers/import.ts', import.meta.url)
  const worker = connect<ImportHandlers>(script, 'import', crashed.reject)
  const next = <T>(asked: Promise<T>) => Promise.race([asked, crashed.promise])
  try {
    await next(worker.client.open({ path, name: run.name, source: run.source }))
    for (;;) {
      signal.throwIfAborted()
      const batch = await next(worker.client.next())
      if (batch === undefined) break
      await take(run, batch, { ingest, reader: worker.client, path, signal })
    }
    note(run, await next(worker.client.said()), path)
    run.read = run.received
  } finally {
    worker.terminate()
  }
}

interface Taking {
  readonly ingest: Pick<IngestService, 'ingest'>
  readonly reader: Client<ImportHandlers>
  /** The file itself. */
  readonly path: string
  readonly signal: AbortSignal
}

/** Stores what of a batch was not stored before. */
async function take(run: Running, batch: ImportBatch, taking: Taking): Promise<void> {
  const { ingest, reader, path, signal } = taking
  note(run, batch.said, path)
  const request = { body: batch.body, source: run.source, importId: run.id }
  const post = (key: string) => send(ingest, { ...request, key }, signal)
  let answer: IngestAnswer
  try {
    answer = await post(batch.key)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error
    const rest = await reader.rest(error.message)
    if (rest !== undefined) {
      run.before += batch.indexes.length - rest.indexes.length
      return await take(run, rest, taking)
    }
    answer = await post(batch.contentKey)
  }
  run.read = batch.read
  if (answer.repeated === true) run.before += answer.accepted
  else run.events += answer.accepted
  run.unparsed += answer.unparsed
  const errors = answer.errors.map(({ index, code, message }) => {
    const line = (batch.indexes[index - batch.skipped] ?? index) + 1
    return `${batch.name.slice(path.length + 1)} ${line}: ${code}: ${message}`.trim()
  })
  run.samples = [...run.samples, ...errors].slice(0, SAMPLES_KEPT)
}

function note(run: Running, { notices, failures }: Said, path: string): void {
  const named = (text: string) => text.replaceAll(path, run.name)
  run.samples = [...run.samples, ...notices.map(named)].slice(0, SAMPLES_KEPT)
  run.unread = [...run.unread, ...failures.map(named)].slice(0, SAMPLES_KEPT)
  run.unreadCount += failures.length
}

async function send(
  ingest: Pick<IngestService, 'ingest'>,
  batch: {
    readonly body: Uint8Array
    readonly key: string
    readonly source: string | undefined
    readonly importId: string
  },
  signal: AbortSignal,
) {
  const { body, key, source, importId } = batch
  const started = performance.now()
  for (;;) {
    try {
      // A copy: the worker of the ingest queue may take the body's memory over.
      const request = { body: body.slice(), key, import: true, importId }
      return await ingest.ingest({ ...request, ...(source === undefined ? {} : { source }) })
    } catch (error) {
      const full = error instanceof ServiceError && error.code === 'too-many'
      const late = performance.now() - started > GIVE_UP_AFTER_MS
      if (!full || late) throw error
      signal.throwIfAborted()
      await Bun.sleep(BUSY_WAIT_MS)
    }
  }
}
