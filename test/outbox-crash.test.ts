// SIGKILL of the sender at the worst moments: before the receiver answers, and after it did but before the
// row is marked. Every row must arrive, and repeats must be recognisable.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openDatabase } from '../server/stores/state/database.ts'
import { openStore, stateUrl } from '../server/stores/state/open.ts'
import { enqueue } from '../server/stores/state/outbox-writer.ts'

setDefaultTimeout(90_000)

const ROWS = 30
/** Requests at which the sender is killed, counted from the first. */
const KILLS_BEFORE = new Set([2, 9, 17])
const KILLS_AFTER = new Set([5, 13, 21])
const SENDER = resolve(import.meta.dir, 'support/outbox-sender.ts')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-outbox-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a sender that is killed again and again loses nothing', async () => {
  const url = stateUrl(folder)
  const { store } = await openStore({ url })
  const database = await openDatabase({ url, now: Date.now })
  const at = Date.now()
  await database.write((write) => {
    for (let number = 1; number <= ROWS; number++) {
      const alert = { number, created: at, first_seen: at, last_seen: at }
      enqueue(write, { kind: 'webhook', payload: { type: 'alert.created', alert }, at })
    }
  })
  const got: { delivery: string; body: string }[] = []
  let child: Bun.Subprocess | undefined
  const receiver = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      got.push({
        delivery: request.headers.get('x-siem-delivery') ?? '',
        body: await request.text(),
      })
      if (KILLS_BEFORE.has(got.length)) child?.kill('SIGKILL')
      if (KILLS_AFTER.has(got.length)) setTimeout(() => child?.kill('SIGKILL'), 0)
      return new Response('ok')
    },
  })
  let kills = 0
  while ((await store.countOutbox()).sent < ROWS) {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      if (child !== undefined) kills++
      const address = `http://127.0.0.1:${receiver.port}/`
      child = Bun.spawn([process.execPath, SENDER, folder, address], { stderr: 'inherit' })
    }
    await Bun.sleep(20)
  }
  child?.kill('SIGKILL')
  await receiver.stop(true)
  expect(kills).toBe(KILLS_BEFORE.size + KILLS_AFTER.size)
  expect(new Set(got.map(({ delivery }) => delivery)).size).toBe(ROWS)
  const bodies = new Map<string, Set<string>>()
  for (const { delivery, body } of got) bodies.getOrInsert(delivery, new Set()).add(body)
  expect([...bodies.values()].every((all) => all.size === 1)).toBe(true)
  await database.close()
  await store.close()
})
