import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, stateUrl } from '../stores/state/open.ts'
import { createSchedules, type DueWork, type ScheduleService } from './schedules.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const ANA = { name: 'ana' }

let folder: string
let clock: number
let steady: number
const closing: (() => Promise<unknown>)[] = []

/** A server of its own over the same state file. */
async function server(run?: (due: DueWork) => Promise<{ matches: number }>, poll_ms = 0) {
  const { store } = await openStore({ url: stateUrl(folder), now: () => clock })
  const schedules = createSchedules(store, {
    now: () => clock,
    steady: () => steady,
    poll_ms,
    beat_ms: 3_600_000,
  })
  const done: DueWork[] = []
  schedules.register('rule', async (due) => {
    done.push(due)
    return run === undefined ? { matches: 1 } : run(due)
  })
  closing.push(async () => {
    await schedules.stop()
    await store.close()
  })
  return { store, schedules, done }
}

const RULE = { kind: 'rule', id: 'r1' } as const
const slotOf = async (schedules: ScheduleService) => (await schedules.get(RULE))?.nextRunAt ?? 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-schedules-'))
  clock = Date.UTC(2026, 10, 21, 12)
  steady = 0
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  rmSync(folder, { recursive: true })
})

describe('due work', () => {
  test('runs at its slot, not before, and then at the next', async () => {
    const { schedules, done } = await server()
    await schedules.put(RULE, 15 * MINUTE)
    const slot = await slotOf(schedules)
    expect(slot).toBeGreaterThan(clock)
    expect(slot - clock).toBeLessThanOrEqual(15 * MINUTE)
    clock = slot - 1
    await schedules.tick()
    expect(done).toHaveLength(0)
    clock = slot
    await schedules.tick()
    await schedules.tick()
    expect(done.map(({ trigger }) => trigger)).toEqual(['schedule'])
    expect(await slotOf(schedules)).toBe(slot + 15 * MINUTE)
  })

  test('keeps its slot over a restart, and when it is put again', async () => {
    const first = await server()
    await first.schedules.put(RULE, 15 * MINUTE)
    const slot = await slotOf(first.schedules)
    const second = await server()
    clock += MINUTE
    await second.schedules.put(RULE, 15 * MINUTE)
    expect(await slotOf(second.schedules)).toBe(slot)
  })

  test('is caught up by one run after downtime', async () => {
    const { schedules, done } = await server()
    await schedules.put(RULE, 15 * MINUTE)
    clock += DAY
    await schedules.tick()
    await schedules.tick()
    expect(done.map(({ trigger }) => trigger)).toEqual(['catch-up'])
    expect(await slotOf(schedules)).toBeGreaterThan(clock)
  })

  test('runs at once when the clock went back by more than an interval', async () => {
    const { schedules, done } = await server()
    await schedules.put(RULE, 15 * MINUTE)
    clock += DAY
    await schedules.tick()
    clock -= DAY
    await schedules.tick()
    expect(done).toHaveLength(2)
    expect((await slotOf(schedules)) - clock).toBeLessThanOrEqual(15 * MINUTE)
    await schedules.tick()
    expect(done).toHaveLength(2)
  })

  test('that fails is recorded and tried at the next slot', async () => {
    const { schedules } = await server(async () => {
      throw new Error('the disk is gone')
    })
    await schedules.put(RULE, 15 * MINUTE)
    clock = await slotOf(schedules)
    await schedules.tick()
    const [run] = await schedules.runs(RULE, 10)
    expect(run).toMatchObject({ status: 'failed', error: 'the disk is gone', trigger: 'schedule' })
    expect(await slotOf(schedules)).toBe(clock + 15 * MINUTE)
  })

  test('that waits for a free place runs as soon as there is one', async () => {
    const { schedules, done } = await server(undefined, 3_600_000)
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (const id of ids) await schedules.put({ kind: 'rule', id }, 15 * MINUTE)
    clock += 15 * MINUTE
    await (await schedules.runNow({ kind: 'rule', id: 'now' }, { mode: 'detect' }, ANA)).done
    while (done.length < 1 + ids.length) await Bun.sleep(1)
    expect(done.map(({ id }) => id).toSorted()).toEqual([...ids, 'now'])
  })

  test('is not run when it was removed', async () => {
    const { schedules, done } = await server()
    await schedules.put(RULE, 15 * MINUTE)
    await schedules.remove(RULE)
    clock += DAY
    await schedules.tick()
    expect(done).toHaveLength(0)
  })
})

