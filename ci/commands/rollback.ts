// `trapline rollback`: what was live before is live again.
import { parseArgs } from 'node:util'
import { UsageError } from '../command.ts'
import { accessOf, ask, SERVER_OPTIONS } from '../send/api.ts'
import { reportOutcome } from './deploy.ts'

export const summary = 'make the former release of a running server live again'
export const usage = `trapline rollback [COMMIT] [--server URL] [--api-key KEY]
  COMMIT     a full commit hash that was live once (default: the one before the live one)
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key of an engineer or admin (default: TRAPLINE_API_KEY)`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: SERVER_OPTIONS,
  })
  if (positionals.length > 1) throw new UsageError('one commit at a time')
  const [commit] = positionals
  const answer = await ask(
    accessOf(values),
    '/api/v1/releases/rollback',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(commit === undefined ? {} : { commit }),
    },
    [422],
  )
  return reportOutcome(await answer.json())
}
