// A window cut in two by SIGKILL, again and again: the correlation's alert counts what one server that never
// stopped would have counted.
import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from './support/process.ts'
import { API_KEY, eventually } from './support/server.ts'

const LIVES = 3
const EVENTS_A_LIFE = 4
const THRESHOLD = 5
const TIMEOUT_MS = 120_000

const RULES = `title: Marker often
id: 44444444-4444-4444-8444-444444444444
correlation: {type: event_count, rules: [marker], group-by: [user], timespan: 1h, condition: {gte: ${THRESHOLD}}}
level: high
---
title: Marker
id: 55555555-5555-4555-8555-555555555555
name: marker
logsource: {category: test}
detection: {sel: {message|contains: correlationmarker}, condition: sel}
`

interface Alert {
  readonly rule_title: string
  readonly count: number
  readonly event_ids: readonly string[]
}

test(
  'killed between and in the middle of its events, a window misses and repeats nothing',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-correlation-crash-'))
    mkdirSync(join(folder, 'rules'))
    writeFileSync(join(folder, 'rules', 'often.yml'), RULES)
    const start = () =>
      startProcess({
        TRAPLINE_DATA: join(folder, 'data'),
        TRAPLINE_RULES: join(folder, 'rules'),
        TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
        TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
        TRAPLINE_DISK_MIN_FREE_MIB: '0',
        TRAPLINE_QUERY_WORKERS: '1',
      })
    const headers = { 'x-api-key': API_KEY }
    const total = LIVES * EVENTS_A_LIFE
    const began = Date.now() - 60_000
    try {
      let server = await start()
      for (let n = 0; n < total; n++) {
        const time = new Date(began + n * 1000).toISOString()
        const body = JSON.stringify({ time, n, user: 'eve', message: 'correlationmarker' })
        const answer = await fetch(`${server.url}/ingest`, { method: 'POST', body, headers })
        expect(answer.status).toBe(200)
        if (n % EVENTS_A_LIFE !== EVENTS_A_LIFE - 1 || n === total - 1) continue
        // Every other life ends when the alerts have caught up, the rest at once.
        if (Math.floor(n / EVENTS_A_LIFE) % 2 === 0) await Bun.sleep(300)
        await server.kill()
        server = await start()
      }
      const alerts = await eventually(
        async () => {
          const answer = await fetch(`${server.url}/api/v1/alerts?limit=100`, { headers })
          return ((await answer.json()) as { alerts: readonly Alert[] }).alerts
        },
        (found) => found.some((alert) => alert.event_ids.length >= total),
      )
      expect(alerts.map(({ rule_title, count }) => [rule_title, count])).toEqual([
        ['Marker often', total - THRESHOLD + 1],
      ])
      expect(new Set(alerts[0]!.event_ids).size).toBe(total)
      await server.stop()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  TIMEOUT_MS,
)
