// `trapline releases`: what was offered to a server, and what is live.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EXIT } from '../command.ts'
import { oneLine } from '../report/plain.ts'
import { accessOf, ask, SERVER_OPTIONS } from '../send/api.ts'

export const summary = 'list the releases of a running server'
export const usage = `trapline releases [--server URL] [--api-key KEY] [--json]
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key that may read rules (default: TRAPLINE_API_KEY)
  --json     the answer as it is`

const Answer = z.object({
  live: z.string().nullable(),
  releases: z.array(
    z.object({
      commit: z.string(),
      subject: z.string(),
      author: z.string(),
      way: z.string(),
      status: z.string(),
      at: z.string(),
      rules: z.number(),
      pull_requests: z.array(z.object({ label: z.string() })).default([]),
    }),
  ),
})

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...SERVER_OPTIONS, json: { type: 'boolean', default: false } },
  })
  const body: unknown = await (await ask(accessOf(values), '/api/v1/releases')).json()
  if (values.json) {
    console.log(JSON.stringify(body))
    return EXIT.ok
  }
  const { live, releases } = Answer.parse(body)
  for (const { commit, subject, author, way, status, at, rules, pull_requests } of releases) {
    const mark = commit === live && status === 'live' ? '*' : ' '
    const what = status === 'live' ? `${rules} rules` : status
    const from = pull_requests.map(({ label }) => `  [${label}]`).join('')
    const line = `${mark} ${commit.slice(0, 12)}  ${at}  ${way}  ${what}  ${subject} (${author})${from}`
    console.log(oneLine(line))
  }
  if (live === null) console.log('There is no git there: the program’s own content runs as it is.')
  return EXIT.ok
}
