// `trapline deploy`: a commit of this repository becomes the server's content, or is refused with why.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { EXIT, UsageError } from '../command.ts'
import { git, tryGit } from '../git.ts'
import { accessOf, ask, SERVER_OPTIONS } from '../send/api.ts'
import { SIGNATURE_NAMESPACE, signedText } from '../signed-bundle.ts'

export const summary = 'make a commit the content of a running server'
export const usage = `trapline deploy [REF] [--server URL] [--api-key KEY] [--force] [--sign KEYFILE] [--report FILE]
  REF        commit, branch or tag (default: HEAD)
  --server   the server (default: TRAPLINE_SERVER, else http://127.0.0.1:8181)
  --api-key  a key of an engineer or admin (default: TRAPLINE_API_KEY)
  --sign     private SSH key that signs the release, for servers with TRAPLINE_RELEASE_SIGNERS
  --report   what \`trapline test --format json\` printed: its summary is kept with the release
  --force    also where the commit does not come after the live one
The server checks and tests the commit and takes it whole or not at all. Exit code 2: refused.`

/** Rules whose matches in the sample differ that are named. */
const RULES_SHOWN = 20

const Outcome = z.object({
  status: z.enum(['live', 'refused']),
  commit: z.string(),
  rules: z.number().optional(),
  summary: z.string().optional(),
  report: z
    .object({
      verdicts: z.object({ events: z.number(), fired: z.number() }).optional(),
      sample: z
        .object({
          events: z.number(),
          total: z.number(),
          changed: z.number(),
          rules: z.array(z.object({ title: z.string(), before: z.number(), after: z.number() })),
        })
        .optional(),
    })
    .optional(),
  findings: z
    .array(
      z.object({
        code: z.string(),
        severity: z.string().default('error'),
        message: z.string(),
        path: z.string().optional(),
        line: z.number().optional(),
      }),
    )
    .default([]),
})

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...SERVER_OPTIONS,
      force: { type: 'boolean', default: false },
      sign: { type: 'string' },
      report: { type: 'string' },
    },
  })
  if (positionals.length > 1) throw new UsageError('one commit at a time')
  const access = accessOf(values)
  const commit = await commitOf(positionals[0] ?? 'HEAD')
  const query = new URLSearchParams({ commit, force: String(values.force) })
  const body = await bundleOf(commit)
  const headers = {
    'content-type': 'application/x-git-bundle',
    ...(values.report === undefined
      ? {}
      : { 'x-trapline-report': encodeURI(await summaryOf(values.report)) }),
    ...(values.sign === undefined
      ? {}
      : { 'x-trapline-signature': btoa(await sign(body, values.sign)) }),
  }
  const answer = await ask(
    access,
    `/api/v1/releases?${query}`,
    { method: 'PUT', headers, body },
    [422],
  )
  return reportOutcome(Outcome.parse(await answer.json()))
}

const TestReport = z.object({ command: z.string(), summary: z.string() })

/** The summary of a report that a command printed as JSON. */
async function summaryOf(path: string): Promise<string> {
  const file = Bun.file(path)
  if (!(await file.exists())) throw new UsageError(`there is no file ${path}`)
  try {
    const { command, summary } = TestReport.parse(await file.json())
    return `${command}: ${summary}`
  } catch (error) {
    throw new UsageError(`${path} is no report of a trapline command`, { cause: error })
  }
}

/** An SSH signature over a bundle, armoured. */
async function sign(bundle: Uint8Array, keyFile: string): Promise<string> {
  const child = Bun.spawn(
    ['ssh-keygen', '-q', '-Y', 'sign', '-f', keyFile, '-n', SIGNATURE_NAMESPACE],
    { stdin: new Blob([signedText(bundle)]), stdout: 'pipe', stderr: 'pipe' },
  )
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new UsageError(`ssh-keygen cannot sign: ${err.trim()}`)
  return out
}

/** Prints what became of a release; the exit code. */
export function reportOutcome(value: unknown): number {
  const outcome = Outcome.parse(value)
  for (const { code, severity, message, path, line } of outcome.findings) {
    const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `
    console.error(`${place}${severity === 'error' ? '' : `${severity}: `}${code}: ${message}`)
  }
  for (const { title, before, after } of outcome.report?.sample?.rules.slice(0, RULES_SHOWN) ?? [])
    console.log(`  ${before} -> ${after} matches in the sample: ${title}`)
  if (outcome.status === 'live') {
    console.log(`${outcome.commit} is live: ${outcome.rules} rules; ${outcome.summary}`)
    return EXIT.ok
  }
  console.error(`${outcome.commit} was refused; what was live stays live`)
  return EXIT.badRule
}

async function commitOf(ref: string): Promise<string> {
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit or branch`)
  const found = await tryGit('.', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
  if (found === undefined) throw new UsageError(`there is no commit or branch ${ref} here`)
  return found.trim()
}

/** A Git bundle with a commit and all that it builds on. */
async function bundleOf(commit: string): Promise<Uint8Array<ArrayBuffer>> {
  const shallow = (await git('.', 'rev-parse', '--is-shallow-repository')).trim() === 'true'
  if (shallow) throw new UsageError('this clone is shallow: fetch it whole (fetch-depth: 0)')
  const folder = await mkdtemp(join(tmpdir(), 'trapline-deploy-'))
  const ref = `refs/trapline/deploy-${process.pid}`
  try {
    const path = join(folder, 'content.bundle')
    // A bundle names what it holds by references.
    await git('.', 'update-ref', ref, commit)
    await git('.', 'bundle', 'create', '--quiet', path, ref)
    return await Bun.file(path).bytes()
  } finally {
    await git('.', 'update-ref', '-d', ref)
    await rm(folder, { recursive: true, force: true })
  }
}
