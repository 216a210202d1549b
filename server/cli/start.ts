// `trapline start`: the server, until a signal ends it.
import { EXIT, UsageError } from '../../ci/command.ts'
import { loadSettings } from '../config.ts'
import { startWithSmallHeaps } from './heap.ts'

export const summary = 'run the server'
export const usage = `trapline start

Settings come from the environment: "trapline config" lists them. Prints one line when it can serve.
SIGTERM and SIGINT finish what was accepted and exit; SIGHUP reads the rules again.`

/** Runs `trapline start`; resolves when the server has stopped. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new UsageError(`unexpected argument ${args[0]}`)
  const loaded = loadSettings(process.env)
  if ('problems' in loaded) {
    for (const { variable, message } of loaded.problems) {
      console.error(`trapline: ${variable} ${message}`)
    }
    return EXIT.badConfiguration
  }
  startWithSmallHeaps()
  for (const { variable, message } of loaded.warnings) {
    console.error(`warning: ${variable} ${message}`)
  }
  const { runServer } = await import('../main.ts')
  return runServer(loaded.settings)
}
