// A server that is killed while it opens a pull request: before GitHub did anything, and after it did but
// before the server heard of it. Started again, it has opened one.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from '../ci/git.ts'
import { type GitHub, startGitHub } from './github/server.ts'
import { type ServerProcess, startProcess } from './support/process.ts'
import { API_KEY, eventually } from './support/server.ts'

setDefaultTimeout(120_000)

const TOKEN = 'ghp_0123456789abcdefSECRET'
const RULE = `title: Marker Seen
id: 3c0d6f3a-55f0-4c4e-8f5e-6c5b7d1f0a22
status: test
logsource:
    product: windows
detection:
    marker:
        Image|endswith: marker.exe
    condition: marker
level: high
`

let folder: string
let hub: GitHub

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-proposals-crash-'))
  hub = await startGitHub({ owner: 'acme', repo: 'rules', token: TOKEN })
  const work = join(folder, 'work')
  mkdirSync(join(work, 'detections'), { recursive: true })
  writeFileSync(join(work, 'detections/marker.yml'), RULE)
  await git(work, 'init', '--quiet', '--initial-branch=main')
  await git(work, 'add', '-A')
  const who = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org']
  await git(work, ...who, 'commit', '--quiet', '-m', 'first')
  await git(work, 'push', '--quiet', hub.gitUrl.replace('://', `://x:${TOKEN}@`), 'main')
})
afterAll(async () => {
  await hub?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const start = () =>
  startProcess({
    TRAPLINE_DATA: join(folder, 'data'),
    TRAPLINE_BOOTSTRAP_PASSWORD: 'correct horse battery',
    TRAPLINE_BOOTSTRAP_API_KEY: API_KEY,
    TRAPLINE_DISK_MIN_FREE_MIB: '0',
    TRAPLINE_QUERY_WORKERS: '1',
    TRAPLINE_CONTENT: hub.gitUrl,
    TRAPLINE_GITHUB_TOKEN: TOKEN,
    TRAPLINE_GITHUB_API: hub.apiUrl,
  })

async function call(server: ServerProcess, path: string, body?: object) {
  const answer = await fetch(server.url + path, {
    headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const reached = (operation: string, times: number) =>
  eventually(
    async () => hub.requests.filter((request) => request.operation === operation).length,
    (count) => count >= times,
  )

test('each change has one pull request, whenever the server was killed', async () => {
  const hunt = { title: 'Rare parents', query: 'host:web-1', place: 'git' }
  let server = await start()
  hub.faults.next('error-503', { operation: 'pulls/list' })
  await call(server, '/api/v1/siem/hunts', hunt)
  await reached('pulls/list', 1)
  await server.kill()

  server = await start()
  const tried = hub.requests.filter(({ operation }) => operation === 'pulls/create').length
  hub.faults.next('lost-answer', { operation: 'pulls/create' })
  await call(server, '/api/v1/siem/hunts', { ...hunt, title: 'Rare children' })
  await reached('pulls/create', tried + 1)
  await server.kill()

  server = await start()
  const states = async () =>
    (await call(server, '/api/v1/proposals')).proposals.map(
      ({ state }: { readonly state: string }) => state,
    )
  await eventually(states, (all) => all.every((state: string) => state === 'open'))
  expect(hub.world.pulls.map(({ title }) => title).sort()).toHaveLength(2)
  expect(new Set(hub.world.pulls.map(({ head }) => head)).size).toBe(2)
  expect(hub.violations()).toEqual([])
  expect(server.errors()).not.toContain(TOKEN)
  expect(await server.stop()).toBe(0)
})
