// How much memory the server's threads let their garbage grow to.
import { existsSync } from 'node:fs'

/** What JavaScriptCore takes for the machine's memory. Read when a process starts, never again. */
const VARIABLE = 'BUN_JSC_forceRAMSize'
/**
 * Each thread's heap grows in proportion to what it takes for the machine's memory: on a large machine a busy server
 * would hold a gigabyte of garbage, and collecting it at once stops ingest for a third of a second
 * (docs/benchmarks.md).
 */
const MACHINE_BYTES = 1.25 * 1024 ** 3

/**
 * Starts this process anew in its place, with smaller heaps, unless that is done or the variable is set. Returns where
 * the process stays as it is: then only `server/ingest/memory.ts` keeps it small.
 */
export function startWithSmallHeaps(): void {
  const [, script] = process.argv
  const canReplace = typeof process.execve === 'function' && script !== undefined
  if (process.env[VARIABLE] !== undefined || !canReplace || !existsSync(script)) return
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  try {
    process.execve?.(process.execPath, args, {
      ...process.env,
      [VARIABLE]: String(MACHINE_BYTES),
    })
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    console.error(`warning: the server may take more memory than it needs: ${cause}`)
  }
}
