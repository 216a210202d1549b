// Real Windows events of the corpus as a lane: event logs and recorded attacks, normalised once, a line each with its
// fields and log source.
import { resolve } from 'node:path'

export const WINDOWS_LANE = 'windows_corpus'

const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')
const FILES = ['**/*.evtx', 'otrf-security-datasets/**/windows/**/*.zip']
/** A file of the corpus that no longer is an event log. */
const DAMAGED = /bad_chunk/

interface Printed {
  readonly product?: string
  readonly category?: string
  readonly service?: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The lines of all such events. Throws where the corpus cannot be parsed. */
export async function windowsEvents(corpus: string): Promise<Uint8Array> {
  const found: string[] = []
  for (const pattern of FILES) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: corpus, absolute: true })) {
      if (!DAMAGED.test(path)) found.push(path)
    }
  }
  const { stdout } = Bun.spawn([process.execPath, TRAPLINE, 'parse', '--json', ...found.sort()], {
    stderr: 'ignore',
  })
  const lines: string[] = []
  for (const line of (await new Response(stdout).text()).split('\n')) {
    if (line === '') continue
    const { product, category, service, fields } = JSON.parse(line) as Printed
    lines.push(`${JSON.stringify({ ...fields, product, category, service })}\n`)
  }
  if (lines.length === 0) throw new Error(`no Windows events below ${corpus}`)
  return new TextEncoder().encode(lines.join(''))
}