describe('two servers over one state file', () => {
  test('run due work once', async () => {
    const [one, two] = [await server(), await server()]
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await one.schedules.put({ kind: 'rule', id }, 15 * MINUTE)
    }
    clock += 15 * MINUTE
    for (let n = 0; n < 6; n++) await Promise.all([one.schedules.tick(), two.schedules.tick()])
    const ran = [...one.done, ...two.done].map(({ id }) => id).sort()
    expect(ran).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('leave a lease alone while its beat moves, and take it when it stands still', async () => {
    const hang = Promise.withResolvers<{ matches: number }>()
    const one = await server(() => hang.promise)
    const two = await server()
    await one.schedules.put(RULE, 15 * MINUTE)
    clock = await slotOf(one.schedules)
    const ended = one.schedules.tick()
    while (one.done.length === 0) await Bun.sleep(1)
    const lease = { ...RULE, run: one.done[0]!.run }
    for (let n = 0; n < 5; n++) {
      await two.schedules.tick()
      steady += 19_000
      await one.store.beatRun(lease, 0.5)
    }
    clock += DAY
    await two.schedules.tick()
    expect(two.done).toHaveLength(0)
    steady += 20_000
    await two.schedules.tick()
    expect(two.done).toHaveLength(1)
    expect((await two.schedules.runs(RULE, 10)).map(({ status }) => status)).toEqual([
      'ok',
      'interrupted',
    ])
    // The first comes back: it may record nothing any more.
    expect(await one.store.beatRun(lease, 0.6)).toBe(false)
    const late = one.store.finishRun(lease, {
      ...{ status: 'ok', outcome: { matches: 9 }, duration_ms: 1 },
    })
    expect(await late.catch((error) => error)).toMatchObject({ code: 'conflict' })
    hang.resolve({ matches: 9 })
    await ended.catch(() => 'lost')
    expect((await two.schedules.runs(RULE, 1))[0]?.matches).toBe(1)
  })
})

describe('a run on demand', () => {
  test('is recorded with who asked, and needs no schedule', async () => {
    const { schedules, done } = await server()
    const { run, done: end } = await schedules.runNow(
      RULE,
      { mode: 'replay', options: { from: 1 } },
      ANA,
    )
    expect(run).toMatchObject({ status: 'running', by: 'ana', trigger: 'manual', mode: 'replay' })
    expect(await end).toMatchObject({ status: 'ok', matches: 1, run: run.run })
    expect(done[0]?.options).toEqual({ from: 1 })
    clock += DAY
    await schedules.tick()
    expect(done).toHaveLength(1)
  })

  test('is refused while one is under way', async () => {
    const hang = Promise.withResolvers<{ matches: number }>()
    const { schedules } = await server(() => hang.promise)
    const { done } = await schedules.runNow(RULE, { mode: 'detect' }, ANA)
    const second = schedules.runNow(RULE, { mode: 'detect' }, ANA)
    expect(await second.catch((error) => error)).toMatchObject({ code: 'conflict' })
    hang.resolve({ matches: 3 })
    expect((await done).matches).toBe(3)
  })

  test('leaves the slot of a schedule where it was', async () => {
    const { schedules } = await server()
    await schedules.put(RULE, 15 * MINUTE)
    const slot = await slotOf(schedules)
    await (await schedules.runNow(RULE, { mode: 'detect' }, ANA)).done
    expect(await slotOf(schedules)).toBe(slot)
  })
})

test('a run that a stopping server breaks off stays due', async () => {
  const { schedules } = await server(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
      }),
  )
  await schedules.put(RULE, 15 * MINUTE)
  clock = await slotOf(schedules)
  const ended = schedules.tick()
  while ((await schedules.runs(RULE, 1)).length === 0) await Bun.sleep(1)
  await schedules.stop()
  await ended
  const next = await server()
  expect((await next.schedules.runs(RULE, 1))[0]?.status).toBe('interrupted')
  await next.schedules.tick()
  expect(next.done).toHaveLength(1)
})
