// Options of JavaScriptCore are read from the environment when a process starts, never again.
import { existsSync } from 'node:fs'

/** Files that only this very process has open, such as the shell's `<(...)`. */
const OPEN_FILE = /(?:^|=)\/(?:dev\/fd|proc\/(?:self|thread-self))\//

/**
 * Starts this process anew in its place with these variables, unless all are set already (those that are stay as they
 * are) or an argument names a file that the new process would not have. Returns where the process stays as it is, with
 * the reason if starting anew failed.
 */
export function restartWith(variables: Readonly<Record<string, string>>): string | undefined {
  const [, script] = process.argv
  const canReplace = typeof process.execve === 'function' && script !== undefined
  const isSet = Object.keys(variables).every((name) => process.env[name] !== undefined)
  if (isSet || !canReplace || !existsSync(script)) return undefined
  if (process.argv.some((argument) => OPEN_FILE.test(argument))) return undefined
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  try {
    process.execve?.(process.execPath, args, { ...variables, ...process.env })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
