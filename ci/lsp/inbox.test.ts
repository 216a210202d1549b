import { expect, test } from 'bun:test'
import { frame, messageSplitter } from './framing.ts'
import { createInbox } from './inbox.ts'

const request = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', id, method: 'shutdown' })
const cancel = (id: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } })

async function taken(texts: readonly string[]) {
  const inbox = createInbox()
  for (const text of texts) inbox.put(text)
  inbox.end()
  const out: unknown[] = []
  for (;;) {
    const one = await inbox.take()
    if (one === undefined) return out
    out.push([one.text, one.isCancelled])
  }
}

test('a request that waits is cancelled by its own id, and stays in its place', async () => {
  expect(await taken([request(1), request('1'), request(2), cancel('1')])).toEqual([
    [request(1), false],
    [request('1'), true],
    [request(2), false],
  ])
})

test('what is cancelled late, never asked or no message changes nothing', async () => {
  const odd = ['{', '{"method":"$/cancelRequest"}', '{"jsonrpc":"2.0","method":"initialized"}']
  expect(await taken([cancel(1), request(1), ...odd])).toEqual([
    [request(1), false],
    ['{', false],
    [odd[2], false],
  ])
})

test('a message that comes later is taken then', async () => {
  const inbox = createInbox()
  const first = inbox.take()
  await Bun.sleep(1)
  inbox.put(request(1))
  expect(await first).toMatchObject({ text: request(1) })
  const none = inbox.take()
  inbox.end()
  expect(await none).toBeUndefined()
})

test('a cancelled request is answered with its own error, over the streams', async () => {
  const entry = new URL('../trapline.ts', import.meta.url).pathname
  const run = Bun.spawn([process.execPath, entry, 'lsp'], { stdin: 'pipe', stdout: 'pipe' })
  const texts = [
    { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
    { jsonrpc: '2.0', id: 2, method: 'textDocument/hover', params: {} },
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 2 } },
    { jsonrpc: '2.0', id: 3, method: 'shutdown' },
    { jsonrpc: '2.0', method: 'exit' },
  ]
  run.stdin.write(Buffer.concat(texts.map(frame)))
  await run.stdin.flush()
  const answers = messageSplitter()(await new Response(run.stdout).bytes()).map(
    (text) => JSON.parse(text) as { readonly id: number; readonly error?: { code: number } },
  )
  expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
    [1, undefined],
    [2, -32800],
    [3, undefined],
  ])
  expect(await run.exited).toBe(0)
}, 60_000)
