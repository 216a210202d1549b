// Two servers as two processes over one state file: no work runs twice, and what a killed one held is taken
// over.
import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openStore, stateUrl } from '../server/stores/state/open.ts'
import { eventually } from './support/server.ts'

const PROGRAM = resolve(import.meta.dir, 'support/schedule-process.ts')
const TIMEOUT_MS = 60_000
const RUN_MS = 3_000

/** Starts one; resolves when it is ready. */
async function start(url: string, hang: string, ids: readonly string[]) {
  const child = Bun.spawn([process.execPath, PROGRAM, url, hang, ...ids], {
    ...{ stdout: 'pipe', stderr: 'inherit' },
  })
  for await (const chunk of child.stdout)
    if (new TextDecoder().decode(chunk).includes('ready')) return child
  throw new Error('it ended before it was ready')
}

test(
  'two processes over one state file never run the same work',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-two-'))
    const url = stateUrl(folder)
    const { store } = await openStore({ url })
    const ids = Array.from({ length: 12 }, (_, n) => `r${n}`)
    const children = await Promise.all([start(url, '', ids), start(url, '', ids)])
    await Bun.sleep(RUN_MS)
    const all = () => store.listRuns({ kind: 'rule', limit: 200 })
    const tookPart = (found: Awaited<ReturnType<typeof all>>) =>
      new Set(found.filter(({ status }) => status === 'ok').map(({ matches }) => matches)).size
    await eventually(all, (found) => tookPart(found) === children.length)
    for (const child of children) child.kill('SIGTERM')
    await Promise.all(children.map(({ exited }) => exited))
    const runs = (await store.listRuns({ kind: 'rule', limit: 200 })).toReversed()
    const slots = runs.map(({ id, scheduledFor }) => `${id} ${scheduledFor}`)
    expect(new Set(slots).size).toBe(slots.length)
    for (const [id, own] of Map.groupBy(runs, (run) => run.id)) {
      for (const [n, run] of own.entries()) {
        expect([id, run.status]).toEqual([id, 'ok'])
        const next = own[n + 1]
        if (next !== undefined) expect(next.started).toBeGreaterThanOrEqual(run.finished ?? 0)
      }
    }
    // Both took part.
    expect(new Set(runs.map(({ matches }) => matches)).size).toBe(2)
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  },
  TIMEOUT_MS,
)

test(
  'what a killed process held is taken over by the other, and recorded so',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-two-'))
    const url = stateUrl(folder)
    const { store } = await openStore({ url })
    const first = await start(url, 'stuck', ['stuck'])
    await eventually(
      () => store.listRuns({ limit: 9 }),
      ([run]) => run?.status === 'running',
    )
    const second = await start(url, '', ['stuck'])
    await Bun.sleep(2_500)
    // It beats, so it is left alone however long it takes.
    expect((await store.listRuns({ limit: 9 })).map(({ status }) => status)).toEqual(['running'])
    first.kill('SIGKILL')
    const runs = await eventually(
      () => store.listRuns({ limit: 200 }),
      (found) => found.some(({ status }) => status === 'ok'),
    )
    expect(runs.at(-1)).toMatchObject({ status: 'interrupted', error: 'its server ended' })
    second.kill('SIGTERM')
    await second.exited
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  },
  TIMEOUT_MS,
)
