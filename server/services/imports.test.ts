// Files through the real reader in its worker and a real server's way in.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, startTestServer, type TestServer } from '../../test/support/server.ts'

setDefaultTimeout(60_000)

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

const upload = (name: string, body: BodyInit, more = '') =>
  server.fetch(`/sources/upload?name=${encodeURIComponent(name)}${more}`, { method: 'POST', body })

/** The fragment once every file is finished. */
const finished = () =>
  eventually(
    async () => (await server.fetch('/sources/imports')).text(),
    (html) => html.includes('class="runs') && !/receiving|reading,/.test(html),
  )
const count = async (q: string) =>
  (await server.json(`/api/v1/search?q=${encodeURIComponent(q)}&from=2000-01-01&limit=1`)).total

test('a packed file under its name goes through the reader, twice without being stored twice', async () => {
  const lines = Array.from({ length: 2500 }, (_, n) => JSON.stringify({ message: `packed ${n}` }))
  const body = new Uint8Array(Bun.zstdCompressSync(lines.join('\n')))
  for (let again = 0; again < 2; again++) {
    expect((await upload('app.ndjson.zst', body, '&source=packed')).status).toBe(200)
    expect(await finished()).toContain('2,500 events')
  }
  expect(await count('source:packed')).toBe(2500)
  expect(readdirSync(join(server.data, 'uploads'))).toEqual([])
})

test('a name never leads out of the folder, and is shown as text', async () => {
  const name = '../../../<b>evil</b>.log'
  expect((await upload(name, 'one line\n', '&source=evil')).status).toBe(200)
  expect(await finished()).toContain('&lt;b&gt;evil')
  expect(await count('source:evil')).toBe(1)
  expect(existsSync(join(server.data, '..', '<b>evil<', 'b>.log'))).toBe(false)
})

test('a file that does not arrive whole is refused, and nothing of it is stored', async () => {
  const answer = await upload('cut.log', 'half of it\n', '&source=cut&bytes=9999')
  expect(answer.status).toBe(400)
  expect(await finished()).toContain('only 11 of 9999 bytes arrived')
  expect(await count('source:cut')).toBe(0)
})

test('a file that is too large, an empty one, and one from a reader are refused', async () => {
  expect((await upload('big.log', 'x', `&bytes=${2 ** 50}`)).status).toBe(413)
  expect((await upload('empty.log', '')).status).toBe(400)
  const made = await server.json('/api/v1/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ana', password: 'a long password', role: 'analyst' }),
  })
  expect(made.name ?? made.user?.name).toBe('ana')
  const basic = `Basic ${btoa('ana:a long password')}`
  const answer = await server.fetch('/sources/upload?name=x.log', {
    method: 'POST',
    headers: { authorization: basic, 'sec-fetch-site': 'same-origin' },
    body: 'x',
  })
  expect(answer.status).toBe(403)
})

test('a file can be cancelled while it arrives: nothing of it is stored, and others go on', async () => {
  let more: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      more = controller
      controller.enqueue(new TextEncoder().encode('{"message":"first"}\n'))
    },
  })
  const sent = Promise.allSettled([upload('endless.ndjson', body, '&source=endless')])
  const html = await eventually(
    async () => (await server.fetch('/sources/imports')).text(),
    (text) => text.includes('endless.ndjson') && text.includes('Cancel'),
  )
  const [, id] = /name="id" value="([0-9a-f-]+)"/.exec(html) ?? []
  const cancel = () =>
    server.fetch('/sources/imports/cancel', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `id=${id}`,
    })
  expect(await (await cancel()).text()).toContain('Stopped: cancelled')
  expect((await cancel()).status).toBe(404)
  more?.error(new Error('over'))
  await sent
  expect(await count('source:endless')).toBe(0)
  expect(readdirSync(join(server.data, 'uploads'))).toEqual([])
  expect(
    (await server.json('/api/v1/audit')).entries.map((one: { action: string }) => one.action),
  ).toContain('sources.import.cancel')
})

test('an archive with a member that cannot be read says which, and is read to its end', async () => {
  const cut = Bun.gzipSync(Buffer.from('{"message":"cut"}\n'.repeat(9))).subarray(0, 25)
  const archive = await new Bun.Archive({
    'a.ndjson.gz': cut,
    'b.ndjson': '{"message":"whole"}\n',
  }).bytes()
  expect((await upload('two.tar', archive, '&source=two')).status).toBe(200)
  expect(await finished()).toContain('two.tar/a.ndjson.gz: truncated gzip')
  expect(await count('source:two')).toBe(1)
})
