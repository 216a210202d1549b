// How much memory the server's threads let their garbage grow to.
import { restartWith } from '../../ci/restart.ts'

/** What JavaScriptCore takes for the machine's memory. */
const VARIABLE = 'BUN_JSC_forceRAMSize'
/**
 * Each thread's heap grows in proportion to what it takes for the machine's memory: on a large machine a busy server
 * would hold a gigabyte of garbage, and collecting it at once stops ingest for a third of a second
 * (docs/benchmarks.md).
 */
const MACHINE_BYTES = 1024 ** 3

/**
 * Starts this process anew in its place, with smaller heaps, unless that is done or the variable is set. Where the
 * process stays as it is, only `server/ingest/memory.ts` keeps it small.
 */
export function startWithSmallHeaps(): void {
  const problem = restartWith({ [VARIABLE]: String(MACHINE_BYTES) })
  if (problem !== undefined) {
    console.error(`warning: the server may take more memory than it needs: ${problem}`)
  }
}
