// A content repository of a test: write files, commit them, deploy them as a person would.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')

export interface TestContent {
  readonly folder: string
  git(...args: readonly string[]): Promise<string>
  /** Writes files (null removes one), commits all, returns the commit. */
  commit(subject: string, files: Readonly<Record<string, string | null>>): Promise<string>
  /** `trapline ARGS` in the folder. */
  trapline(...args: readonly string[]): Promise<Outcome>
  dispose(): void
}

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** An empty repository with branch main; commands find the server through `env`. */
export async function openContentRepository(
  env: () => Readonly<Record<string, string>>,
): Promise<TestContent> {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-content-'))
  const run = (program: readonly string[]) => runProgram(program, folder, env())
  const git = async (...args: readonly string[]) => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org']
    const { code, out, err } = await run(['git', ...who, ...args])
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${err}`)
    return out.trim()
  }
  await git('init', '-q', '-b', 'main')
  return {
    folder,
    git,
    commit: async (subject, files) => {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, path)
        if (text === null) rmSync(file)
        else {
          mkdirSync(dirname(file), { recursive: true })
          writeFileSync(file, text)
        }
      }
      await git('add', '-A')
      await git('commit', '-qm', subject)
      return git('rev-parse', 'HEAD')
    },
    trapline: (...args) => run([process.execPath, TRAPLINE, ...args]),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Not `spawnSync`: servers run in the test's process. */
async function runProgram(
  program: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const child = Bun.spawn([...program], {
    cwd,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, ...env },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, err }
}

/** A rule that fires on processes whose image ends with a text. */
export function imageRule(options: {
  readonly id: string
  readonly title?: string
  readonly ends: string
}): string {
  const { id, title = 'Marker Seen', ends } = options
  return `title: ${title}
id: ${id}
status: test
description: Sees a marker.
author: Ana
date: 2026-11-01
references:
    - https://example.org/marker
tags:
    - attack.t1059
logsource:
    product: windows
detection:
    marker:
        Image|endswith: '${ends}'
    condition: marker
falsepositives:
    - Unlikely
level: high
`
}
