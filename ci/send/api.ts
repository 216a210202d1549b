// Calls of a running server's API by commands.
import { UsageError } from '../command.ts'
import { scrub } from '../scrub.ts'

export interface ServerAccess {
  readonly url: string
  readonly key: string
}

/** Options that every command with a server takes. */
export const SERVER_OPTIONS = {
  server: { type: 'string' },
  'api-key': { type: 'string' },
} as const

/** Where nothing else is said. */
export const SERVER_DEFAULT = 'http://127.0.0.1:8181'

/** The server that options and environment name. Throws `UsageError` without a key. */
export function accessOf(values: {
  readonly server?: string | undefined
  readonly 'api-key'?: string | undefined
}): ServerAccess {
  const key = values['api-key'] ?? process.env.TRAPLINE_API_KEY
  if (key === undefined || key === '')
    throw new UsageError('no API key: --api-key or TRAPLINE_API_KEY')
  const url = values.server ?? process.env.TRAPLINE_SERVER ?? SERVER_DEFAULT
  if (!URL.canParse(url)) throw new UsageError(scrub(`--server: ${url} is no URL`, [key]))
  return { url, key }
}

/** The answer of a call. Rejects `UsageError` with the server's own words unless it is a success or one of
 * `expected`. */
export async function ask(
  { url, key }: ServerAccess,
  path: string,
  init: RequestInit = {},
  expected: readonly number[] = [],
): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('x-api-key', key)
  let answer: Response
  try {
    answer = await fetch(new URL(path, url), { ...init, headers })
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new UsageError(scrub(`cannot reach ${url}: ${why}`, [key]))
  }
  if (answer.ok || expected.includes(answer.status)) return answer
  const text = await answer.text()
  throw new UsageError(scrub(`${url} answered ${answer.status}: ${text.slice(0, 500)}`, [key]))
}

/** The lines of an answer as they arrive, without blank ones. */
export async function* linesOf(answer: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of answer.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop()!
    yield* parts.filter((line) => line !== '')
  }
  if (rest !== '') yield rest
}
